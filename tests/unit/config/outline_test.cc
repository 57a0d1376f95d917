#include "dnsd/config/outline.h"

#include <gtest/gtest.h>

#include <vector>

namespace waypost::config {
namespace {

constexpr OutlineLimits kThreeDeep = {.nesting = 3, .tokens = 1000};

std::optional<TextFault> Excess(const std::string& text, uint32_t first_line = 1) {
  OutlineLimits limits = kThreeDeep;
  return FindExcess({text, first_line}, limits);
}
bool IsTooDeep(const std::string& text) { return Excess(text).has_value(); }

TEST(Outline, CountsBracketsThatNest) {
  EXPECT_FALSE(IsTooDeep("[[[]]]"));
  EXPECT_TRUE(IsTooDeep("[[[["));
  EXPECT_FALSE(IsTooDeep("[[[]], [[]], {a: [1, 2]}]"));
  EXPECT_TRUE(IsTooDeep("a: {b: {c: {d: {"));
}

TEST(Outline, LeavesBracketsInTextAlone) {
  for (const char* text :
       {"a: \"[[[[\"", "a: '[[[[ it''s [[[['", "a: b [[[[", "a: b # [[[[", "# [[[[\na: b",
        "\"a\": \"x [\"\n\"b\": \"[[[\\\"[[[\"", "[\"[[[[\", '{{{{']", "a: |\n  [[[[\n  \"\nb: c",
        "- a: >-\n    [[[[\n\n    [[[[\n  b: c", "a: |2\n    [[[[\n  [[[[\n", "- |\n [[[[",
        "a:\n  |\n  [[[[\n", "a: |  # comment\n\n  [[[[", "- - k: |\n      [[[[\n    l: m"}) {
    EXPECT_FALSE(IsTooDeep(text)) << text;
  }
}

TEST(Outline, IsNotFooledByTextThatLooksQuoted) {
  for (const char* text : {"--- [[[[", "!tag [[[[", "&a [[[[", "a: &b !c [[[[", "a: it's\nb: [[[[",
                           "a: 5\" x\nb: [[[[", "a: foo\n  \"bar\nb: [[[[", "{a: foo\n \"[[[[",
                           "[a 'b, [[[[", "a: |\n  text\nb: [[[[", "- a: |\n    text\n  b: [[[[",
                           "- a: |\n  b: [[[[", "a: \"not closed\nb: [[[[", "a#b: [[[[",
                           "\"a\": [[[[", "? [[[[", "- [[[[", "a: >2\n  x\n [[[["}) {
    EXPECT_TRUE(IsTooDeep(text)) << text;
  }
}

TEST(Outline, CountsTokens) {
  std::string many = "[";
  for (int i = 0; i < 600; ++i) many += "1,";
  EXPECT_TRUE(IsTooDeep(many));
}

TEST(Outline, OneLimitServesAllDocumentsOfAText) {
  OutlineLimits limits = {.nesting = 3, .tokens = 20};
  EXPECT_FALSE(FindExcess({"[a]", 1}, limits));
  EXPECT_TRUE(FindExcess({"[b]", 2}, limits));
  EXPECT_TRUE(FindExcess({"---\n", 3}, limits));
}

TEST(Outline, SaysTheLineOfTheDocumentInItsFile) {
  const auto excess = Excess("a: b\nc: [[[[", 10);
  ASSERT_TRUE(excess);
  EXPECT_EQ(excess->line, 11U);
  EXPECT_EQ(excess->fact, "brackets are nested deeper than 3");
}

TEST(Outline, AcceptsUtf8AndNothingElse) {
  for (const char* text : {"", "a\tb\r\n", "\xC2\x80", "\xE0\xA0\x80", "\xED\x9F\xBF",
                           "\xEE\x80\x80", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_FALSE(FindBadCharacter(text)) << text;
  }
  for (const char* text : {"\x80", "\xC1\xBF", "\xC2", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xEF\xBF",
                           "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE"}) {
    EXPECT_TRUE(FindBadCharacter(text)) << text;
  }
}

TEST(Outline, CutsDocumentsWhereYamlDoes) {
  DocumentCutter cutter("a\n---\nb: |\n  ---\n...\nc\n--- d\n----\n");
  std::vector<DocumentText> documents;
  while (const auto document = cutter.Next()) documents.push_back(*document);
  ASSERT_EQ(documents.size(), 4U);
  EXPECT_EQ(documents[0].text, "a\n");
  EXPECT_EQ(documents[1].text, "---\nb: |\n  ---\n...\n");
  EXPECT_EQ(documents[1].first_line, 2U);
  EXPECT_EQ(documents[2].text, "c\n");
  EXPECT_EQ(documents[2].first_line, 6U);
  EXPECT_EQ(documents[3].text, "--- d\n----\n");
}

}  // namespace
}  // namespace waypost::config
