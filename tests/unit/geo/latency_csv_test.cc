#include "dnsd/geo/latency_csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waypost::geo {
namespace {

using ::testing::HasSubstr;

LatencyRows Parse(const std::string& lines) {
  return ParseLatencyCsv("client,region,rtt_ms\n" + lines, "times.csv");
}

std::string ClientOf(const std::string& written) {
  const LatencyRows read = Parse(written + ",eu,1\n");
  return read.rows.size() == 1 ? read.rows[0].client : read.problems.at(0).ToString();
}

TEST(LatencyCsv, ReadsEveryKindOfClient) {
  EXPECT_EQ("prefix:192.0.2.0/24", ClientOf("192.0.2.0/24"));
  EXPECT_EQ("prefix:192.0.2.1/32", ClientOf("192.0.2.1"));
  EXPECT_EQ("prefix:2001:db8::/32", ClientOf("prefix:2001:db8::/32"));
  EXPECT_EQ("prefix:2001:db8::/32", ClientOf("2001:db8::/32"));
  EXPECT_EQ("prefix:a5::/16", ClientOf("a5::/16"));
  EXPECT_EQ("asn:64500", ClientOf("AS64500"));
  EXPECT_EQ("asn:64500", ClientOf("asn:64500"));
  EXPECT_EQ("country:IE", ClientOf("ie"));
  EXPECT_EQ("country:AS", ClientOf("AS"));
  EXPECT_EQ("country:IE", ClientOf("country:IE"));
  EXPECT_EQ("city:US/New York", ClientOf("city:US/New York"));
  EXPECT_EQ("city:US/Washington, \"D.C.\"", ClientOf("\"city:US/Washington, \"\"D.C.\"\"\""));
}

TEST(LatencyCsv, ReadsRegionAndTime) {
  const LatencyRows read = Parse("IE, eu-west , 12.5\r\nDE,\"eu, west\",3\n");
  ASSERT_TRUE(read.problems.empty()) << read.problems[0].ToString();
  ASSERT_EQ(2U, read.rows.size());
  EXPECT_EQ("eu-west", read.rows[0].region);
  EXPECT_EQ(12.5, read.rows[0].rtt_ms);
  EXPECT_EQ("eu, west", read.rows[1].region);
}

TEST(LatencyCsv, LeavesOutEmptyLinesAndComments) {
  const LatencyRows read =
      ParseLatencyCsv("# measured in May\n\nclient,region,rtt_ms\n\n# Ireland\nIE,eu,1", "t.csv");
  EXPECT_TRUE(read.problems.empty());
  EXPECT_EQ(1U, read.rows.size());
}

TEST(LatencyCsv, ReportsEveryProblemAtOnceWithItsLine) {
  const LatencyRows read = Parse(
      "IE,eu,1\n"
      "nowhere,eu,1\n"
      "IE,us,fast\n"
      "IE,ap\n"
      "UK,eu,-1\n"
      "IE,,1\n"
      "\"IE,eu,1\n"
      "ie,eu,2\n"
      "DE,eu,20000\n"
      "AS0,eu,x\n");
  std::vector<std::string> problems;
  for (const auto& problem : read.problems) problems.push_back(problem.ToString());
  EXPECT_THAT(problems,
              ::testing::ElementsAre(
                  HasSubstr("times.csv:3: client \"nowhere\" is none of"),
                  HasSubstr("times.csv:4: \"fast\" is not a number"),
                  HasSubstr("times.csv:5: 2 fields instead of"),
                  HasSubstr("times.csv:6: \"UK\" is not a country"),
                  HasSubstr("times.csv:7: country:IE: no region"),
                  HasSubstr("times.csv:8: a quoted field does not end"),
                  HasSubstr("times.csv:9: country:IE to \"eu\" stands in line 2 already"),
                  HasSubstr("times.csv:10: country:DE to \"eu\": 20000 ms is not above 0"),
                  HasSubstr("times.csv:11: \"0\" is not an autonomous system"),
                  HasSubstr("times.csv:11: \"x\" is not a number")));
  EXPECT_EQ(1U, read.rows.size());
}

TEST(LatencyCsv, WantsItsHeader) {
  EXPECT_THAT(ParseLatencyCsv("", "t.csv").problems.at(0).ToString(), HasSubstr("is empty"));
  EXPECT_THAT(ParseLatencyCsv("IE,eu,1\n", "t.csv").problems.at(0).ToString(),
              HasSubstr("t.csv:1: the first line is not client,region,rtt_ms"));
}

}  // namespace
}  // namespace waypost::geo
