#include "dnsd/config/scalar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "waypost/v1/resource.pb.h"

namespace waypost::config {
namespace {

using ::testing::HasSubstr;

std::string Again(const std::string& text) {
  const auto duration = ParseDuration(text);
  return duration ? FormatDuration(*duration) : duration.error().message;
}

TEST(Duration, KeepsTheLargestUnitWithoutAFraction) {
  EXPECT_EQ(Again("500ms"), "500ms");
  EXPECT_EQ(Again("5s"), "5s");
  EXPECT_EQ(Again("60s"), "1m");
  EXPECT_EQ(Again("90s"), "90s");
  EXPECT_EQ(Again("3600s"), "1h");
  EXPECT_EQ(Again("24h"), "1d");
  EXPECT_EQ(Again("1500ms"), "1.5s");
  EXPECT_EQ(Again("1.5s"), "1.5s");
  EXPECT_EQ(Again("0.5d"), "12h");
  EXPECT_EQ(Again("250us"), "250us");
  EXPECT_EQ(Again("0.000000001s"), "0.000000001s");
  EXPECT_EQ(Again("0s"), "0s");
  EXPECT_EQ(Again("-1.5s"), "-1.5s");
}

TEST(Duration, SaysWhatToWriteInsteadOfABareNumber) {
  EXPECT_THAT(Again("5"), HasSubstr("\"5\" has no unit; write 5s, 5ms or 5m"));
}

TEST(Duration, RefusesWhatIsNone) {
  for (const char* text : {"", "s", "five", "5 s", "5x", "1.2.3s", ".5s", "5.s", "1e3s", "--5s",
                           "99999999999999999999s", "315576000001s", "4000000000d"}) {
    EXPECT_FALSE(ParseDuration(text)) << text;
  }
  EXPECT_THAT(Again("0.1111us"), HasSubstr("finer than a nanosecond"));
}

TEST(Timestamp, IsRfc3339) {
  EXPECT_EQ(FormatTimestamp(*ParseTimestamp("2026-05-01T12:00:00Z")), "2026-05-01T12:00:00Z");
  EXPECT_EQ(FormatTimestamp(*ParseTimestamp("2026-05-01T12:00:00.25+02:00")),
            "2026-05-01T10:00:00.250Z");
  for (const char* text : {"", "2026-05-01", "12:00", "2026-13-01T00:00:00Z", "tomorrow"}) {
    EXPECT_FALSE(ParseTimestamp(text)) << text;
  }
}

TEST(EnumWord, IsTheValueWithoutItsPrefix) {
  EXPECT_EQ(EnumWord(*v1::Quorum_descriptor()->FindValueByNumber(v1::QUORUM_MAJORITY)), "majority");
  EXPECT_EQ(EnumWord(*v1::OnAllDown_descriptor()->FindValueByNumber(v1::ON_ALL_DOWN_LAST_RESORT)),
            "last_resort");
  EXPECT_EQ(EnumWord(*v1::RecordType_descriptor()->FindValueByNumber(v1::RECORD_TYPE_AAAA)),
            "AAAA");
}

TEST(EnumWord, IsReadInAnyCase) {
  EXPECT_EQ((*ParseEnumWord(*v1::RecordType_descriptor(), "aaaa"))->number(), v1::RECORD_TYPE_AAAA);
  EXPECT_EQ((*ParseEnumWord(*v1::Quorum_descriptor(), "Majority"))->number(), v1::QUORUM_MAJORITY);
}

TEST(EnumWord, ErrorNamesAllWordsAndTheNearestOne) {
  const auto value = ParseEnumWord(*v1::Quorum_descriptor(), "majorty");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().message,
            "\"majorty\" is none of majority, any, all, count (did you mean \"majority\"?)");
  EXPECT_FALSE(ParseEnumWord(*v1::Quorum_descriptor(), "unspecified"));
}

TEST(Numbers, StayInTheirRange) {
  EXPECT_EQ(*ParseInteger("-99", -99, 99), -99);
  EXPECT_FALSE(ParseInteger("-100", -99, 99));
  EXPECT_EQ(*ParseUnsigned("18446744073709551615", ~uint64_t{0}), ~uint64_t{0});
  for (const char* text : {"", "-1", "1.0", "0x10", "18446744073709551616", " 1"}) {
    EXPECT_FALSE(ParseUnsigned(text, ~uint64_t{0})) << text;
  }
  for (const char* text : {"", "nan", "inf", "1e999", "1,5", "0x1p3x"}) {
    EXPECT_FALSE(ParseDouble(text)) << text;
  }
  EXPECT_EQ(*ParseDouble("-6.26"), -6.26);
}

TEST(Nearest, FindsSlipsButNotStrangers) {
  const std::vector<std::string> words = {"name", "region", "endpoints", "monitor"};
  EXPECT_EQ(Nearest("endpoint", words), "endpoints");
  EXPECT_EQ(Nearest("Regoin", words), "region");
  EXPECT_EQ(Nearest("weight", words), "");
  EXPECT_EQ(Nearest("", words), "");
}

}  // namespace
}  // namespace waypost::config
