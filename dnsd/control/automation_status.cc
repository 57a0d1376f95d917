#include "dnsd/control/automation_status.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace waypost::control {
namespace {

constexpr double kPercent = 100;

uint64_t Milliseconds(std::chrono::nanoseconds age) {
  return static_cast<uint64_t>(std::max<int64_t>(0, age.count() / 1'000'000));
}

const char* WordOf(liveness::AutomationSpec::Mode mode) {
  constexpr const char* kWords[] = {"bound", "lifted", "paused"};
  return kWords[static_cast<size_t>(mode)];
}

void Tell(const liveness::AutomationReport& report, Steady now, v1::AutomationStatus& status) {
  status.set_name(report.name);
  status.set_mode(WordOf(report.mode));
  status.set_budget_percent(
      static_cast<uint32_t>(std::floor(std::clamp(report.budget, 0.0, 1.0) * kPercent)));
  status.set_cool_down_left_ms(Milliseconds(report.cool_down_left));
  status.set_regions(report.regions);
  status.set_regions_on(report.regions_in_use);
  for (const std::string& region : report.unknown_loads) status.add_unknown_load(region);
  for (const auto& held : report.held) {
    v1::HeldMove* move = status.add_held();
    move->set_pool(held.pool);
    move->set_region(held.region);
    move->set_kept_percent(held.kept_percent);
    move->set_bound(std::string(liveness::BoundName(held.bound)));
    move->set_why(held.why);
    move->set_age_ms(Milliseconds(now - held.since));
  }
}

}  // namespace

void TellAutomations(const liveness::Verdicts& verdicts, Steady now, v1::StatusReply& reply) {
  for (const liveness::AutomationReport& report : verdicts.Automations(now)) {
    Tell(report, now, *reply.add_automations());
    for (const auto& held : report.held) {
      reply.add_warnings(
          fmt::format("automation \"{}\" holds back pool \"{}\", {} % still answered: {}",
                      report.name, held.pool, held.kept_percent, held.why));
    }
    for (const std::string& region : report.unknown_loads) {
      reply.add_warnings(
          fmt::format("automation \"{}\": load or capacity of region \"{}\" is not known, "
                      "its headroom is not looked at",
                      report.name, region));
    }
  }
}

v1::SignalStatus StatusOf(const liveness::SignalReport& report, Steady now) {
  v1::SignalStatus status;
  status.set_name(report.name);
  status.set_state(!report.up ? "unknown" : *report.up ? "up" : "down");
  status.set_expired(report.expired);
  if (!report.told) return status;
  status.set_lease_left_ms(Milliseconds(report.told->until - now));
  status.set_reason(report.told->reason);
  status.set_author(report.told->author);
  status.set_age_ms(Milliseconds(now - report.told->at));
  return status;
}

void TellSignals(const liveness::Verdicts& verdicts, Steady now, v1::StatusReply& reply) {
  for (const liveness::SignalReport& report : verdicts.Signals(now)) {
    *reply.add_signals() = StatusOf(report, now);
    if (!report.expired) continue;
    reply.add_warnings(fmt::format("signal \"{}\" was not renewed in time: it counts as {}",
                                   report.name, reply.signals().rbegin()->state()));
  }
}

}  // namespace waypost::control
