#include "healthd/diagnose/conclude.h"

#include <gmock/gmock.h>

#include "tests/unit/diagnose/findings.h"

namespace waypost::diagnose {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

v1::Findings Refusing(const std::string& place) {
  return From(place, Seen().Port(v1::PORT_STATE_REFUSED));
}

TEST(Conclude, WithoutAnyPlaceItKnowsNothing) {
  EXPECT_EQ(Conclude({}).trouble(), v1::TROUBLE_UNSPECIFIED);
  v1::Findings refused;
  refused.set_place("eu");
  refused.set_trouble("busy");
  const v1::Conclusion conclusion = Conclude({refused});
  EXPECT_EQ(conclusion.trouble(), v1::TROUBLE_UNSPECIFIED);
  EXPECT_THAT(conclusion.not_examined(), ElementsAre("eu"));
}

TEST(Conclude, AllIsWellWhereEveryoneSeesNothingWrong) {
  const v1::Conclusion conclusion = Conclude({From("eu", Seen()), From("us", Seen())});
  EXPECT_EQ(conclusion.trouble(), v1::TROUBLE_NONE);
  EXPECT_EQ(conclusion.scope(), v1::SCOPE_UNSPECIFIED);
  EXPECT_THAT(conclusion.not_seen_from(), ElementsAre("eu", "us"));
}

TEST(Conclude, OnePlaceAloneSaysNothingAboutScope) {
  const v1::Conclusion conclusion = Conclude({Refusing("eu")});
  EXPECT_EQ(conclusion.trouble(), v1::TROUBLE_SERVICE_DOWN);
  EXPECT_EQ(conclusion.scope(), v1::SCOPE_UNSPECIFIED);
}

TEST(Conclude, WhatAllSeeIsGlobalAndSurer) {
  const v1::Conclusion one = Conclude({From("eu", Dead())});
  const v1::Conclusion all = Conclude({From("eu", Dead()), From("us", Dead()), From("ap", Dead())});
  EXPECT_EQ(all.trouble(), v1::TROUBLE_HOST_UNREACHABLE);
  EXPECT_EQ(all.scope(), v1::SCOPE_GLOBAL);
  EXPECT_GT(all.confidence_percent(), one.confidence_percent());
  EXPECT_THAT(all.seen_from(), ElementsAre("eu", "us", "ap"));
}

TEST(Conclude, WhatSomeSeeIsRegional) {
  const v1::Conclusion conclusion =
      Conclude({From("eu", Seen()), From("us", Seen().Echo(30, 10'000))});
  EXPECT_EQ(conclusion.trouble(), v1::TROUBLE_PACKET_LOSS);
  EXPECT_EQ(conclusion.scope(), v1::SCOPE_REGIONAL);
  EXPECT_THAT(conclusion.seen_from(), ElementsAre("us"));
  EXPECT_THAT(conclusion.not_seen_from(), ElementsAre("eu"));
}

TEST(Conclude, APortThatRefusesSomeAndServesOthersStandsBehindAFirewall) {
  EXPECT_EQ(Conclude({Refusing("eu"), From("us", Seen())}).trouble(), v1::TROUBLE_FIREWALL);
  EXPECT_EQ(Conclude({Refusing("eu"), Refusing("us")}).trouble(), v1::TROUBLE_SERVICE_DOWN);
}

TEST(Conclude, AHostThatOnlySomeDoNotReachIsAliveAndTheWayIsBroken) {
  const v1::Conclusion conclusion = Conclude({From("eu", Dead()), From("us", Seen())});
  EXPECT_EQ(conclusion.trouble(), v1::TROUBLE_ROUTING_FAILURE);
  EXPECT_EQ(conclusion.scope(), v1::SCOPE_REGIONAL);
}

TEST(Conclude, AWrongStatusFromSomePlacesIsNoFirewall) {
  const Seen wrong = Seen().Service(v1::LAYER_CONTENT, v1::FAULT_STATUS);
  EXPECT_EQ(Conclude({From("eu", wrong), From("us", Seen())}).trouble(), v1::TROUBLE_SERVICE_DOWN);
}

TEST(Conclude, TheMajorityDecidesAndDissentCosts) {
  const v1::Findings loss = From("us", Seen().Echo(30, 10'000));
  const v1::Conclusion agreed = Conclude({Refusing("eu"), Refusing("ap")});
  const v1::Conclusion split = Conclude({loss, Refusing("eu"), Refusing("ap")});
  EXPECT_EQ(split.trouble(), v1::TROUBLE_SERVICE_DOWN);
  EXPECT_EQ(split.scope(), v1::SCOPE_GLOBAL) << "nobody sees it well";
  EXPECT_LT(split.confidence_percent(), agreed.confidence_percent());
  EXPECT_THAT(split.seen_from(), ElementsAre("eu", "ap", "us"));
}

TEST(Conclude, OfEqualsTheLowerLayerDecides) {
  const v1::Findings late = From("us", Seen().Service(v1::LAYER_RESPONSE, v1::FAULT_SLOW));
  EXPECT_EQ(Conclude({late, From("eu", Seen().Echo(30, 10'000))}).trouble(),
            v1::TROUBLE_PACKET_LOSS);
}

TEST(Conclude, NoAddressFromAnyServerIsADnsFailure) {
  v1::Findings findings;
  findings.set_place("eu");
  Answer(findings, "192.0.2.53:53", "NXDOMAIN");
  Answer(findings, "192.0.2.54:53", "SERVFAIL");
  const v1::Conclusion conclusion = Conclude({findings});
  EXPECT_EQ(conclusion.trouble(), v1::TROUBLE_DNS_FAILURE);
  EXPECT_EQ(conclusion.evidence_size(), 2);
}

TEST(Conclude, ServersThatDisagreeFailThoseWhoAskTheWrongOne) {
  v1::Findings findings = From("eu", Seen());
  Answer(findings, "192.0.2.53:53", "NOERROR", "192.0.2.1");
  Answer(findings, "192.0.2.54:53", "");
  const v1::Conclusion conclusion = Conclude({findings});
  EXPECT_EQ(conclusion.trouble(), v1::TROUBLE_DNS_FAILURE);
  EXPECT_THAT(conclusion.words(), HasSubstr("1 of 2"));
  EXPECT_LT(conclusion.confidence_percent(), 80U);
}

TEST(Conclude, AHarderTroubleComesBeforeAServerThatDoesNotAnswer) {
  v1::Findings findings = Refusing("eu");
  Answer(findings, "192.0.2.53:53", "NOERROR", "192.0.2.1");
  Answer(findings, "192.0.2.54:53", "");
  EXPECT_EQ(Conclude({findings}).trouble(), v1::TROUBLE_SERVICE_DOWN);
}

TEST(Conclude, OneDeadAddressOfThreeMakesALoadBalancerUneven) {
  const v1::Conclusion conclusion = Conclude({From(
      "eu", Seen("192.0.2.1"), Seen("192.0.2.2").Port(v1::PORT_STATE_REFUSED), Seen("192.0.2.3"))});
  EXPECT_EQ(conclusion.trouble(), v1::TROUBLE_UNEVEN_LOAD_BALANCER);
  EXPECT_THAT(conclusion.words(), HasSubstr("1 of 3"));
  EXPECT_THAT(conclusion.words(), HasSubstr("192.0.2.2"));
  EXPECT_EQ(conclusion.evidence(0).address(), "192.0.2.2");
}

TEST(Conclude, AllAddressesDeadIsNoMatterOfBalance) {
  const Seen refusing = Seen("192.0.2.2").Port(v1::PORT_STATE_REFUSED);
  EXPECT_EQ(Conclude({From("eu", Seen().Port(v1::PORT_STATE_REFUSED), refusing)}).trouble(),
            v1::TROUBLE_SERVICE_DOWN);
}

TEST(Conclude, LossOnTheWayToOneAddressIsNoMatterOfBalance) {
  EXPECT_EQ(Conclude({From("eu", Seen("192.0.2.1"), Seen("192.0.2.2").Echo(40, 10'000))}).trouble(),
            v1::TROUBLE_PACKET_LOSS);
}

TEST(Conclude, AFamilyWithoutRouteDoesNotCount) {
  Seen six("2001:db8::1");
  six->set_skipped(kNoRoute);
  EXPECT_EQ(Conclude({From("eu", Seen(), six)}).trouble(), v1::TROUBLE_NONE);
  EXPECT_EQ(Conclude({From("eu", six)}).trouble(), v1::TROUBLE_ROUTING_FAILURE)
      << "nothing else is left";
}

TEST(Conclude, AddressesThatMayNotBeExaminedAreNoTrouble) {
  Seen forbidden;
  forbidden->set_skipped("not watched here");
  const v1::Conclusion conclusion = Conclude({From("eu", forbidden), From("us", Seen())});
  EXPECT_EQ(conclusion.trouble(), v1::TROUBLE_NONE);
  EXPECT_THAT(conclusion.not_examined(), ElementsAre("eu"));
}

TEST(Conclude, AFullConnectionTrackerExplainsSilence) {
  v1::Findings findings = From("eu", Seen().Port(v1::PORT_STATE_SILENT));
  findings.mutable_local()->set_max_tracked(1000);
  findings.mutable_local()->set_tracked(500);
  EXPECT_EQ(Conclude({findings}).trouble(), v1::TROUBLE_PORT_FILTERED);
  findings.mutable_local()->set_tracked(1000);
  EXPECT_EQ(Conclude({findings}).trouble(), v1::TROUBLE_CONNECTION_EXHAUSTION);
}

TEST(Conclude, AnExhaustedVantageIsItsOwnTroubleOnly) {
  const v1::Findings exhausted = From("eu", Seen().Port(v1::PORT_STATE_LOCAL, "no port is free"));
  const v1::Conclusion conclusion = Conclude({exhausted, From("us", Seen())});
  EXPECT_EQ(conclusion.trouble(), v1::TROUBLE_CONNECTION_EXHAUSTION);
  EXPECT_EQ(conclusion.scope(), v1::SCOPE_REGIONAL);
  EXPECT_THAT(conclusion.evidence(1).words(), HasSubstr("ephemeral ports"));
}

TEST(Conclude, ConfidenceIsNeverCertaintyNorNothing) {
  std::vector<v1::Findings> many;
  for (int i = 0; i < 50; ++i) many.push_back(Refusing("v" + std::to_string(i)));
  EXPECT_EQ(Conclude(many).confidence_percent(), 99U);
  EXPECT_LE(Conclude(many).evidence_size(), 24);
  std::vector<v1::Findings> split = {From("a", Dead())};
  for (const v1::Fault fault : {v1::FAULT_STATUS, v1::FAULT_SLOW, v1::FAULT_TLS_NAME})
    split.push_back(From("b", Seen().Service(v1::LAYER_CONTENT, fault)));
  for (int i = 0; i < 9; ++i) split.push_back(From("c", Seen().Echo(30, 10'000)));
  EXPECT_GE(Conclude(split).confidence_percent(), 10U);
}

}  // namespace
}  // namespace waypost::diagnose
