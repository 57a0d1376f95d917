#include "ctl/render/automation.h"

#include <fmt/format.h>

#include "ctl/render/units.h"
#include "ctl/render/words.h"

namespace waypost::render {
namespace {

std::string Age(uint64_t ms) { return FormatAge(std::chrono::milliseconds(ms)); }

Tone ToneOf(const v1::SignalStatus& signal) {
  if (signal.state() == "down") return Tone::kBad;
  return signal.state() == "up" && !signal.expired() ? Tone::kGood : Tone::kWarning;
}

std::string LeaseWords(const v1::SignalStatus& signal) {
  if (signal.expired()) return "over";
  return signal.lease_left_ms() == 0 ? "never told" : Age(signal.lease_left_ms());
}

}  // namespace

Table AutomationTable(const v1::StatusReply& status) {
  Table table({{"AUTOMATION"},
               {"MODE"},
               {"REGIONS ON", Align::kRight},
               {"MAY MOVE", Align::kRight},
               {"COOL-DOWN", Align::kRight},
               {"HELD", Align::kRight}});
  for (const v1::AutomationStatus& automation : status.automations()) {
    const bool is_bound = automation.mode() == "bound";
    table.Add({automation.name(),
               {automation.mode(), is_bound ? Tone::kPlain : Tone::kWarning},
               fmt::format("{}/{}", automation.regions_on(), automation.regions()),
               fmt::format("{} %", automation.budget_percent()),
               automation.cool_down_left_ms() == 0 ? "" : Age(automation.cool_down_left_ms()),
               std::to_string(automation.held_size())});
  }
  return table;
}

Table HeldTable(const v1::StatusReply& status) {
  Table table({{"HELD BACK"},
               {"REGION"},
               {"FOR", Align::kRight},
               {"STILL ANSWERED", Align::kRight},
               {"BOUND"},
               {"WHY"}});
  for (const v1::AutomationStatus& automation : status.automations()) {
    for (const v1::HeldMove& move : automation.held()) {
      table.Add({move.pool(),
                 move.region(),
                 Age(move.age_ms()),
                 {fmt::format("{} %", move.kept_percent()), Tone::kWarning},
                 automation.name() + " " + move.bound(),
                 move.why()});
    }
  }
  return table;
}

Table SignalTable(const v1::StatusReply& status) {
  Table table({{"SIGNAL"}, {"STATE"}, {"LEASE LEFT"}, {"TOLD", Align::kRight}, {"BY"}, {"REASON"}});
  for (const v1::SignalStatus& signal : status.signals()) {
    table.Add({signal.name(),
               {signal.state(), ToneOf(signal)},
               LeaseWords(signal),
               signal.age_ms() == 0 ? "" : Age(signal.age_ms()) + " ago",
               Clean(signal.author()),
               Clean(signal.reason())});
  }
  return table;
}

Table WebhookTable(const v1::StatusReply& status) {
  Table table({{"WEBHOOK"},
               {"STATE"},
               {"WAITING", Align::kRight},
               {"DELIVERED", Align::kRight},
               {"FAILURES", Align::kRight},
               {"DROPPED", Align::kRight},
               {"LAST ERROR"}});
  for (const v1::WebhookStatus& webhook : status.webhooks()) {
    table.Add({webhook.name(),
               {webhook.state(), webhook.state() == "ready" ? Tone::kGood : Tone::kWarning},
               std::to_string(webhook.waiting()),
               std::to_string(webhook.delivered()),
               std::to_string(webhook.failures()),
               std::to_string(webhook.dropped()),
               Clean(webhook.error())});
  }
  return table;
}

std::string RenderAutomations(const v1::StatusReply& status, const Style& style) {
  std::string text;
  for (const Table& table : {AutomationTable(status), HeldTable(status)}) {
    if (!table.empty()) text += (text.empty() ? "" : "\n") + table.ToString(style);
  }
  return text;
}

std::string RenderSignals(const v1::StatusReply& status, const Style& style) {
  const Table table = SignalTable(status);
  return table.empty() ? "" : table.ToString(style);
}

}  // namespace waypost::render
