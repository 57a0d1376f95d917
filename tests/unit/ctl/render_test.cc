// The small tools of rendering: units, tables, colours, line differences.
#include <gtest/gtest.h>

#include "ctl/render/line_diff.h"
#include "ctl/render/style.h"
#include "ctl/render/table.h"
#include "ctl/render/units.h"

namespace waypost::render {
namespace {

using std::chrono::milliseconds;

TEST(Units, AgesShowTheirTwoLargestUnits) {
  EXPECT_EQ(FormatAge(milliseconds(0)), "0ms");
  EXPECT_EQ(FormatAge(milliseconds(999)), "999ms");
  EXPECT_EQ(FormatAge(milliseconds(12'900)), "12s");
  EXPECT_EQ(FormatAge(milliseconds(192'000)), "3m12s");
  EXPECT_EQ(FormatAge(std::chrono::minutes(125)), "2h05m");
  EXPECT_EQ(FormatAge(std::chrono::hours(76)), "3d04h");
}

TEST(Units, SharesNeverRoundToNothingOrToAll) {
  EXPECT_EQ(FormatShare(0), "0%");
  EXPECT_EQ(FormatShare(0.0001), "<0.1%");
  EXPECT_EQ(FormatShare(0.1234), "12.3%");
  EXPECT_EQ(FormatShare(0.9999), ">99.9%");
  EXPECT_EQ(FormatShare(1), "100%");
}

TEST(Units, TimesAreUtc) {
  google::protobuf::Timestamp time;
  time.set_seconds(1577836800);
  EXPECT_EQ(FormatTime(time), "2020-01-01 00:00:00Z");
}

TEST(Units, TimestampsSurviveTheWayThroughTheClocksType) {
  google::protobuf::Timestamp time;
  time.set_seconds(-5);
  time.set_nanos(250);
  const google::protobuf::Timestamp back = ToTimestamp(ToWall(time));
  EXPECT_EQ(back.seconds(), -5);
  EXPECT_EQ(back.nanos(), 250);
}

TEST(Table, AlignsByWhatIsSeenAndLeavesNoTrailingBlanks) {
  Table table({{"NAME"}, {"N", Align::kRight}, {"WHY"}});
  table.Add({"é", "5", "x"});
  table.Add({"long", "1000", ""});
  table.Add({"", "1", ""});
  EXPECT_EQ(table.ToString(Style(false), 1),
            " NAME     N  WHY\n"
            " é        5  x\n"
            " long  1000\n"
            " -        1\n");
}

TEST(Table, ColoursDoNotMoveTheColumns) {
  Table table({{"A"}, {"B"}});
  table.Add({{"up", Tone::kGood}, "x"});
  EXPECT_EQ(table.ToString(Style(true)),
            "\x1b[1mA\x1b[0m   \x1b[1mB\x1b[0m\n"
            "\x1b[32mup\x1b[0m  x\n");
}

TEST(Style, WritesOutControlCharactersThatAProbedServerSent) {
  EXPECT_EQ(Clean("a\x1b[2Jb\n"), "a\\x1b[2Jb\\x0a");
  Table table({{"WHY"}});
  table.Add({"\x1b]0;title\x07"});
  EXPECT_EQ(table.ToString(Style(true)).find('\x07'), std::string::npos);
}

std::string Marked(std::string_view before, std::string_view after, size_t context) {
  std::string text;
  for (const DiffLine& line : DiffLines(before, after, context)) {
    text += std::string(1, " -+."[static_cast<int>(line.kind)]) + line.text + "\n";
  }
  return text;
}

TEST(LineDiff, KeepsWhatIsCommonAndLeavesOutWhatIsFar) {
  EXPECT_EQ(Marked("a\nb\nc\nd\ne\nf\ng\n", "a\nb\nc\nd\nE\nf\ng\n", 1), ".\n d\n-e\n+E\n f\n.\n");
}

TEST(LineDiff, FindsLinesThatMovedTogether) {
  EXPECT_EQ(Marked("a\nx\nb\ny\nc\n", "a\nb\nz\nc\n", 9), " a\n-x\n b\n-y\n+z\n c\n");
}

TEST(LineDiff, WholeTextsAreAddedOrDropped) {
  EXPECT_EQ(Marked("", "a\nb", 2), "+a\n+b\n");
  EXPECT_EQ(Marked("a\nb", "", 2), "-a\n-b\n");
}

TEST(LineDiff, HugeDifferencesAreNotComparedLineByLine) {
  std::string before;
  std::string after;
  for (int i = 0; i < 3000; ++i) {
    before += "b" + std::to_string(i) + "\n";
    after += "a" + std::to_string(i) + "\n";
  }
  const auto lines = DiffLines(before + "same\n", after + "same\n", 2);
  ASSERT_EQ(lines.size(), 6001U);
  EXPECT_EQ(lines.back().kind, DiffLine::Kind::kKept);
}

}  // namespace
}  // namespace waypost::render
