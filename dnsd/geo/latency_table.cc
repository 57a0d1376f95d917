// Text of the table, a line a row, fields parted by tabs:
//   row CLIENT REGION RTT_MS MEASURED_AT_S WITNESS
//   region FROM TO RTT_MS MEASURED_AT_S WITNESS
// Tabs, line ends and backslashes inside of a field are written \t, \n and \\.
#include "dnsd/geo/latency_table.h"

#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

#include "dnsd/geo/client_key.h"

namespace waypost::geo {
namespace {

// Slower than any path that works: a satellite's is below 1 s.
constexpr double kMaxRttMs = 10'000;
constexpr size_t kFields = 6;

std::string Escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\t') {
      out += "\\t";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\\') {
      out += "\\\\";
    } else {
      out += c;
    }
  }
  return out;
}

std::string Unescaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    out += c == 't' ? '\t' : c == 'n' ? '\n' : c;
  }
  return out;
}

template <typename Number>
std::string Text(Number number) {
  char buffer[32];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, number).ptr};
}

template <typename Number>
std::optional<Number> ParseNumber(const std::string& text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return number;
}

void Append(const char* word, const LatencyTable::Rows& rows, std::string& out) {
  for (const auto& [key, entry] : rows) {
    out += std::string(word) + '\t' + Escaped(key.first) + '\t' + Escaped(key.second) + '\t' +
           Text(entry.rtt_ms) + '\t' + Text(entry.measured_at_s) + '\t' + Escaped(entry.witness) +
           '\n';
  }
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

bool IsTime(double rtt_ms) { return rtt_ms > 0 && rtt_ms <= kMaxRttMs; }

Status ParseLine(std::string_view line, LatencyTable& table) {
  std::vector<std::string> fields;
  for (const auto part : Split(line, '\t')) fields.push_back(Unescaped(part));
  if (fields.size() != kFields) return Fail(ErrorCode::kInvalid, "not six fields");
  const auto rtt_ms = ParseNumber<double>(fields[3]);
  const auto measured_at_s = ParseNumber<int64_t>(fields[4]);
  if (!rtt_ms || !measured_at_s) return Fail(ErrorCode::kInvalid, "a number cannot be read");
  LatencyEntry entry{*rtt_ms, *measured_at_s, fields[5]};
  if (fields[0] == "row") return table.Set(fields[1], fields[2], std::move(entry));
  if (fields[0] != "region" || !IsTime(*rtt_ms))
    return Fail(ErrorCode::kInvalid, "neither a row nor a time between regions");
  table.SetRegionRtt(fields[1], fields[2], std::move(entry));
  return {};
}

}  // namespace

Status LatencyTable::Set(const std::string& client, const std::string& region, LatencyEntry entry) {
  const Result<ClientKey> key = ClientKey::Parse(client);
  if (!key) return tl::unexpected(key.error());
  if (region.empty()) return Fail(ErrorCode::kInvalid, client + ": no region is named");
  if (!IsTime(entry.rtt_ms)) {
    return Fail(ErrorCode::kInvalid, client + " to \"" + region + "\": " + Text(entry.rtt_ms) +
                                         " ms is not above 0 and at most 10000");
  }
  rows_[{key->ToString(), region}] = std::move(entry);
  return {};
}

void LatencyTable::SetRegionRtt(const std::string& from, const std::string& to,
                                LatencyEntry entry) {
  regions_[{from, to}] = std::move(entry);
}

std::string LatencyTable::Serialize() const {
  std::string out;
  Append("row", rows_, out);
  Append("region", regions_, out);
  return out;
}

Result<LatencyTable> LatencyTable::Parse(const std::string& text) {
  LatencyTable table;
  size_t number = 0;
  for (const auto line : Split(text, '\n')) {
    ++number;
    if (line.empty()) continue;
    const Status parsed = ParseLine(line, table);
    if (!parsed) {
      return Fail(ErrorCode::kInvalid,
                  "latency table: line " + std::to_string(number) + ": " + parsed.error().message);
    }
  }
  return table;
}

}  // namespace waypost::geo
