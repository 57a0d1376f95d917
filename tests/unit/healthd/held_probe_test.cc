#include <gmock/gmock.h>

#include "dnsd/base/clock.h"
#include "tests/unit/healthd/tls_fixture.h"

namespace waypost::probe {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using Kind = test::Behaviour::Kind;

/// Holds one connection and keeps what was told of it.
class Held {
 public:
  explicit Held(const v1::Target& target) {
    const auto spec = BuildSpec(target);
    EXPECT_TRUE(spec) << spec.error().message;
    EXPECT_TRUE(IsHeld(*spec));
    stop = prober.Hold(std::make_shared<Spec>(*spec), [this](const Outcome& outcome) {
      told.push_back({outcome, std::chrono::steady_clock::now()});
    });
  }

  bool Until(const std::function<bool()>& reached) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!reached() && std::chrono::steady_clock::now() < limit) io.run_one_for(milliseconds(10));
    return reached();
  }
  bool UntilUp() {
    return Until([this] { return !told.empty() && told.back().outcome.succeeded(); });
  }
  bool UntilDown() {
    return Until([this] { return !told.empty() && !told.back().outcome.succeeded(); });
  }

  struct News {
    Outcome outcome;
    Steady when;
  };
  boost::asio::io_context io{1};
  NetworkProber prober{io};
  std::vector<News> told;
  Prober::Stop stop;
};

v1::Target HeldTarget(uint16_t port) {
  v1::Target target = TargetAt("127.0.0.1");
  target.mutable_monitor()->mutable_held()->set_port(port);
  target.mutable_monitor()->mutable_interval()->set_nanos(100'000'000);
  return target;
}

class HeldProbe : public testing::Test {
 protected:
  void SetUp() override { server.Behave({Kind::kHangAtConnect}); }
  HttpServer server;
};

TEST_F(HeldProbe, StandsOnOneConnection) {
  Held held(HeldTarget(server.port()));
  ASSERT_TRUE(held.Until([&] { return held.told.size() >= 4; }));
  for (const auto& news : held.told) EXPECT_TRUE(news.outcome.succeeded());
  EXPECT_EQ(server.accepted(), 1U);
  EXPECT_GT(held.told.back().outcome.phases.connect_us, 0U);
}

TEST_F(HeldProbe, AResetIsKnownAtOnceAndConfirmedWithinMilliseconds) {
  v1::Target target = HeldTarget(server.port());
  target.mutable_monitor()->mutable_interval()->set_seconds(10);
  Held held(target);
  ASSERT_TRUE(held.UntilUp());
  held.told.clear();
  server.Refuse();
  ASSERT_TRUE(held.Until([&] { return held.told.size() >= 3; }));
  EXPECT_EQ(held.told[0].outcome.failure.fault, v1::FAULT_RESET);
  EXPECT_EQ(held.told[0].outcome.failure.layer, v1::LAYER_CONNECT);
  EXPECT_EQ(held.told[1].outcome.failure.fault, v1::FAULT_REFUSED);
  EXPECT_EQ(held.told[2].outcome.failure.fault, v1::FAULT_REFUSED);
  EXPECT_LT(held.told[2].when - held.told[0].when, std::chrono::seconds(2))
      << "not at the interval";
}

TEST_F(HeldProbe, ConnectsAgainAndStandsAgain) {
  Held held(HeldTarget(server.port()));
  ASSERT_TRUE(held.UntilUp());
  server.Refuse();
  ASSERT_TRUE(held.UntilDown());
  server.Accept();
  EXPECT_TRUE(held.UntilUp());
}

TEST_F(HeldProbe, AServerThatOnlyClosesNeverStands) {
  server.Behave({Kind::kReset});
  Held held(HeldTarget(server.port()));
  ASSERT_TRUE(held.Until([&] { return held.told.size() >= 6; }));
  for (const auto& news : held.told) EXPECT_FALSE(news.outcome.succeeded());
}

TEST_F(HeldProbe, TriesLessAndLessOften) {
  server.Refuse();
  Held held(HeldTarget(server.port()));
  ASSERT_TRUE(held.Until([&] { return held.told.size() >= 11; }));
  EXPECT_GT(held.told[10].when - held.told[9].when, milliseconds(80)) << "up to the interval";
}

TEST_F(HeldProbe, PassesOverWhatAnIdlePeerSaysUnlessItIsMuch) {
  server.Behave({Kind::kGreet, "220 ready\r\n"});
  Held quiet(HeldTarget(server.port()));
  EXPECT_TRUE(quiet.UntilUp());
  server.Behave({Kind::kGreet, std::string(100'000, 'x')});
  Held loud(HeldTarget(server.port()));
  ASSERT_TRUE(loud.UntilDown());
  EXPECT_EQ(loud.told.back().outcome.failure.fault, v1::FAULT_MALFORMED);
}

TEST_F(HeldProbe, StopClosesAndKeepsSilent) {
  Held held(HeldTarget(server.port()));
  ASSERT_TRUE(held.UntilUp());
  const size_t before = held.told.size();
  held.stop();
  held.stop();
  held.io.run();  // returns, because nothing is left to do
  EXPECT_EQ(held.told.size(), before);
  EXPECT_TRUE(held.Until([&] { return server.open() == 0; }));
}

using HeldTlsProbe = TlsFixture;

TEST_F(HeldTlsProbe, HoldsAnEncryptedConnection) {
  Serve(Issue(kGood));
  server->Behave({Kind::kGreet, ""});
  target = HeldTarget(server->port());
  v1::TlsOptions& tls = *target.mutable_monitor()->mutable_held()->mutable_tls();
  tls.set_name("www.example.com");
  tls.set_ca_file(ca_file());
  Held held(target);
  ASSERT_TRUE(held.UntilUp());
  EXPECT_GT(held.told.back().outcome.phases.tls_us, 0U);
  server->Refuse();
  ASSERT_TRUE(held.UntilDown());
  EXPECT_THAT(held.told.back().outcome.failure.detail, HasSubstr("connection"));
}

}  // namespace
}  // namespace waypost::probe
