#include "ctl/render/status.h"

#include <fmt/format.h>

#include <algorithm>

#include "ctl/render/automation.h"
#include "ctl/render/standing.h"
#include "ctl/render/table.h"
#include "ctl/render/units.h"
#include "ctl/render/words.h"

namespace waypost::render {
namespace {

using std::chrono::milliseconds;
using Wall = std::chrono::system_clock::time_point;

std::string Age(uint64_t ms) { return FormatAge(milliseconds(ms)); }

std::string RenderServer(const v1::StatusReply& status) {
  return fmt::format("waypost-dnsd {}  revision {}  epoch {}  up for {}\n", Clean(status.version()),
                     status.revision(), status.epoch(), Age(status.uptime_s() * 1000));
}

std::string RenderGeo(const v1::GeoStatus& geo) {
  if (geo.databases().empty()) {
    return fmt::format("geo: no database; {} client prefixes in {} classes\n", geo.prefixes(),
                       geo.classes());
  }
  google::protobuf::Timestamp built;
  built.set_seconds(geo.build_epoch_s());
  std::string text = fmt::format("geo: {} client prefixes in {} classes from {}", geo.prefixes(),
                                 geo.classes(), Clean(Join(geo.databases())));
  if (geo.build_epoch_s() != 0) text += ", built " + FormatTime(built).substr(0, 10);
  if (!geo.attribution().empty()) text += "; " + Clean(geo.attribution());
  return text + "\n";
}

Cell StateOf(const v1::RegionStatus& region) {
  if (region.drained()) return {"drained", Tone::kWarning};
  if (region.state() == "down") return {"down: " + Clean(region.why()), Tone::kBad};
  if (region.endpoints() > 0 && region.endpoints_up() == 0) return {"down", Tone::kBad};
  return {"serving"};
}

Table RegionTable(const v1::StatusReply& status) {
  Table table({{"REGION"}, {"ENDPOINTS"}, {"STATE"}});
  for (const v1::RegionStatus& region : status.regions()) {
    const UpCount count{region.endpoints_up(), region.endpoints()};
    table.Add({region.name(), {count.ToString(), count.tone()}, StateOf(region)});
  }
  return table;
}

Table PoolTable(const v1::StatusReply& status) {
  const bool has_loads = std::any_of(status.pools().begin(), status.pools().end(),
                                     [](const v1::PoolStatus& pool) { return pool.has_load(); });
  std::vector<Column> columns = {{"POOL"}, {"REGION"}, {"WEIGHT", Align::kRight}, {"ENDPOINTS"}};
  if (has_loads) columns.push_back({"LOAD"});
  columns.push_back({"HELD BACK BY"});
  Table table(std::move(columns));
  for (const v1::PoolStatus& pool : status.pools()) {
    const UpCount count = CountUp(pool);
    std::vector<Cell> row = {pool.name(), pool.region(), std::to_string(pool.weight())};
    row.emplace_back(count.ToString(), count.tone());
    if (has_loads) row.emplace_back(pool.has_load() ? LoadWords(pool.load()) : "");
    row.emplace_back(Join(pool.held_by()), Tone::kWarning);
    table.Add(std::move(row));
  }
  return table;
}

std::vector<Cell> EndpointRow(const v1::PoolStatus& pool, const v1::EndpointStatus& endpoint) {
  const std::string votes = endpoint.monitor().empty()
                                ? ""
                                : fmt::format("{}/{}/{}", endpoint.votes_up(),
                                              endpoint.votes_down(), endpoint.votes_stale());
  return {pool.name() + "/" + endpoint.address(),
          std::to_string(endpoint.weight()),
          {endpoint.standing(), ToneOfStanding(endpoint.standing())},
          endpoint.age_ms() == 0 ? "" : Age(endpoint.age_ms()),
          votes,
          endpoint.reason()};
}

Table EndpointTable(const v1::StatusReply& status) {
  Table table({{"ENDPOINT"},
               {"WEIGHT", Align::kRight},
               {"STANDING"},
               {"FOR", Align::kRight},
               {"UP/DOWN/STALE"},
               {"WHY"}});
  for (const v1::PoolStatus& pool : status.pools()) {
    for (const v1::EndpointStatus& endpoint : pool.endpoints()) {
      table.Add(EndpointRow(pool, endpoint));
    }
  }
  return table;
}

Cell VantageState(const v1::VantageStatus& vantage) {
  if (!vantage.connected()) return {"lost", Tone::kBad};
  if (!vantage.suspended().empty()) return {"suspended", Tone::kWarning};
  return {"connected", Tone::kGood};
}

Table VantageTable(const v1::StatusReply& status) {
  Table table({{"VANTAGE"},
               {"REGION"},
               {"STREAM"},
               {"SILENT", Align::kRight},
               {"ASSIGNED", Align::kRight},
               {"TARGETS", Align::kRight},
               {"DOWN", Align::kRight},
               {"VERSION"}});
  for (const v1::VantageStatus& vantage : status.vantages()) {
    table.Add({vantage.name(), vantage.region(), VantageState(vantage), Age(vantage.silence_ms()),
               std::to_string(vantage.assigned()), std::to_string(vantage.targets()),
               std::to_string(vantage.targets_down()), vantage.version()});
  }
  return table;
}

/// The director lists it until somebody removes it.
bool IsOver(const v1::Override& override, Wall now) {
  return override.has_until() && ToWall(override.until()) <= now;
}

std::string UntilWords(const v1::Override& override, Wall now) {
  if (!override.has_until()) return "removed";
  const std::string time = FormatTime(override.until());
  if (IsOver(override, now)) return time + " (over)";
  const auto left = std::chrono::duration_cast<milliseconds>(ToWall(override.until()) - now);
  return time + " (" + FormatAge(left) + " left)";
}

Table OverrideTable(const v1::StatusReply& status, Wall now) {
  Table table({{"OVERRIDE"}, {"STATE"}, {"UNTIL"}, {"REASON"}});
  for (const v1::Override& override : status.overrides()) {
    table.Add({override.target(),
               {WordsOf(override), Tone::kWarning},
               UntilWords(override, now),
               override.reason()});
  }
  return table;
}

/// More than these nobody reads.
constexpr int kMostZones = 100;

std::string WordsOnMoreZones(const v1::StatusReply& status) {
  if (status.zones_size() <= kMostZones) return "";
  return fmt::format(
      "and {}: `waypostctl describe zone ORIGIN` shows one, `-o json` all\n",
      FormatCount(static_cast<uint64_t>(status.zones_size() - kMostZones), "more zone"));
}

Table ZoneTable(const v1::StatusReply& status) {
  Table table({{"ZONE"},
               {"SERIAL", Align::kRight},
               {"NAMES", Align::kRight},
               {"RECORDS", Align::kRight},
               {"STEERED", Align::kRight},
               {"IXFR FROM", Align::kRight}});
  for (int i = 0; i < std::min(status.zones_size(), kMostZones); ++i) {
    const v1::ZoneStatus& zone = status.zones(i);
    table.Add({zone.origin(), std::to_string(zone.serial()), std::to_string(zone.names()),
               std::to_string(zone.records()), std::to_string(zone.steered()),
               zone.journal_versions() == 0 ? "-" : std::to_string(zone.journal_from())});
  }
  return table;
}

/// "12s ago", or nothing.
std::string TimeWords(bool is_known, uint64_t ms, std::string_view before, std::string_view after) {
  if (!is_known) return "-";
  return std::string(before) + FormatAge(milliseconds(ms)) + std::string(after);
}

Tone ToneOf(const v1::SecondaryStatus& secondary) {
  if (secondary.state() == "current") return Tone::kGood;
  return secondary.has_expires_in_ms() ? Tone::kWarning : Tone::kBad;
}

/// Who confirmed it last, and how the version came.
std::string SourceWords(const v1::SecondaryStatus& secondary) {
  if (secondary.primary().empty()) return "-";
  return secondary.transferred_by().empty()
             ? secondary.primary()
             : secondary.primary() + " (" + secondary.transferred_by() + ")";
}

std::string ErrorWords(const v1::SecondaryStatus& secondary) {
  if (secondary.error().empty()) return "";
  return fmt::format("{} ago, {}: {}: {}", FormatAge(milliseconds(secondary.error_age_ms())),
                     secondary.error_primary(), secondary.error_layer(), secondary.error());
}

std::string StateWords(const v1::ZoneStatus& zone) {
  const std::string& state = zone.secondary().state();
  return zone.listed_by().empty() ? state : state + ", listed by " + zone.listed_by();
}

Table SecondaryTable(const v1::StatusReply& status) {
  Table table({{"ZONE FROM PRIMARY"},
               {"STATE"},
               {"SERIAL", Align::kRight},
               {"CONFIRMED"},
               {"FROM"},
               {"NEXT CHECK"},
               {"EXPIRES"},
               {"LAST ERROR"}});
  for (const v1::ZoneStatus& zone : status.zones()) {
    if (!zone.has_secondary()) continue;
    const v1::SecondaryStatus& secondary = zone.secondary();
    table.Add(
        {zone.origin(),
         {StateWords(zone), ToneOf(secondary)},
         secondary.has_serial() ? std::to_string(secondary.serial()) : "-",
         TimeWords(secondary.has_confirmed_age_ms(), secondary.confirmed_age_ms(), "", " ago"),
         SourceWords(secondary),
         secondary.busy() ? "now" : TimeWords(true, secondary.next_check_in_ms(), "in ", ""),
         TimeWords(secondary.has_expires_in_ms(), secondary.expires_in_ms(), "in ", ""),
         ErrorWords(secondary)});
  }
  return table;
}

std::string RenderWarnings(const v1::StatusReply& status, const Style& style) {
  std::string text;
  for (const std::string& warning : status.warnings()) {
    text += style.Paint(Tone::kWarning, "warning: " + warning) + "\n";
  }
  return text;
}

/// Counts of what works, gathered from all tables.
struct Totals {
  uint32_t endpoints = 0;
  uint32_t endpoints_up = 0;
  int vantages_connected = 0;
};

Totals TotalsOf(const v1::StatusReply& status) {
  Totals totals;
  for (const v1::PoolStatus& pool : status.pools()) {
    const UpCount count = CountUp(pool);
    totals.endpoints += count.total;
    totals.endpoints_up += count.up;
  }
  for (const v1::VantageStatus& vantage : status.vantages()) {
    if (vantage.connected()) ++totals.vantages_connected;
  }
  return totals;
}

std::string RenderTroubledEndpoints(const v1::PoolStatus& pool, const Style& style) {
  std::string text;
  for (const v1::EndpointStatus& endpoint : pool.endpoints()) {
    const Tone tone = ToneOfStanding(endpoint.standing());
    if (tone == Tone::kGood) continue;
    text += fmt::format("{} endpoint {}/{}", style.Paint(tone, endpoint.standing()),
                        Clean(pool.name()), Clean(endpoint.address()));
    if (endpoint.age_ms() > 0) text += " for " + Age(endpoint.age_ms());
    text += ReasonAfter(": ", endpoint) + "\n";
  }
  return text;
}

std::string RenderLostVantages(const v1::StatusReply& status, const Style& style) {
  std::string text;
  for (const v1::VantageStatus& vantage : status.vantages()) {
    if (vantage.connected()) continue;
    text += fmt::format("{} vantage {}, silent for {}\n", style.Paint(Tone::kBad, "lost"),
                        Clean(vantage.name()), Age(vantage.silence_ms()));
  }
  return text;
}

}  // namespace

std::string RenderStatusTables(const v1::StatusReply& status, Wall now, const Style& style) {
  std::string text;
  for (const Table& table :
       {RegionTable(status), PoolTable(status), EndpointTable(status), VantageTable(status),
        AutomationTable(status), HeldTable(status), SignalTable(status), WebhookTable(status),
        OverrideTable(status, now), SecondaryTable(status), ZoneTable(status)}) {
    if (!table.empty()) text += "\n" + table.ToString(style);
  }
  return text + WordsOnMoreZones(status);
}

std::string RenderStatus(const v1::StatusReply& status, Wall now, const Style& style) {
  std::string text =
      RenderServer(status) + RenderGeo(status.geo()) + RenderStatusTables(status, now, style);
  if (!status.warnings().empty()) text += "\n" + RenderWarnings(status, style);
  return text;
}

std::string RenderShortStatus(const v1::StatusReply& status, Wall now, const Style& style) {
  const Totals totals = TotalsOf(status);
  const auto overrides =
      std::count_if(status.overrides().begin(), status.overrides().end(),
                    [&](const v1::Override& override) { return !IsOver(override, now); });
  std::string text = fmt::format(
      "revision {}, epoch {}, up for {}: endpoints {}/{} up, vantages {}/{} connected, {}, {}\n",
      status.revision(), status.epoch(), Age(status.uptime_s() * 1000), totals.endpoints_up,
      totals.endpoints, totals.vantages_connected, status.vantages_size(),
      FormatCount(static_cast<uint64_t>(overrides), "override"),
      FormatCount(static_cast<uint64_t>(status.warnings_size()), "warning"));
  for (const v1::PoolStatus& pool : status.pools()) text += RenderTroubledEndpoints(pool, style);
  text += RenderLostVantages(status, style);
  for (const v1::Override& override : status.overrides()) {
    if (IsOver(override, now)) continue;
    text += fmt::format("{} {}{}\n", style.Paint(Tone::kWarning, WordsOf(override)),
                        Clean(override.target()),
                        override.reason().empty() ? "" : ": " + Clean(override.reason()));
  }
  return text + RenderWarnings(status, style);
}

}  // namespace waypost::render
