// A number as text: decimal, with or without an exponent. Finite.
//
// Thread safety: pure.
#pragma once

#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

namespace waypost::probe {

inline std::optional<double> ParseNumber(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return {};
  return value;
}

}  // namespace waypost::probe
