#include "dnsd/config/scalar.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>

#include "dnsd/base/utf8.h"

namespace waypost::config {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::util::TimeUtil;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
char LowerChar(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
char UpperChar(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c; }

/// OnAllDown -> ON_ALL_DOWN_, which opens the names of the enum's values.
std::string ValuePrefix(const EnumDescriptor& type) {
  std::string prefix;
  for (const char c : type.name()) {
    if (c != UpperChar(c) || prefix.empty()) {
      prefix += UpperChar(c);
    } else {
      prefix += LowerChar(c) != c ? std::string{'_', c} : std::string{c};
    }
  }
  return prefix + "_";
}

bool IsUnspecified(const EnumValueDescriptor& value) {
  return value.number() == 0 && value.name().ends_with("_UNSPECIFIED");
}

std::vector<std::string> WordsOf(const EnumDescriptor& type) {
  std::vector<std::string> words;
  for (int i = 0; i < type.value_count(); ++i) {
    if (!IsUnspecified(*type.value(i))) words.push_back(EnumWord(*type.value(i)));
  }
  return words;
}

__extension__ using Wide = __int128;

struct Unit {
  std::string_view name;
  int64_t nanoseconds;
};
constexpr int64_t kSecond = 1'000'000'000;
constexpr std::array<Unit, 6> kUnits = {{{"us", 1000},
                                         {"ms", 1'000'000},
                                         {"s", kSecond},
                                         {"m", 60 * kSecond},
                                         {"h", 3600 * kSecond},
                                         {"d", 86400 * kSecond}}};

/// Digits with at most one point, as digits * 10^-decimals.
struct Decimal {
  int64_t digits = 0;
  int decimals = 0;
};

// 18 digits fit into an int64_t; times a day in nanoseconds (below 10^14) they fit into 128 bits.
constexpr size_t kMaxDigits = 18;

bool ParseDecimal(std::string_view text, Decimal& out) {
  const size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  if (whole.empty() || (point < text.size() && fraction.empty())) return false;
  if (whole.size() + fraction.size() > kMaxDigits) return false;
  const std::string digits = std::string(whole) + std::string(fraction);
  for (const char c : digits) {
    if (!IsDigit(c)) return false;
    out.digits = out.digits * 10 + (c - '0');
  }
  out.decimals = static_cast<int>(fraction.size());
  return true;
}

Wide PowerOfTen(int exponent) {
  Wide power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

tl::unexpected<Error> NotADuration(std::string_view text) {
  return Fail(ErrorCode::kInvalid,
              Quoted(text) +
                  " is not a duration; write a number and a unit, such as 500ms, 5s, "
                  "2m, 1h or 1d");
}

template <typename T>
bool ParseWhole(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, diagonal + 1, replaced});
    }
  }
  return row.back();
}

// Longer words are quoted only in part, so that a message stays a line.
constexpr size_t kMaxQuoted = 80;

}  // namespace

Result<google::protobuf::Duration> ParseDuration(std::string_view text) {
  const bool negative = text.starts_with('-');
  const std::string_view positive = text.substr(negative ? 1 : 0);
  const size_t number_size = std::min(positive.find_first_not_of("0123456789."), positive.size());
  const std::string_view unit_name = positive.substr(number_size);
  const auto* unit = std::find_if(kUnits.begin(), kUnits.end(),
                                  [&](const Unit& u) { return u.name == unit_name; });
  Decimal number;
  if (!ParseDecimal(positive.substr(0, number_size), number)) return NotADuration(text);
  if (unit_name.empty() && number.digits != 0) {
    return Fail(ErrorCode::kInvalid,
                fmt::format("{0} has no unit; write {1}s, {1}ms or {1}m", Quoted(text), positive));
  }
  if (unit == kUnits.end()) return NotADuration(text);
  const Wide scaled = static_cast<Wide>(number.digits) * unit->nanoseconds;
  const Wide divisor = PowerOfTen(number.decimals);
  if (scaled % divisor != 0) {
    return Fail(ErrorCode::kInvalid, Quoted(text) + " is finer than a nanosecond");
  }
  const Wide nanoseconds = scaled / divisor * (negative ? -1 : 1);
  google::protobuf::Duration duration;
  duration.set_seconds(static_cast<int64_t>(nanoseconds / kSecond));
  duration.set_nanos(static_cast<int32_t>(nanoseconds % kSecond));
  if (duration.seconds() > TimeUtil::kDurationMaxSeconds ||
      duration.seconds() < TimeUtil::kDurationMinSeconds) {
    return Fail(ErrorCode::kInvalid, Quoted(text) + " is above 10,000 years");
  }
  return duration;
}

std::string FormatDuration(const google::protobuf::Duration& duration) {
  const Wide signed_total = static_cast<Wide>(duration.seconds()) * kSecond + duration.nanos();
  const std::string sign = signed_total < 0 ? "-" : "";
  const Wide total = signed_total < 0 ? -signed_total : signed_total;
  if (total == 0) return "0s";
  for (size_t i = kUnits.size(); i-- > 0;) {
    const bool is_below_second = kUnits[i].nanoseconds < kSecond;
    if (total % kUnits[i].nanoseconds == 0 && (total < kSecond || !is_below_second)) {
      const auto count = static_cast<uint64_t>(total / kUnits[i].nanoseconds);
      return fmt::format("{}{}{}", sign, count, kUnits[i].name);
    }
  }
  std::string fraction = fmt::format("{:09}", static_cast<int64_t>(total % kSecond));
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return fmt::format("{}{}.{}s", sign, static_cast<uint64_t>(total / kSecond), fraction);
}

Result<google::protobuf::Timestamp> ParseTimestamp(std::string_view text) {
  google::protobuf::Timestamp timestamp;
  const std::string copy(text);
  if (!TimeUtil::FromString(copy, &timestamp)) {
    return Fail(ErrorCode::kInvalid,
                Quoted(text) + " is not a time; write it as 2026-05-01T12:00:00Z (RFC 3339)");
  }
  return timestamp;
}

bool IsValid(const google::protobuf::Timestamp& timestamp) {
  return timestamp.seconds() >= TimeUtil::kTimestampMinSeconds &&
         timestamp.seconds() <= TimeUtil::kTimestampMaxSeconds && timestamp.nanos() >= 0 &&
         timestamp.nanos() < kSecond;
}

std::string FormatTimestamp(const google::protobuf::Timestamp& timestamp) {
  return IsValid(timestamp) ? TimeUtil::ToString(timestamp) : "invalid";
}

std::string EnumWord(const EnumValueDescriptor& value) {
  const std::string prefix = ValuePrefix(*value.type());
  std::string word = value.name();
  if (word.starts_with(prefix)) word.erase(0, prefix.size());
  return value.type()->full_name() == "waypost.v1.RecordType" ? word : ToLower(word);
}

Result<const EnumValueDescriptor*> ParseEnumWord(const EnumDescriptor& type,
                                                 std::string_view text) {
  const std::string wanted = ToLower(text);
  for (int i = 0; i < type.value_count(); ++i) {
    const EnumValueDescriptor& value = *type.value(i);
    if (!IsUnspecified(value) && ToLower(EnumWord(value)) == wanted) return &value;
  }
  const auto words = WordsOf(type);
  return Fail(ErrorCode::kInvalid, fmt::format("{} is none of {}{}", Quoted(text),
                                               fmt::join(words, ", "), DidYouMean(text, words)));
}

Result<bool> ParseBool(std::string_view text) {
  const std::string word = ToLower(text);
  if (word == "true") return true;
  if (word == "false") return false;
  return Fail(ErrorCode::kInvalid, Quoted(text) + " is neither true nor false");
}

Result<double> ParseDouble(std::string_view text) {
  double value = 0;
  if (!ParseWhole(text.starts_with('+') ? text.substr(1) : text, value) || !std::isfinite(value)) {
    return Fail(ErrorCode::kInvalid, Quoted(text) + " is not a number");
  }
  return value;
}

Result<int64_t> ParseInteger(std::string_view text, int64_t min, int64_t max) {
  int64_t value = 0;
  if (!ParseWhole(text, value) || value < min || value > max) {
    return Fail(ErrorCode::kInvalid,
                fmt::format("{} is not a whole number from {} to {}", Quoted(text), min, max));
  }
  return value;
}

Result<uint64_t> ParseUnsigned(std::string_view text, uint64_t max) {
  uint64_t value = 0;
  if (!ParseWhole(text, value) || value > max) {
    return Fail(ErrorCode::kInvalid,
                fmt::format("{} is not a whole number from 0 to {}", Quoted(text), max));
  }
  return value;
}

std::string ToLower(std::string_view text) {
  std::string lowered(text);
  std::transform(lowered.begin(), lowered.end(), lowered.begin(), LowerChar);
  return lowered;
}

std::string Quoted(std::string_view text) {
  const bool is_long = text.size() > kMaxQuoted;
  return '"' + Legible(text, kMaxQuoted) + (is_long ? "...\"" : "\"");
}

std::string Nearest(std::string_view word, const std::vector<std::string>& words) {
  const std::string lowered = ToLower(word.substr(0, kMaxQuoted));
  std::string nearest;
  // Two slips of the finger, but never more than every third letter.
  size_t limit = std::min<size_t>(2, lowered.size() / 3) + 1;
  for (const std::string& candidate : words) {
    const size_t distance = EditDistance(lowered, ToLower(candidate));
    if (distance < limit) {
      limit = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string DidYouMean(std::string_view word, const std::vector<std::string>& words) {
  const std::string nearest = Nearest(word, words);
  return nearest.empty() ? "" : " (did you mean " + Quoted(nearest) + "?)";
}

}  // namespace waypost::config
