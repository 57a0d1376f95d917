#include "dnsd/base/utf8.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace waypost {
namespace {

bool IsContinuation(std::string_view text, size_t at) {
  return at < text.size() && (static_cast<uint8_t>(text[at]) & 0xC0U) == 0x80;
}

/// Behind as much of the text as is ASCII for sure, eight octets a step.
size_t SkipAscii(std::string_view text, size_t at) {
  constexpr uint64_t kHighBits = 0x8080808080808080;
  for (uint64_t eight = 0; at + sizeof eight <= text.size(); at += sizeof eight) {
    std::memcpy(&eight, text.data() + at, sizeof eight);
    if ((eight & kHighBits) != 0) break;
  }
  return at;
}

std::string InHex(char octet) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto value = static_cast<uint8_t>(octet);
  return {'\\', 'x', kDigits[value >> 4U], kDigits[value & 15U]};
}

std::string_view CutBetweenCharacters(std::string_view text, size_t limit) {
  size_t end = std::min(text.size(), limit);
  while (end > 0 && IsContinuation(text, end)) --end;
  return text.substr(0, end);
}

}  // namespace

size_t CharacterLength(std::string_view text, size_t at) {
  const auto octet = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = octet(at);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4) return 0;
  for (size_t i = 1; i < length; ++i) {
    if (!IsContinuation(text, at + i)) return 0;
  }
  const uint8_t second = octet(at + 1);
  const bool is_overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool is_surrogate = first == 0xED && second >= 0xA0;
  const bool is_too_high = first == 0xF4 && second >= 0x90;
  return is_overlong || is_surrogate || is_too_high ? 0 : length;
}

size_t FindStrayOctet(std::string_view text, size_t from) {
  for (size_t at = SkipAscii(text, from); at < text.size(); at = SkipAscii(text, at)) {
    const size_t length = CharacterLength(text, at);
    if (length == 0) return at;
    at += length;
  }
  return text.npos;
}

std::string Legible(std::string_view text, size_t limit) {
  std::string legible;
  size_t at = 0;
  for (size_t stray = 0; (stray = FindStrayOctet(text, at)) != text.npos; at = stray + 1) {
    legible.append(text, at, stray - at).append(InHex(text[stray]));
    if (legible.size() > limit) break;
  }
  if (legible.size() <= limit) legible.append(text, at);
  if (legible.size() > limit) legible.resize(CutBetweenCharacters(legible, limit).size());
  return legible;
}

}  // namespace waypost
