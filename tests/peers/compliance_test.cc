// Every case of compliance.h against the running server, and the score of its peers beside it.
#include "tests/peers/compliance.h"

#include <gtest/gtest.h>

namespace waypost::peers {
namespace {

using Kind = NameServer::Kind;
using namespace std::chrono_literals;

TEST(Compliance, EveryCaseIsAsTheRfcsHaveIt) {
  std::string why;
  const auto ours = NameServer::Start(Kind::kWaypost, ComplianceZones(), why);
  ASSERT_NE(ours, nullptr) << why;
  for (const Case& one : ComplianceCases()) {
    ours->SetPatience(one.wants_silence ? 300ms : 5s);
    EXPECT_EQ(FaultOf(*ours, one), "") << one.name << " (" << one.clause << ")";
  }
}

/// A judge that no server could satisfy would be no judge, and one that all satisfy might be none.
TEST(Compliance, PeersPassNearlyAllCasesToo) {
  for (const Kind kind : {Kind::kNsd, Kind::kKnot, Kind::kBind}) {
    std::string why;
    const auto peer = NameServer::Start(kind, ComplianceZones(), why);
    if (peer == nullptr) {
      std::printf("THE PEER IS NOT ASKED: %s\n", why.c_str());
      continue;
    }
    peer->SetPatience(200ms);
    size_t faults = 0;
    for (const Case& one : ComplianceCases()) {
      const std::string fault = FaultOf(*peer, one);
      if (fault.empty()) continue;
      ++faults;
      std::printf("%s: %s (%s): %s\n", peer->name().c_str(), one.name.c_str(), one.clause.c_str(),
                  fault.c_str());
    }
    std::printf("%s: %zu of %zu\n", peer->name().c_str(), ComplianceCases().size() - faults,
                ComplianceCases().size());
    EXPECT_LT(faults, ComplianceCases().size() / 4) << peer->name();
  }
}

}  // namespace
}  // namespace waypost::peers
