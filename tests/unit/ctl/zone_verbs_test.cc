// `zone refresh` and `zone reload`: what they ask, what they print.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/ctl/fake_director.h"

namespace waypost::ctl {
namespace {

using Asked = std::vector<std::string>;

class ZoneVerbs : public testing::Test {
 protected:
  FakeDirector director_;
};

TEST_F(ZoneVerbs, RefreshAsksForTheDifferencesOrForAll) {
  const Outcome outcome = RunOn(director_, {"zone", "refresh", "example.com"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out,
            "zone/example.com: is checked now; `waypostctl describe zone example.com` says how it "
            "went\n");
  EXPECT_EQ(RunOn(director_, {"zone", "refresh", "example.com", "--full"}).code, 0);
  EXPECT_EQ(director_.asked(), (Asked{R"(RefreshZone origin: "example.com")",
                                      R"(RefreshZone origin: "example.com" full: true)"}));
}

TEST_F(ZoneVerbs, ReloadAsksForSomeZonesOrForAllFiles) {
  director_.Reply("Load", Text<v1::LoadReply>("revision: 7 applied: true"));
  const Outcome outcome = RunOn(director_, {"zone", "reload", "a.test", "b.test"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, "loaded, revision 7\n");
  EXPECT_EQ(RunOn(director_, {"zone", "reload"}).code, 0);
  EXPECT_EQ(director_.asked(), (Asked{R"(Load zones: "a.test" zones: "b.test")", "Load"}));
}

TEST_F(ZoneVerbs, ReloadTellsWhatIsWrongWithWhichZone) {
  director_.Reply("Load", Text<v1::LoadReply>(R"(
      revision: 7 applied: true zones_set_aside: "a.test" zones_faulty: "b.test"
      problems { file: "a.test.zone" line: 3 fact: "is wrong" })"));
  const Outcome outcome = RunOn(director_, {"zone", "reload"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.err,
            "a.test.zone:3: is wrong\n"
            "zone/a.test: has errors, what was served before is served on\n"
            "zone/b.test: has errors, SERVFAIL is answered\n");
  EXPECT_EQ(outcome.out, "loaded, revision 7\n");
}

TEST_F(ZoneVerbs, ReloadSaysThatNothingWasChanged) {
  director_.Reply("Load", Text<v1::LoadReply>(R"(
      revision: 6 problems { file: "all.yaml" line: 3 fact: "is wrong" })"));
  const Outcome outcome = RunOn(director_, {"zone", "reload"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, ::testing::HasSubstr("1 problem, nothing was changed"));
  EXPECT_EQ(outcome.out, "");
}

}  // namespace
}  // namespace waypost::ctl
