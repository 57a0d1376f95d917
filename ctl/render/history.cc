#include "ctl/render/history.h"

#include <fmt/format.h>

#include "ctl/render/changes.h"
#include "ctl/render/table.h"
#include "ctl/render/units.h"

namespace waypost::render {
namespace {

using std::chrono::milliseconds;

// Enough to recognise a change; `diff` shows it all.
constexpr int kMaxChangesShown = 3;

std::string AgeOf(const google::protobuf::Timestamp& time,
                  std::chrono::system_clock::time_point now) {
  return FormatAge(
      std::max(milliseconds(0), std::chrono::duration_cast<milliseconds>(now - ToWall(time))));
}

Tone ToneOf(const std::string& kind) {
  return kind == "verdict" || kind == "override" ? Tone::kStrong : Tone::kPlain;
}

std::string RenderRows(const google::protobuf::RepeatedPtrField<v1::LatencyRow>& rows,
                       const char* client, const Style& style) {
  Table table({{client}, {"REGION"}, {"RTT", Align::kRight}, {"AGE", Align::kRight}, {"WITNESS"}});
  for (const v1::LatencyRow& row : rows) {
    table.Add({row.client(), row.region(), fmt::format("{:.1f}ms", row.rtt_ms()),
               FormatAge(std::chrono::seconds(row.age_s())), row.witness()});
  }
  return table.empty() ? "" : table.ToString(style);
}

}  // namespace

std::string RenderHistory(const v1::HistoryReply& history,
                          std::chrono::system_clock::time_point now, const Style& style) {
  Table table({{"REVISION", Align::kRight},
               {"TIME"},
               {"AGE", Align::kRight},
               {"AUTHOR"},
               {"CHANGES"},
               {"REASON"}});
  for (const v1::Revision& revision : history.revisions()) {
    table.Add({std::to_string(revision.number()), FormatTime(revision.time()),
               AgeOf(revision.time(), now), revision.author(),
               SummarizeChanges(revision.changes(), kMaxChangesShown), revision.reason()});
  }
  return table.empty() ? "No revision yet.\n" : table.ToString(style);
}

std::string RenderEvent(const v1::Event& event, const Style& style) {
  return fmt::format("{}  {:<8}  {}  {}\n", FormatPreciseTime(event.time()), Clean(event.kind()),
                     style.Paint(ToneOf(event.kind()), event.subject()), Clean(event.text()));
}

std::string RenderLatency(const v1::ShowLatencyReply& latency, const Style& style) {
  const std::string rows = RenderRows(latency.rows(), "CLIENT", style);
  const std::string regions = RenderRows(latency.regions(), "FROM REGION", style);
  if (rows.empty() && regions.empty()) return "No measured time; the distance model decides.\n";
  return rows + (rows.empty() || regions.empty() ? "" : "\n") + regions;
}

}  // namespace waypost::render
