// Numbers in Prometheus's text format and in JSON.
#include <gtest/gtest.h>

#include "healthd/probe/json_number.h"
#include "healthd/probe/prometheus_text.h"

namespace waypost::probe {
namespace {

/// -1: an error.
double Sum(const std::string& text, const std::string& selector, bool is_cut = false) {
  const auto parsed = ParseMetricSelector(selector);
  EXPECT_TRUE(parsed) << selector;
  return SumSamples(text, *parsed, is_cut).value_or(-1);
}

std::string Complaint(const std::string& text, const std::string& selector) {
  const auto sum = SumSamples(text, *ParseMetricSelector(selector), false);
  return sum ? "" : sum.error().message;
}

TEST(Prometheus, ReadsASampleWithAndWithoutLabelsAndTimestamps) {
  EXPECT_EQ(Sum("up 1\n", "up"), 1);
  EXPECT_EQ(Sum("up 1 1395066363000\n", "up"), 1);
  EXPECT_EQ(Sum("up{a=\"b\"} 2.5e1\n", "up"), 25);
  EXPECT_EQ(Sum(" \tup { a = \"b\" , }\t3   1395066363000\n", "up{a=\"b\"}"), 3);
  EXPECT_EQ(Sum("up{} +4\n", "up"), 4);
  EXPECT_EQ(Sum("up 17 # {trace_id=\"x\"} 0.67\n", "up"), 17);
}

TEST(Prometheus, LooksPastCommentsOtherMetricsAndWhatIsNoSample) {
  const std::string text =
      "# HELP up Whether up 99\n# TYPE up gauge\n\nupper 5\nup_x 6\nwhat is this?\nup 1\n";
  EXPECT_EQ(Sum(text, "up"), 1);
}

TEST(Prometheus, SumsAllSamplesThatHaveTheLabels) {
  const std::string text =
      "n{s=\"a\",c=\"1\"} 1\nn{c=\"2\",s=\"a\"} 2\nn{s=\"b\",c=\"1\"} 4\nn 8\n";
  EXPECT_EQ(Sum(text, "n{s=\"a\"}"), 3);
  EXPECT_EQ(Sum(text, "n{s=\"b\",c=\"1\"}"), 4);
  EXPECT_EQ(Sum(text, "n"), 15);
  EXPECT_EQ(Complaint(text, "n{s=\"c\"}"), "no sample of n matches");
}

TEST(Prometheus, UnderstandsEscapedLabels) {
  const std::string text = "disk{path=\"C:\\\\DIR\\\\\",note=\"a \\\"b\\\"\\n\"} 7\n";
  EXPECT_EQ(Sum(text, "disk{path=\"C:\\\\DIR\\\\\"}"), 7);
  EXPECT_EQ(Sum(text, "disk{note=\"a \\\"b\\\"\\n\"}"), 7);
  EXPECT_EQ(Sum("n{l=\"}, x=\\\"1\\\"\"} 7\n", "n{l=\"}, x=\\\"1\\\"\"}"), 7);
}

TEST(Prometheus, ValueThatIsNotFiniteIsNone) {
  for (const char* value : {"NaN", "+Inf", "-Inf", "1e999", "x", ""}) {
    EXPECT_EQ(Complaint("n " + std::string(value) + "\n", "n"),
              "a sample of n is no finite number");
  }
  EXPECT_EQ(Complaint("n 1e308\nn 1e308\n", "n"), "the sum of n is too large");
}

TEST(Prometheus, SampleThatIsMalformedIsNone) {
  for (const char* line : {"n{a=\"b\" 1", "n{a=b} 1", "n{a=\"b} 1", "n{=\"b\"} 1", "n{a=\"\\x\"} 1",
                           "n{a=\"b\"c=\"d\"} 1", "n 1 soon"}) {
    EXPECT_EQ(Complaint(line, "n"), "a sample of n is malformed") << line;
  }
}

TEST(Prometheus, LastLineOfATextThatWasCutDoesNotCount) {
  EXPECT_EQ(Sum("n 1\nn 23", "n", false), 24);
  EXPECT_EQ(Sum("n 1\nn 23", "n", true), 1);
  EXPECT_EQ(Sum("n 1", "n", true), -1);
}

TEST(Prometheus, SelectorMustBeOne) {
  for (const char* text : {"", "1a", "a b", "a{", "a{b}", "a{b=c}", "a{b=\"c\"", "a{b=\"c\"}x"}) {
    EXPECT_FALSE(ParseMetricSelector(text)) << text;
  }
  EXPECT_TRUE(ParseMetricSelector("a:b_1{}"));
}

double Find(const std::string& text, const std::string& pointer) {
  return FindNumber(text, pointer).value_or(-1);
}

TEST(JsonNumber, FollowsAPointer) {
  const std::string text = R"({"a":{"b":[1,2.5,{"c~/d":"3e2"}]},"":4})";
  EXPECT_EQ(Find(text, "/a/b/0"), 1);
  EXPECT_EQ(Find(text, "/a/b/1"), 2.5);
  EXPECT_EQ(Find(text, "/a/b/2/c~0~1d"), 300);
  EXPECT_EQ(Find(text, "/"), 4);
  EXPECT_EQ(Find("18446744073709551615", ""), 18446744073709551615.0);
}

TEST(JsonNumber, TellsWhatIsMissing) {
  EXPECT_EQ(FindNumber("{\"a\":1}", "/b").error().message, "there is no /b in the body");
  EXPECT_EQ(FindNumber("{\"a\":true}", "/a").error().message, "/a is no number");
  EXPECT_EQ(FindNumber("{\"a\":\"many\"}", "/a").error().message, "/a is no number");
  EXPECT_EQ(FindNumber("[1]", "/1").error().message, "there is no /1 in the body");
  for (const char* text : {"", "{", "{\"a\":1}x", "nope"}) EXPECT_FALSE(FindNumber(text, "/a"));
  EXPECT_FALSE(FindNumber(std::string(100, '[') + std::string(100, ']'), ""));
}

TEST(JsonNumber, PointerMustBeOne) {
  for (const char* text : {"", "/", "/a/b", "/~0/~1"}) EXPECT_TRUE(IsJsonPointer(text)) << text;
  for (const char* text : {"a", "/~", "/~2", "/a~"}) EXPECT_FALSE(IsJsonPointer(text)) << text;
}

}  // namespace
}  // namespace waypost::probe
