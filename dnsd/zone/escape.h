// The escapes of master files: \X stands for X and \DDD for the octet with that decimal number (RFC
// 1035 section 5.1).
//
// Thread safety: pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace waypost::zone {

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// The octet at `text[at]`, which may be escaped; moves `at` behind it. -1: the escape is broken.
/// Precondition: at < text.size().
constexpr int ReadEscapable(std::string_view text, size_t& at) {
  if (text[at] != '\\') return static_cast<uint8_t>(text[at++]);
  if (at + 1 >= text.size()) return -1;
  if (!IsDigit(text[at + 1])) {
    at += 2;
    return static_cast<uint8_t>(text[at - 1]);
  }
  if (at + 3 >= text.size() || !IsDigit(text[at + 2]) || !IsDigit(text[at + 3])) return -1;
  const int value = (text[at + 1] - '0') * 100 + (text[at + 2] - '0') * 10 + (text[at + 3] - '0');
  at += 4;
  return value <= 255 ? value : -1;
}

/// A master file's text with each octet that belongs to no character of UTF-8 as \DDD, which says
/// the same, so that any text can be kept and shown.
std::string EscapeStrayOctets(std::string text);

}  // namespace waypost::zone
