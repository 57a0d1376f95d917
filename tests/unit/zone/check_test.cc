#include "dnsd/zone/check.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/zone/zone_words.h"

namespace waypost::zone {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class CheckFile : public testing::Test {
 protected:
  void SetUp() override {
    root_ =
        std::filesystem::path(testing::TempDir()) / ("waypost-check-" + std::to_string(getpid()));
    std::filesystem::create_directories(root_);
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  std::string Write(const std::string& name, const std::string& text) const {
    const std::string path = (root_ / name).string();
    std::ofstream(path) << text;
    return path;
  }

  std::filesystem::path root_;
};

TEST_F(CheckFile, OriginComesFromTheFilesName) {
  const ZoneCheck check = CheckZoneFile(Write("sub.example.zone", kHead));
  EXPECT_THAT(Texts(check.problems), IsEmpty());
  ASSERT_TRUE(check.summary);
  EXPECT_EQ(check.summary->origin, N("sub.example"));
  EXPECT_EQ(check.summary->names, 2U);
  EXPECT_EQ(check.summary->records, 3U);
  EXPECT_EQ(check.summary->serial, 7U);
}

TEST_F(CheckFile, OriginGivenWins) {
  const ZoneCheck check = CheckZoneFile(Write("sub.example.zone", kHead), N("other"));
  EXPECT_EQ(check.summary->origin, N("other"));
}

TEST_F(CheckFile, OriginComesFromTheSoaOtherwise) {
  const ZoneCheck check = CheckZoneFile(Write("db.any", "$ORIGIN other.\n" + kHead));
  ASSERT_TRUE(check.summary) << testing::PrintToString(Texts(check.problems));
  EXPECT_EQ(check.summary->origin, N("other"));
  EXPECT_THAT(Texts(CheckZoneFile(Write("db.none", "")).problems),
              ElementsAre(HasSubstr("no origin")));
}

TEST_F(CheckFile, ErrorsAreAllReportedAndThereIsNoSummary) {
  const std::string path = Write("example.zone", kHead + "a A nope\nb A nope\n");
  const ZoneCheck check = CheckZoneFile(path);
  EXPECT_FALSE(check.summary);
  EXPECT_THAT(Texts(check.problems),
              ElementsAre(HasSubstr(path + ":5: "), HasSubstr(path + ":6: ")));
}

TEST_F(CheckFile, IncludesAreReadFromTheFilesFolder) {
  Write("more", "www A 192.0.2.1\n");
  const ZoneCheck check = CheckZoneFile(Write("example.zone", kHead + "$INCLUDE more\n"));
  ASSERT_TRUE(check.summary) << testing::PrintToString(Texts(check.problems));
  EXPECT_EQ(check.summary->records, 4U);
}

TEST_F(CheckFile, AbsentFileIsAProblem) {
  const ZoneCheck check = CheckZoneFile((root_ / "absent.zone").string());
  EXPECT_FALSE(check.summary);
  EXPECT_THAT(Texts(check.problems), ElementsAre(HasSubstr("cannot read")));
}

}  // namespace
}  // namespace waypost::zone
