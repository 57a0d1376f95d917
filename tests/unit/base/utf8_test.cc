#include "dnsd/base/utf8.h"

#include <gmock/gmock.h>

namespace waypost {
namespace {

/// Decodes RFC 3629 section 3's table, slowly: what a character is worth decides what is allowed.
bool IsUtf8ByTheTable(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const auto first = static_cast<uint8_t>(text[at++]);
    const int more = first < 0x80 ? 0 : first < 0xC0 ? -1 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
    if (more < 0 || first >= 0xF8) return false;
    uint32_t value = more == 0 ? first : first & (0x3FU >> more);
    for (int i = 0; i < more; ++i) {
      if (at == text.size() || (static_cast<uint8_t>(text[at]) & 0xC0) != 0x80) return false;
      value = value << 6 | (static_cast<uint8_t>(text[at++]) & 0x3F);
    }
    constexpr uint32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
    if (value < kLeast[more] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
      return false;
    }
  }
  return true;
}

TEST(Utf8, AgreesWithTheTableOnAllThatThreeOctetsCanBe) {
  for (uint32_t octets = 0; octets < 1U << 24U; octets += octets < 0x10000 ? 1 : 7) {
    const std::string text = {static_cast<char>(octets >> 16U), static_cast<char>(octets >> 8U),
                              static_cast<char>(octets)};
    ASSERT_EQ(IsUtf8(text), IsUtf8ByTheTable(text)) << testing::PrintToString(text);
  }
}

TEST(Utf8, AgreesWithTheTableOnFourOctetsAtEveryBorder) {
  constexpr unsigned char kEdges[] = {0,    0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF,
                                      0xC0, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF};
  std::string text(4, 0);
  for (const unsigned char a : kEdges)
    for (const unsigned char b : kEdges)
      for (const unsigned char c : kEdges)
        for (const unsigned char d : kEdges) {
          text = {static_cast<char>(a), static_cast<char>(b), static_cast<char>(c),
                  static_cast<char>(d)};
          ASSERT_EQ(IsUtf8(text), IsUtf8ByTheTable(text)) << testing::PrintToString(text);
        }
}

TEST(Utf8, FindsAStrayOctetWhereverItStands) {
  for (size_t at = 0; at < 40; ++at) {
    std::string text(40, 'a');
    text[at] = '\xE9';
    EXPECT_EQ(FindStrayOctet(text), at);
    EXPECT_EQ(FindStrayOctet(text, at + 1), text.npos);
  }
}

TEST(Utf8, LegibleTextShowsStrayOctetsInHex) {
  EXPECT_EQ(Legible("caf\xE9"), "caf\\xE9");
  EXPECT_EQ(Legible("caf\xC3\xA9 \xF0\x9F\x8C\x8D"), "caf\xC3\xA9 \xF0\x9F\x8C\x8D");
  EXPECT_EQ(Legible("\xFF\xFE"), "\\xFF\\xFE");
  EXPECT_EQ(Legible(""), "");
}

TEST(Utf8, LegibleTextIsCutBetweenCharacters) {
  EXPECT_EQ(Legible("caf\xC3\xA9s", 6), "caf\xC3\xA9s");
  EXPECT_EQ(Legible("caf\xC3\xA9s", 5), "caf\xC3\xA9");
  EXPECT_EQ(Legible("caf\xC3\xA9s", 4), "caf");
  EXPECT_EQ(Legible("\xF0\x9F\x8C\x8D", 3), "");
  EXPECT_EQ(Legible("abc", 0), "");
  const std::string hostile(100000, '\xE9');
  for (size_t limit = 0; limit < 20; ++limit) EXPECT_EQ(Legible(hostile, limit).size(), limit);
}

}  // namespace
}  // namespace waypost
