// The operator's verbs against the real director.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/integration/deployment.h"

namespace waypost::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kResources = R"(kind: Region
name: east
location: {latitude: 39.0, longitude: -77.5, country: US}
---
{kind: Pool, name: east, region: east, endpoints: [{address: 127.0.1.1}]}
---
{kind: Policy, name: all, steps: [weighted]}
---
{kind: Record, name: www.example.test, types: [A], policy: all, pools: [east]}
)";

class ControlApi : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(d_.StartDirector({"--load", d_.WriteConfiguration(kResources)}))
        << d_.director().err();
  }
  std::string File(const std::string& text) { return d_.dir().Write("change.yaml", text); }
  Deployment d_;
};

TEST_F(ControlApi, PlanShowsWhatApplyThenDoes) {
  const std::string file =
      File("{kind: Pool, name: east, region: east, endpoints: [{address: 127.0.1.9}]}\n");
  const Finished plan = d_.Ctl({"plan", "-f", file});
  EXPECT_THAT(plan.out, AllOf(HasSubstr("pool/east"), HasSubstr("127.0.1.9"))) << plan.err;
  EXPECT_THAT(d_.Ask("www.example.test").addresses, ElementsAre("127.0.1.1"))
      << "a plan changes nothing";
  const Finished apply = d_.Ctl({"apply", "-f", file, "--reason", "moved"});
  EXPECT_EQ(apply.code, 0) << apply.err;
  EXPECT_THAT(d_.Ask("www.example.test").addresses, ElementsAre("127.0.1.9"));
  EXPECT_THAT(d_.Ctl({"history"}).out, HasSubstr("moved"));
}

TEST_F(ControlApi, EveryFaultIsReportedAtOnceAndNothingIsApplied) {
  const std::string file = File(
      "kind: Pool\nname: new\nregion: nowhere\nendpoints: [{address: 127.0.1.9}]\n---\n"
      "kind: Record\nname: new.example.test\ntypes: [A]\npolicy: missing\npools: [new]\n");
  const Finished apply = d_.Ctl({"apply", "-f", file});
  EXPECT_EQ(apply.code, 1);
  EXPECT_THAT(apply.err, AllOf(HasSubstr("change.yaml:3"), HasSubstr("nowhere"),
                               HasSubstr("change.yaml:9"), HasSubstr("missing")));
  EXPECT_EQ(d_.Ask("new.example.test").rcode, 3U);
}

TEST_F(ControlApi, RollbackCommitsThePastAnew) {
  ASSERT_EQ(d_.Ctl({"weight", "set", "east/127.0.1.1", "7"}).code, 0);
  ASSERT_EQ(
      d_.Ctl({"apply", "-f",
              File("{kind: Pool, name: east, region: east, endpoints: [{address: 127.0.1.9}]}\n")})
          .code,
      0);
  EXPECT_THAT(d_.Ctl({"diff", "1", "3"}).out, HasSubstr("127.0.1.9"));
  ASSERT_EQ(d_.Ctl({"rollback", "1", "--yes"}).code, 0);
  EXPECT_THAT(d_.Ask("www.example.test").addresses, ElementsAre("127.0.1.1"));
  EXPECT_THAT(d_.Ctl({"history"}).out, HasSubstr("roll back to revision 1"));
}

TEST_F(ControlApi, AnUnexpectedRevisionIsAConflict) {
  const std::string file =
      File("{kind: Pool, name: east, region: east, endpoints: [{address: 127.0.1.9}]}\n");
  const Finished apply = d_.Ctl({"apply", "-f", file, "--expect", "99"});
  EXPECT_EQ(apply.code, 5) << apply.err;
  EXPECT_THAT(apply.err, HasSubstr("99"));
}

TEST_F(ControlApi, WhatGetPrintsApplyAccepts) {
  const Finished get = d_.Ctl({"-o", "yaml", "get"});
  ASSERT_EQ(get.code, 0) << get.err;
  const Finished plan = d_.Ctl({"plan", "-f", File(get.out)});
  EXPECT_EQ(plan.code, 0) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("0 to create, 0 to update, 0 to delete"));
}

TEST_F(ControlApi, WhatIsUsedCannotBeDeleted) {
  const Finished refused = d_.Ctl({"delete", "pool/east", "--yes"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("www.example.test"));
  EXPECT_EQ(d_.Ctl({"delete", "record/www.example.test", "--yes"}).code, 0);
  EXPECT_EQ(d_.Ctl({"delete", "pool/east", "--yes"}).code, 0);
  EXPECT_EQ(d_.Ask("www.example.test").rcode, 3U);
}

TEST_F(ControlApi, ExplainTellsTheChainTheTtlAndTheScope) {
  const Finished explain = d_.Ctl({"explain", "www.example.test", "A", "--client", "198.51.100.7"});
  ASSERT_EQ(explain.code, 0) << explain.err;
  EXPECT_THAT(explain.out, AllOf(HasSubstr("candidates"), HasSubstr("127.0.1.1"),
                                 HasSubstr("scope    /0"), HasSubstr("ttl      60 s")));
  EXPECT_EQ(d_.Ctl({"explain", "ns1.example.test", "A", "--client", "198.51.100.7"}).code, 4)
      << "static";
}

TEST_F(ControlApi, ExplainOfAPastRevisionKnowsItsDrainsAndNotTodays) {
  const std::vector<std::string> explain = {"explain", "www.example.test", "A", "--client",
                                            "198.51.100.7"};
  auto past = explain;
  past.insert(past.end(), {"--at", "1"});
  ASSERT_EQ(d_.Ctl({"drain", "pool/east", "--reason", "works"}).code, 0);
  EXPECT_THAT(d_.Ctl(explain).out, HasSubstr("drained"));
  EXPECT_THAT(d_.Ctl(past).out, AllOf(HasSubstr("revision 1"), Not(HasSubstr("drained"))));
}

TEST_F(ControlApi, ReflectionAndTheHealthServiceAreOn) {
  const auto call = [this](const std::string& method, const std::string& message) {
    const std::string frame = d_.dir().path() + "/frame";
    std::ofstream(frame, std::ios::binary)
        << std::string(4, '\0') << static_cast<char>(message.size()) << message;
    return RunCommand({"curl", "-sS", "--http2-prior-knowledge", "--unix-socket", d_.control_path(),
                       "-H", "content-type: application/grpc", "-H", "te: trailers",
                       "--data-binary", "@" + frame, "http://localhost/" + method},
                      d_.dir().path() + "/curl")
        .out;
  };
  EXPECT_THAT(call("grpc.health.v1.Health/Check", ""), HasSubstr("\x08\x01")) << "not SERVING";
  const std::string list_services("\x3a\0", 2);
  EXPECT_THAT(call("grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", list_services),
              AllOf(HasSubstr("waypost.v1.Configuration"), HasSubstr("waypost.v1.Evidence")));
}

TEST_F(ControlApi, AWordThatIsNoTextIsRefused) {
  const Finished refused = d_.Ctl({"drain", "pool", "east", "--reason", "caf\xE9"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("\"caf\\xE9\" is not UTF-8 text"));
}

TEST(Signals, ALongReasonIsCutBetweenCharactersAndOutlivesARestart) {
  Deployment d;
  std::string reason = "x";
  for (int i = 0; i < 200; ++i) reason += "\xC3\xA9";
  const std::string folder = d.WriteConfiguration("{kind: Signal, name: deploy}\n");
  const std::vector<std::string> flags = {"--load", folder, "--state", d.dir().path() + "/state"};
  ASSERT_TRUE(d.StartDirector(flags)) << d.director().err();
  ASSERT_EQ(d.Ctl({"signal", "set", "deploy", "down", "--reason", reason}).code, 0);
  for (int start = 0; start < 2; ++start) {
    EXPECT_THAT(d.Ctl({"-o", "json", "signal", "list"}).out,
                HasSubstr(reason.substr(0, 299) + '"'));
    EXPECT_EQ(d.director().Stop(), 0);
    ASSERT_TRUE(d.StartDirector(flags)) << d.director().err();
  }
}

TEST_F(ControlApi, ADeadServerIsSaidClearly) {
  d_.director().Stop();
  const Finished status = d_.Ctl({"status"});
  EXPECT_EQ(status.code, 3);
  EXPECT_THAT(status.err, HasSubstr("cannot reach"));
}

}  // namespace
}  // namespace waypost::test
