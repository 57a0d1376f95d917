#include <gmock/gmock.h>

#include "healthd/probe/icmp_echo.h"
#include "tests/unit/healthd/probe_harness.h"

namespace waypost::probe {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

const EchoIdentity kFour{IpFamily::kV4, 7, 0x1122334455667788};
const EchoIdentity kSix{IpFamily::kV6, 7, 0x1122334455667788};

std::string Reply(const EchoIdentity& identity, uint16_t sequence) {
  std::string packet = BuildEcho(identity, sequence);
  packet[0] = identity.family == IpFamily::kV4 ? '\0' : '\x81';
  return packet;
}

TEST(IcmpEcho, TakesRepliesToItselfOnly) {
  for (const EchoIdentity& identity : {kFour, kSix}) {
    EXPECT_EQ(ParseEchoReply(identity, Reply(identity, 513), false), 513);
    EXPECT_FALSE(ParseEchoReply(identity, BuildEcho(identity, 1), false)) << "a request";
    EXPECT_FALSE(ParseEchoReply({identity.family, 7, 1}, Reply(identity, 1), false));
    EXPECT_FALSE(ParseEchoReply(identity, Reply(identity, 1).substr(0, 15), false));
    EXPECT_FALSE(ParseEchoReply(identity, "", false));
  }
  EXPECT_FALSE(ParseEchoReply(kFour, Reply(kSix, 1), false));
}

TEST(IcmpEcho, LooksBehindTheIpHeader) {
  std::string header(24, '\0');
  header[0] = 0x46;  // with an option
  EXPECT_EQ(ParseEchoReply(kFour, header + Reply(kFour, 2), true), 2);
  EXPECT_FALSE(ParseEchoReply(kFour, "\x4F", true));
  EXPECT_FALSE(ParseEchoReply(kFour, "", true));
}

TEST(IcmpEcho, SumsUpToZero) {
  const std::string packet = BuildEcho(kFour, 3);
  unsigned sum = 0;
  for (size_t i = 0; i < packet.size(); i += 2)
    sum += static_cast<uint8_t>(packet[i]) << 8 | static_cast<uint8_t>(packet[i + 1]);
  while (sum >> 16) sum = (sum & 0xFFFF) + (sum >> 16);
  EXPECT_EQ(sum, 0xFFFFU);
}

TEST(EchoWindow, MeasuresLossRoundTripAndJitter) {
  const Steady start{};
  EchoWindow window;
  for (int i = 0; i < 4; ++i) window.Sent(start + milliseconds(100 * i));
  window.Received(0, start + milliseconds(10));
  window.Received(2, start + milliseconds(230));
  window.Received(2, start + milliseconds(299));
  window.Received(3, start + milliseconds(320));
  window.Received(9, start + milliseconds(320));
  const Measured measured = window.Measure();
  EXPECT_EQ(window.received(), 3U);
  EXPECT_FLOAT_EQ(measured.loss_percent, 25);
  EXPECT_EQ(measured.rtt_us, 20'000U);
  EXPECT_EQ(measured.jitter_us, 15'000U) << "10 to 30 and 30 to 20";
}

class IcmpProbe : public testing::Test {
 protected:
  v1::Target At(const std::string& address) {
    v1::Target target = TargetAt(address);
    target.mutable_monitor()->mutable_icmp()->mutable_gap()->set_nanos(2'000'000);
    SetTimeout(target, 300);
    return target;
  }
  /// Skips where neither ping sockets nor raw ones are to be had.
  void SetUp() override {
    const Outcome outcome = ProbeOnce(At("127.0.0.1"));
    if (!outcome.conclusive)
      GTEST_SKIP() << "this user may not send ICMP: " << outcome.failure.detail
                   << "; allow it in net.ipv4.ping_group_range or give CAP_NET_RAW";
  }
};

TEST_F(IcmpProbe, ReachesBothFamilies) {
  for (const char* address : {"127.0.0.1", "::1"}) {
    const Outcome outcome = ProbeOnce(At(address));
    EXPECT_TRUE(outcome.succeeded()) << address << ": " << outcome.failure.detail;
    EXPECT_EQ(outcome.measured.loss_percent, 0) << address;
    EXPECT_GT(outcome.measured.rtt_us, 0U) << address;
    EXPECT_GE(outcome.phases.total_us, 4000U) << "two gaps between three packets";
  }
}

TEST_F(IcmpProbe, ProbesSideBySideDoNotMix) {
  boost::asio::io_context io(1);
  NetworkProber prober(io);
  const auto spec = std::make_shared<Spec>(*BuildSpec(At("127.0.0.1")));
  int succeeded = 0;
  for (int i = 0; i < 20; ++i) {
    prober.Start(spec, [&](const Outcome& outcome) {
      succeeded += outcome.succeeded() && outcome.measured.loss_percent == 0 ? 1 : 0;
    });
  }
  io.run();
  EXPECT_EQ(succeeded, 20);
}

TEST_F(IcmpProbe, FailsWhereNothingAnswers) {
  // The kernel has no route for this block (RFC 6890), or swallows it.
  const Outcome outcome = ProbeOnce(At("240.0.0.1"));
  EXPECT_EQ(outcome.failure.layer, v1::LAYER_ROUTE);
  EXPECT_TRUE(outcome.conclusive);
}

TEST_F(IcmpProbe, KeepsToItsBounds) {
  v1::Target target = At("127.0.0.1");
  target.mutable_monitor()->mutable_icmp()->mutable_max_rtt()->set_nanos(1000);
  const Outcome outcome = ProbeOnce(target);
  EXPECT_EQ(outcome.failure.fault, v1::FAULT_SLOW);
  EXPECT_THAT(outcome.failure.detail, HasSubstr("round trip of "));
}

}  // namespace
}  // namespace waypost::probe
