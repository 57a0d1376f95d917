#include "dnsd/geo/latency_csv.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "dnsd/geo/client_key.h"
#include "dnsd/geo/latency_table.h"

namespace waypost::geo {
namespace {

constexpr std::array<std::string_view, 3> kHeader = {"client", "region", "rtt_ms"};

std::string_view Trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

/// Takes a quoted field from the front of `rest`; doubled quotes stand for one. False: the closing
/// quote is missing or text follows it.
bool TakeQuoted(std::string_view& rest, std::string& field) {
  for (size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] != '"') {
      field += rest[i];
    } else if (rest.substr(i + 1, 1) == "\"") {
      field += rest[++i];
    } else {
      rest = Trimmed(rest.substr(i + 1));
      return rest.empty() || rest.front() == ',';
    }
  }
  return false;
}

std::optional<std::vector<std::string>> SplitFields(std::string_view line) {
  std::vector<std::string> fields;
  for (std::string_view rest = line;; rest = Trimmed(rest.substr(1))) {
    std::string& field = fields.emplace_back();
    if (!rest.empty() && rest.front() == '"') {
      if (!TakeQuoted(rest, field)) return {};
    } else {
      field = Trimmed(rest.substr(0, rest.find(',')));
      rest.remove_prefix(std::min(rest.find(','), rest.size()));
    }
    if (rest.empty()) return fields;
  }
}

std::optional<double> ParseTime(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

class Reader {
 public:
  explicit Reader(const std::string& file) : file_(file) {}

  void ReadLine(std::string_view text) {
    ++line_;
    const std::string_view line = Trimmed(text);
    if (line.empty() || line.front() == '#') return;
    const auto fields = SplitFields(line);
    if (!fields) {
      AddProblem("a quoted field does not end");
    } else if (!has_header_) {
      ReadHeader(*fields);
    } else if (fields->size() != kHeader.size()) {
      AddProblem(std::to_string(fields->size()) + " fields instead of client,region,rtt_ms");
    } else {
      ReadRow(*fields);
    }
  }

  LatencyRows Finish() {
    if (!has_header_) AddProblem("the file is empty; its first line is client,region,rtt_ms");
    return std::move(result_);
  }

 private:
  void ReadHeader(const std::vector<std::string>& fields) {
    has_header_ = true;
    if (!std::equal(fields.begin(), fields.end(), kHeader.begin(), kHeader.end()))
      AddProblem("the first line is not client,region,rtt_ms");
  }

  void ReadRow(const std::vector<std::string>& fields) {
    const Result<ClientKey> client = ClientKey::ParseShort(fields[0]);
    if (!client) AddProblem(client.error().message);
    const auto rtt_ms = ParseTime(fields[2]);
    if (!rtt_ms) AddProblem("\"" + fields[2] + "\" is not a number of milliseconds");
    if (!client || !rtt_ms) return;
    const LatencyRow row{client->ToString(), fields[1], *rtt_ms};
    if (const Status checked = LatencyTable().Set(row.client, row.region, {row.rtt_ms, 0, {}});
        !checked) {
      AddProblem(checked.error().message);
    } else {
      AddRow(row);
    }
  }

  void AddRow(const LatencyRow& row) {
    const auto [first, is_new] = lines_.emplace(std::pair(row.client, row.region), line_);
    if (is_new) {
      result_.rows.push_back(row);
    } else {
      AddProblem(row.client + " to \"" + row.region + "\" stands in line " +
                 std::to_string(first->second) + " already");
    }
  }

  void AddProblem(const std::string& fact) {
    Problem problem;
    problem.file = file_;
    problem.line = line_;
    problem.fact = fact;
    result_.problems.push_back(std::move(problem));
  }

  const std::string& file_;
  uint32_t line_ = 0;
  bool has_header_ = false;
  std::map<std::pair<std::string, std::string>, uint32_t> lines_;
  LatencyRows result_;
};

}  // namespace

LatencyRows ParseLatencyCsv(std::string_view text, const std::string& file) {
  Reader reader(file);
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    reader.ReadLine(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return reader.Finish();
}

}  // namespace waypost::geo
