#include "dnsd/zone/generate.h"

#include <fmt/format.h>

#include <optional>

#include "dnsd/zone/plain_rdata.h"

namespace waypost::zone {
namespace {

constexpr uint32_t kMaxNumber = 0x7FFFFFFF;
/// A label has no room for more digits.
constexpr uint32_t kMaxWidth = 63;

tl::unexpected<Error> Bad(std::string_view text, std::string_view why) {
  return Fail(ErrorCode::kInvalid, fmt::format("\"{}\" {}", text, why));
}

/// Cuts `text` at the first `delimiter`; what follows it stays in `text`.
std::string_view CutOff(std::string_view& text, char delimiter) {
  const size_t end = std::min(text.find(delimiter), text.size());
  const std::string_view head = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return head;
}

std::optional<int64_t> ParseOffset(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const auto magnitude = ParseNumber(text, kMaxNumber);
  if (!magnitude) return std::nullopt;
  return negative ? -int64_t{*magnitude} : int64_t{*magnitude};
}

/// Hexadecimal digits as labels, the lowest first; the width counts the dots too.
std::string Nibbles(int64_t value, uint32_t width, std::string_view digits) {
  std::string text;
  do {
    text += digits[static_cast<size_t>(value & 0xF)];
    value >>= 4;
    if (value != 0 || text.size() < width) text += '.';
  } while (value != 0 || text.size() < width);
  return text;
}

std::optional<std::string> Format(int64_t value, uint32_t width, std::string_view base) {
  if (base == "d") return fmt::format("{:0{}d}", value, width);
  if (base == "o") return fmt::format("{:0{}o}", value, width);
  if (base == "x") return fmt::format("{:0{}x}", value, width);
  if (base == "X") return fmt::format("{:0{}X}", value, width);
  if (base == "n") return Nibbles(value, width, "0123456789abcdef");
  if (base == "N") return Nibbles(value, width, "0123456789ABCDEF");
  return std::nullopt;
}

/// `modifier`: what stands between the braces.
Result<std::string> ApplyModifier(std::string_view modifier, uint32_t number) {
  std::string_view rest = modifier;
  const auto offset = ParseOffset(CutOff(rest, ','));
  const std::string_view width_text = CutOff(rest, ',');
  const auto width = ParseNumber(width_text.empty() ? "0" : width_text, kMaxWidth);
  const std::string_view base = rest.empty() ? "d" : rest;
  if (!offset || !width) return Bad(modifier, "is not OFFSET[,WIDTH[,BASE]]");
  const int64_t value = *offset + number;
  if (value < 0) return Bad(modifier, "leads below zero");
  const auto text = Format(value, *width, base);
  if (!text) return Bad(modifier, "has a base that is not d, o, x, X, n or N");
  return *text;
}

}  // namespace

Result<GenerateRange> ParseGenerateRange(std::string_view text) {
  std::string_view rest = text;
  const auto start = ParseNumber(CutOff(rest, '-'), kMaxNumber);
  const auto stop = ParseNumber(CutOff(rest, '/'), kMaxNumber);
  const auto step = text.find('/') == text.npos ? 1 : ParseNumber(rest, kMaxNumber);
  if (!start || !stop || !step || *step == 0 || *start > *stop) {
    return Bad(text, "is not a range such as 1-10 or 1-10/2");
  }
  return GenerateRange{*start, *stop, *step};
}

Result<std::string> ExpandPattern(std::string_view pattern, uint32_t number) {
  std::string text;
  for (size_t at = 0; at < pattern.size(); ++at) {
    const std::string_view rest = pattern.substr(at);
    if (rest.starts_with("\\$") || rest.starts_with("$$")) {
      text += "\\$";
      ++at;
    } else if (rest.starts_with('\\')) {
      text += rest.substr(0, 2);
      ++at;
    } else if (rest.starts_with("${")) {
      const size_t end = rest.find('}');
      if (end == rest.npos) return Bad(pattern, "has a brace that is not closed");
      Result<std::string> modified = ApplyModifier(rest.substr(2, end - 2), number);
      if (!modified) return modified;
      text += *modified;
      at += end;
    } else if (rest.starts_with('$')) {
      text += fmt::format("{}", number);
    } else {
      text += rest.front();
    }
  }
  return text;
}

}  // namespace waypost::zone
