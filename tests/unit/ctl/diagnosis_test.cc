#include "ctl/render/diagnosis.h"

#include <gmock/gmock.h>

namespace waypost::render {
namespace {

using testing::HasSubstr;
using testing::Not;

v1::Diagnosis Firewall() {
  v1::Diagnosis diagnosis;
  v1::Conclusion& conclusion = *diagnosis.mutable_conclusion();
  conclusion.set_trouble(v1::TROUBLE_FIREWALL);
  conclusion.set_confidence_percent(95);
  conclusion.set_scope(v1::SCOPE_REGIONAL);
  conclusion.set_words("a filter says no");
  conclusion.add_seen_from("eu");
  conclusion.add_not_seen_from("us");
  v1::Findings& findings = *diagnosis.add_findings();
  findings.set_place("eu");
  v1::AddressFindings& address = *findings.add_addresses();
  address.set_address("192.0.2.1");
  address.mutable_port()->set_state(v1::PORT_STATE_REJECTED);
  address.mutable_port()->set_tries(5);
  address.mutable_port()->set_detail("192.0.2.254: administratively prohibited");
  v1::PathFindings& path = *address.add_paths();
  path.set_protocol(v1::PATH_PROTOCOL_TCP);
  path.set_end(v1::PATH_END_PROHIBITED);
  v1::Hop& first = *path.add_hops();
  first.add_addresses("10.0.0.1");
  first.set_sent(2);
  first.set_answered(1);
  path.add_hops();
  return diagnosis;
}

TEST(RenderDiagnosis, BeginsWithTheConclusionInOneLine) {
  EXPECT_THAT(RenderDiagnosis(Firewall(), Style()),
              testing::StartsWith("firewall, regional, 95 % sure: a filter says no\n"
                                  "  seen from eu\n"
                                  "  not seen from us\n"));
}

TEST(RenderDiagnosis, HasATableForEachLayerThatWasLookedAt) {
  const std::string text = RenderDiagnosis(Firewall(), Style());
  EXPECT_THAT(text, HasSubstr("eu    192.0.2.1  rejected  0 of 5        -  192.0.2.254: "
                              "administratively prohibited"));
  EXPECT_THAT(text, HasSubstr("eu    192.0.2.1  TCP  prohibited  10.0.0.1 (1 of 2 lost) > *"));
  EXPECT_THAT(text, Not(HasSubstr("DNS")));
}

TEST(RenderDiagnosis, SaysWhoDidNotExamine) {
  v1::Diagnosis diagnosis;
  v1::Findings& findings = *diagnosis.add_findings();
  findings.set_place("eu");
  findings.set_trouble("busy\x1b[2J");
  const std::string text = RenderDiagnosis(diagnosis, Style());
  EXPECT_THAT(text, HasSubstr("not examined"));
  EXPECT_THAT(text, HasSubstr("eu    busy\\x1b[2J")) << "what a vantage says moves no cursor";
}

TEST(RenderProgress, IsOneLine) {
  v1::Progress progress;
  progress.set_place("eu");
  progress.set_step(v1::EXAMINATION_STEP_PORT);
  progress.set_words("open");
  EXPECT_EQ(RenderProgress(progress, Style()), "eu port: open\n");
}

}  // namespace
}  // namespace waypost::render
