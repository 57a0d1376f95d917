#include "healthd/diagnose/judge_address.h"

#include <gmock/gmock.h>

#include "tests/unit/diagnose/findings.h"

namespace waypost::diagnose {
namespace {

using testing::HasSubstr;

v1::Trouble TroubleOf(const v1::AddressFindings& address) { return JudgeAddress(address).trouble; }

TEST(JudgeAddress, FindsNothingWhereNothingIsWrong) {
  EXPECT_EQ(TroubleOf(Seen()), v1::TROUBLE_NONE);
  EXPECT_EQ(TroubleOf(Seen().Service(v1::LAYER_NONE, v1::FAULT_NONE)), v1::TROUBLE_NONE);
  EXPECT_EQ(TroubleOf(Seen().NoPort()), v1::TROUBLE_NONE);
}

TEST(JudgeAddress, DoesNotMindUnansweredEchoesWhereThePortIsOpen) {
  EXPECT_EQ(TroubleOf(Seen().NoEcho()), v1::TROUBLE_NONE);
  EXPECT_EQ(TroubleOf(Seen().NoEcho().Path(v1::PATH_END_SILENT)), v1::TROUBLE_NONE);
}

TEST(JudgeAddress, CallsAMachineWithoutPortsExhausted) {
  EXPECT_EQ(TroubleOf(Seen().Port(v1::PORT_STATE_LOCAL, "no ephemeral port is free")),
            v1::TROUBLE_CONNECTION_EXHAUSTION);
}

TEST(JudgeAddress, CallsAPortThatRefusesAServiceThatIsDown) {
  EXPECT_EQ(TroubleOf(Seen().Port(v1::PORT_STATE_REFUSED)), v1::TROUBLE_SERVICE_DOWN);
  EXPECT_EQ(TroubleOf(Seen().NoEcho().Port(v1::PORT_STATE_REFUSED).Path(v1::PATH_END_SILENT)),
            v1::TROUBLE_SERVICE_DOWN)
      << "a reset proves that the host is there";
}

TEST(JudgeAddress, CallsAPortThatIsRejectedByIcmpAFirewall) {
  EXPECT_EQ(TroubleOf(Seen().Port(v1::PORT_STATE_REJECTED).Icmp(3, 13)), v1::TROUBLE_FIREWALL);
  EXPECT_EQ(TroubleOf(Dead().Port(v1::PORT_STATE_REJECTED).Icmp(3, 3)), v1::TROUBLE_FIREWALL);
  EXPECT_EQ(TroubleOf(Dead().Path(v1::PATH_END_PROHIBITED)), v1::TROUBLE_FIREWALL);
}

TEST(JudgeAddress, DoesNotMindProhibitedTracesWhereThePortIsOpen) {
  EXPECT_EQ(TroubleOf(Seen().Path(v1::PATH_END_PROHIBITED)), v1::TROUBLE_NONE);
}

TEST(JudgeAddress, CallsASilentPortOfALivingHostFiltered) {
  EXPECT_EQ(TroubleOf(Seen().Port(v1::PORT_STATE_SILENT)), v1::TROUBLE_PORT_FILTERED);
  EXPECT_EQ(TroubleOf(Seen().NoEcho().Port(v1::PORT_STATE_SILENT)), v1::TROUBLE_PORT_FILTERED)
      << "a trace that arrives proves that the host is there";
}

TEST(JudgeAddress, CallsAHostOfWhichNothingComesBackUnreachable) {
  const Suspicion suspicion = JudgeAddress(Dead());
  EXPECT_EQ(suspicion.trouble, v1::TROUBLE_HOST_UNREACHABLE);
  EXPECT_LT(suspicion.confidence, 70U) << "silence has many causes";
  EXPECT_EQ(TroubleOf(Dead().NoPort()), v1::TROUBLE_HOST_UNREACHABLE);
}

TEST(JudgeAddress, BelievesALastRouterThatTheHostIsNotThere) {
  const Suspicion by_path = JudgeAddress(Dead().Path(v1::PATH_END_HOST_UNREACHABLE));
  EXPECT_EQ(by_path.trouble, v1::TROUBLE_HOST_UNREACHABLE);
  EXPECT_GT(by_path.confidence, 90U);
  EXPECT_EQ(TroubleOf(Dead().Port(v1::PORT_STATE_UNREACHABLE).Icmp(3, 1)),
            v1::TROUBLE_HOST_UNREACHABLE);
  EXPECT_EQ(TroubleOf(Dead().Port(v1::PORT_STATE_UNREACHABLE).Icmp(1, 3)),
            v1::TROUBLE_HOST_UNREACHABLE)
      << "ICMPv6: address unreachable";
}

TEST(JudgeAddress, BelievesARouterThatItKnowsNoWay) {
  EXPECT_EQ(TroubleOf(Dead().Path(v1::PATH_END_NET_UNREACHABLE)), v1::TROUBLE_ROUTING_FAILURE);
  EXPECT_EQ(TroubleOf(Dead().Port(v1::PORT_STATE_UNREACHABLE).Icmp(3, 0)),
            v1::TROUBLE_ROUTING_FAILURE);
  EXPECT_EQ(TroubleOf(Dead().Port(v1::PORT_STATE_UNREACHABLE).Icmp(1, 0)),
            v1::TROUBLE_ROUTING_FAILURE)
      << "ICMPv6: no route";
}

TEST(JudgeAddress, CallsALoopARoutingFailure) {
  EXPECT_EQ(TroubleOf(Dead().Path(v1::PATH_END_LOOP, 10)), v1::TROUBLE_ROUTING_FAILURE);
  EXPECT_EQ(TroubleOf(Seen().Path(v1::PATH_END_LOOP, 10)), v1::TROUBLE_NONE)
      << "where the host answers, packets arrive";
}

TEST(JudgeAddress, CallsLossFromTwoPacketsAndATenthOn) {
  EXPECT_EQ(TroubleOf(Seen().Echo(5, 10'000)), v1::TROUBLE_NONE) << "one of twenty";
  EXPECT_EQ(TroubleOf(Seen().Echo(10, 10'000)), v1::TROUBLE_PACKET_LOSS);
}

TEST(JudgeAddress, SeesLossByRetransmissionsWhereEchoesAreNotAnswered) {
  Seen seen = Seen().NoEcho();
  seen->mutable_port()->set_retransmitted(1);
  EXPECT_EQ(TroubleOf(seen), v1::TROUBLE_NONE);
  seen->mutable_port()->set_retransmitted(2);
  EXPECT_EQ(TroubleOf(seen), v1::TROUBLE_PACKET_LOSS);
}

TEST(JudgeAddress, ExplainsASilentPortByHeavyLoss) {
  EXPECT_EQ(TroubleOf(Seen().Echo(70, 10'000).Port(v1::PORT_STATE_SILENT)),
            v1::TROUBLE_PACKET_LOSS);
  EXPECT_EQ(TroubleOf(Seen().Echo(10, 10'000).Port(v1::PORT_STATE_SILENT)),
            v1::TROUBLE_PORT_FILTERED)
      << "too little to lose all of five connections";
}

TEST(JudgeAddress, ExplainsLateAnswersByLossAndDelayBeforeTheApplication) {
  const auto late = [](Seen seen) { return seen.Service(v1::LAYER_RESPONSE, v1::FAULT_TIMEOUT); };
  EXPECT_EQ(TroubleOf(late(Seen().Echo(30, 10'000))), v1::TROUBLE_PACKET_LOSS);
  EXPECT_EQ(TroubleOf(late(Seen().Echo(0, 900'000))), v1::TROUBLE_LATENCY_SPIKE);
  EXPECT_EQ(TroubleOf(late(Seen())), v1::TROUBLE_SLOW_APPLICATION);
}

TEST(JudgeAddress, CallsARoundTripASpikeThatIsTwiceTheUsualOne) {
  EXPECT_EQ(TroubleOf(Seen().Usual(30'000).Echo(0, 55'000)), v1::TROUBLE_NONE);
  EXPECT_EQ(TroubleOf(Seen().Usual(30'000).Echo(0, 65'000)), v1::TROUBLE_LATENCY_SPIKE);
  EXPECT_EQ(TroubleOf(Seen().Usual(1'000).Echo(0, 4'000)), v1::TROUBLE_NONE)
      << "four times, and yet nothing that anyone notices";
}

TEST(JudgeAddress, WithoutAUsualRoundTripOnlyAnExtremeOneIsASpike) {
  EXPECT_EQ(TroubleOf(Seen().Echo(0, 300'000)), v1::TROUBLE_NONE);
  EXPECT_EQ(TroubleOf(Seen().Echo(0, 450'000)), v1::TROUBLE_LATENCY_SPIKE);
  EXPECT_EQ(TroubleOf(Seen().Echo(0, 100'000, 60'000)), v1::TROUBLE_LATENCY_SPIKE) << "jitter";
}

TEST(JudgeAddress, TakesTheTimeToConnectWhereEchoesAreNotAnswered) {
  Seen seen = Seen().NoEcho().Usual(10'000);
  seen->mutable_port()->set_connect_us(200'000);
  EXPECT_EQ(TroubleOf(seen), v1::TROUBLE_LATENCY_SPIKE);
}

TEST(JudgeAddress, CallsWhatACertificateOrAHandshakeSaysATlsFailure) {
  for (const v1::Fault fault : {v1::FAULT_TLS_EXPIRED, v1::FAULT_TLS_NAME, v1::FAULT_TLS_CHAIN,
                                v1::FAULT_TLS_VERSION, v1::FAULT_TLS_CIPHER}) {
    EXPECT_EQ(TroubleOf(Seen().Service(v1::LAYER_TLS, fault)), v1::TROUBLE_TLS_FAILURE);
  }
  EXPECT_EQ(TroubleOf(Seen().Echo(20, 10'000).Service(v1::LAYER_TLS, v1::FAULT_TLS_EXPIRED)),
            v1::TROUBLE_TLS_FAILURE)
      << "loss expires no certificate";
  EXPECT_EQ(TroubleOf(Seen().Service(v1::LAYER_TLS, v1::FAULT_RESET)), v1::TROUBLE_TLS_FAILURE);
}

TEST(JudgeAddress, CallsAWrongAnswerAServiceThatIsDown) {
  for (const v1::Fault fault : {v1::FAULT_STATUS, v1::FAULT_BODY, v1::FAULT_MALFORMED}) {
    EXPECT_EQ(TroubleOf(Seen().Service(v1::LAYER_CONTENT, fault)), v1::TROUBLE_SERVICE_DOWN);
  }
  EXPECT_EQ(TroubleOf(Seen().Service(v1::LAYER_RESPONSE, v1::FAULT_CLOSED)),
            v1::TROUBLE_SERVICE_DOWN);
}

TEST(JudgeAddress, CallsAnAnswerThatIsLateSlow) {
  EXPECT_EQ(TroubleOf(Seen().Service(v1::LAYER_RESPONSE, v1::FAULT_SLOW)),
            v1::TROUBLE_SLOW_APPLICATION);
}

TEST(JudgeAddress, SeesUnlikeServersBehindOneAddress) {
  Seen mixed;
  mixed->mutable_port()->set_opened(3);
  mixed->mutable_port()->set_refused(2);
  EXPECT_EQ(TroubleOf(mixed), v1::TROUBLE_UNEVEN_LOAD_BALANCER);
  EXPECT_EQ(TroubleOf(Seen().Service(v1::LAYER_CONTENT, v1::FAULT_STATUS, 1)),
            v1::TROUBLE_UNEVEN_LOAD_BALANCER);
}

TEST(JudgeAddress, ExplainsConnectionsThatFailNowAndAgainByLoss) {
  Seen mixed = Seen().Echo(30, 10'000);
  mixed->mutable_port()->set_opened(4);
  mixed->mutable_port()->set_silent(1);
  EXPECT_EQ(TroubleOf(mixed), v1::TROUBLE_PACKET_LOSS);
}

TEST(JudgeAddress, GivesItsGrounds) {
  const Suspicion suspicion = JudgeAddress(Seen().Port(v1::PORT_STATE_SILENT));
  ASSERT_EQ(suspicion.grounds.size(), 3U);
  EXPECT_EQ(suspicion.grounds[0].step, v1::EXAMINATION_STEP_PORT);
  EXPECT_THAT(suspicion.grounds[0].words, HasSubstr("nothing came back"));
  EXPECT_EQ(suspicion.grounds[1].step, v1::EXAMINATION_STEP_REACH);
  EXPECT_EQ(suspicion.grounds[2].step, v1::EXAMINATION_STEP_PATH);
}

}  // namespace
}  // namespace waypost::diagnose
