#include "dnsd/config/json_escapes.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <optional>

namespace waypost::config {
namespace {

/// The code unit of \uXXXX at `at`.
std::optional<uint32_t> UnitAt(std::string_view text, size_t at) {
  if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return std::nullopt;
  uint32_t unit = 0;
  const char* digits = text.data() + at + 2;
  const auto [end, error] = std::from_chars(digits, digits + 4, unit, 16);
  return error == std::errc() && end == digits + 4 ? std::optional(unit) : std::nullopt;
}

bool IsHigh(uint32_t unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool IsLow(uint32_t unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

}  // namespace

bool LooksLikeJson(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

std::string JoinSurrogates(std::string_view json) {
  std::string joined;
  joined.reserve(json.size());
  for (size_t at = 0; at < json.size();) {
    const auto high = UnitAt(json, at);
    const auto low = UnitAt(json, at + 6);
    if (high && low && IsHigh(*high) && IsLow(*low)) {
      const uint32_t point = 0x10000 + ((*high - 0xD800) << 10U) + (*low - 0xDC00);
      joined += fmt::format("\\U{:08X}", point);
      at += 12;
      continue;
    }
    const size_t length = json[at] == '\\' ? 2 : 1;
    joined += json.substr(at, length);
    at += length;
  }
  return joined;
}

}  // namespace waypost::config
