#include "healthd/probe/prometheus_text.h"

#include <algorithm>
#include <optional>

#include "healthd/probe/number_text.h"

namespace waypost::probe {
namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

bool IsNameChar(char c, bool is_first) {
  const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
  return is_letter || (!is_first && c >= '0' && c <= '9');
}

/// Reads from the front of a line.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  std::string_view rest() const { return rest_; }

  void SkipBlanks() {
    while (!rest_.empty() && IsBlank(rest_.front())) rest_.remove_prefix(1);
  }
  bool Take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  /// Empty: there is none.
  std::string_view TakeName() {
    size_t size = 0;
    while (size < rest_.size() && IsNameChar(rest_[size], size == 0)) ++size;
    return TakeFirst(size);
  }
  std::string_view TakeWord() {
    SkipBlanks();
    size_t size = 0;
    while (size < rest_.size() && !IsBlank(rest_[size])) ++size;
    return TakeFirst(size);
  }
  /// {LABEL="VALUE",...}; without braces there are none. nullopt: it is none of that.
  std::optional<Labels> TakeLabels() {
    Labels labels;
    if (!Take('{')) return labels;
    for (;;) {
      SkipBlanks();
      if (Take('}')) return labels;
      auto label = TakeLabel();
      if (!label) return {};
      labels.push_back(*std::move(label));
      SkipBlanks();
      if (!Take(',') && !rest_.starts_with('}')) return {};
    }
  }

 private:
  std::string_view TakeFirst(size_t size) {
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::optional<std::pair<std::string, std::string>> TakeLabel() {
    const std::string_view name = TakeName();
    SkipBlanks();
    if (name.empty() || !Take('=')) return {};
    SkipBlanks();
    auto value = TakeValue();
    if (!value) return {};
    return std::pair(std::string(name), *std::move(value));
  }

  std::optional<std::string> TakeValue() {
    if (!Take('"')) return {};
    std::string value;
    while (!rest_.empty()) {
      const char c = TakeFirst(1)[0];
      if (c == '"') return value;
      if (c != '\\') {
        value += c;
      } else if (Take('n')) {
        value += '\n';
      } else if (rest_.starts_with('\\') || rest_.starts_with('"')) {
        value += TakeFirst(1);
      } else {
        return {};
      }
    }
    return {};
  }

  std::string_view rest_;
};

bool HasAll(const Labels& labels, const Labels& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& label) {
    return std::find(labels.begin(), labels.end(), label) != labels.end();
  });
}

/// What stands after a value: a time stamp, an exemplar, or nothing.
bool IsTrailer(std::string_view word) {
  return word.empty() || word.starts_with('#') || ParseNumber(word).has_value();
}

tl::unexpected<Error> Malformed(const MetricSelector& selector) {
  return Fail(ErrorCode::kInvalid, "a sample of " + selector.name + " is malformed");
}

/// The sample of one line; nullopt: it is about something else.
Result<std::optional<double>> ReadLine(std::string_view line, const MetricSelector& selector) {
  Scanner scanner(line);
  scanner.SkipBlanks();
  if (scanner.TakeName() != selector.name) return std::nullopt;
  scanner.SkipBlanks();
  const auto labels = scanner.TakeLabels();
  if (!labels) return Malformed(selector);
  if (!HasAll(*labels, selector.labels)) return std::nullopt;
  const auto value = ParseNumber(scanner.TakeWord());
  if (!value)
    return Fail(ErrorCode::kInvalid, "a sample of " + selector.name + " is no finite number");
  if (!IsTrailer(scanner.TakeWord())) return Malformed(selector);
  return value;
}

}  // namespace

Result<MetricSelector> ParseMetricSelector(std::string_view text) {
  Scanner scanner(text);
  MetricSelector selector;
  selector.name = scanner.TakeName();
  auto labels = scanner.TakeLabels();
  if (selector.name.empty() || !labels || !scanner.rest().empty()) {
    return Fail(ErrorCode::kInvalid, "is not of the form NAME{LABEL=\"VALUE\",...}");
  }
  selector.labels = *std::move(labels);
  return selector;
}

Result<double> SumSamples(std::string_view text, const MetricSelector& selector, bool is_cut) {
  if (is_cut) text = text.substr(0, text.rfind('\n') + 1);
  double sum = 0;
  bool found = false;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const auto sample = ReadLine(line, selector);
    if (!sample) return tl::unexpected(sample.error());
    if (!*sample) continue;
    found = true;
    sum += **sample;
  }
  if (!found) return Fail(ErrorCode::kNotFound, "no sample of " + selector.name + " matches");
  if (!std::isfinite(sum))
    return Fail(ErrorCode::kInvalid, "the sum of " + selector.name + " is too large");
  return sum;
}

}  // namespace waypost::probe
