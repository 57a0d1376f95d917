#include "dnsd/zone/escape.h"

#include <gmock/gmock.h>

#include "dnsd/base/utf8.h"

namespace waypost::zone {
namespace {

/// What the text says, octet for octet.
std::string Read(std::string_view text) {
  std::string octets;
  for (size_t at = 0; at < text.size();) {
    const int octet = ReadEscapable(text, at);
    if (octet < 0) return octets + " and a broken escape";
    octets += static_cast<char>(octet);
  }
  return octets;
}

TEST(EscapeStrayOctets, LeavesUtf8Alone) {
  EXPECT_EQ(EscapeStrayOctets("t TXT \"caf\xC3\xA9\""), "t TXT \"caf\xC3\xA9\"");
}

TEST(EscapeStrayOctets, WritesTheOthersAsDecimals) {
  EXPECT_EQ(EscapeStrayOctets("caf\xE9 \xFF\xC3\xA9"), "caf\\233 \\255\xC3\xA9");
}

TEST(EscapeStrayOctets, UsesABackslashThatIsThere) {
  EXPECT_EQ(EscapeStrayOctets("a\\\xE9"), "a\\233");
  EXPECT_EQ(EscapeStrayOctets("a\\\\\xE9"), "a\\\\\\233");
  EXPECT_EQ(EscapeStrayOctets("\xE9\xE9"), "\\233\\233");
}

TEST(EscapeStrayOctets, SaysTheSameForAnyTextOfBackslashesAndOctets) {
  constexpr char kOctets[] = {'a', '\\', '\xE9', '\xC3', '\xA9'};
  for (int number = 0; number < 5 * 5 * 5 * 5 * 5; ++number) {
    std::string text;
    for (int rest = number, i = 0; i < 5; ++i, rest /= 5) text += kOctets[rest % 5];
    const std::string escaped = EscapeStrayOctets(text);
    EXPECT_TRUE(IsUtf8(escaped));
    EXPECT_EQ(Read(escaped), Read(text)) << escaped;
  }
}

}  // namespace
}  // namespace waypost::zone
