#include "dnsd/liveness/vote.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace waypost::liveness {
namespace {

/// "UUD": two say up, one says down, "-" has no opinion.
std::vector<Opinion> Opinions(std::string_view text) {
  std::vector<Opinion> opinions;
  for (const char c : text) {
    opinions.push_back(c == 'U' ? Opinion::kUp : c == 'D' ? Opinion::kDown : Opinion::kNone);
  }
  return opinions;
}

char Outcome(Quorum quorum, std::string_view votes) {
  const auto up = IsUp(quorum, Opinions(votes));
  return !up ? '?' : *up ? 'U' : 'D';
}

TEST(Vote, NobodyFreshGivesNoOutcome) {
  for (const Quorum quorum : {Quorum::kMajority, Quorum::kAny, Quorum::kAll}) {
    EXPECT_EQ(Outcome(quorum, ""), '?');
    EXPECT_EQ(Outcome(quorum, "---"), '?');
  }
}

TEST(Vote, MajorityIsTheSideWithMoreThanHalf) {
  EXPECT_EQ(Outcome(Quorum::kMajority, "UUD"), 'U');
  EXPECT_EQ(Outcome(Quorum::kMajority, "DUD"), 'D');
  EXPECT_EQ(Outcome(Quorum::kMajority, "D"), 'D');
  EXPECT_EQ(Outcome(Quorum::kMajority, "UUDDD"), 'D');
}

TEST(Vote, TieOfAMajorityChangesNothing) {
  EXPECT_EQ(Outcome(Quorum::kMajority, "UD"), '?');
  EXPECT_EQ(Outcome(Quorum::kMajority, "UUDD-"), '?');
}

TEST(Vote, AnyIsDownByOneOfTwoButByTwoOfThree) {
  EXPECT_EQ(Outcome(Quorum::kAny, "D"), 'D');
  EXPECT_EQ(Outcome(Quorum::kAny, "UD"), 'D');
  EXPECT_EQ(Outcome(Quorum::kAny, "UUD"), 'U');
  EXPECT_EQ(Outcome(Quorum::kAny, "UDD"), 'D');
  EXPECT_EQ(Outcome(Quorum::kAny, "UUUUDD"), 'D');
  EXPECT_EQ(Outcome(Quorum::kAny, "UUU"), 'U');
}

TEST(Vote, AllIsDownOnlyWhenNobodySaysUp) {
  EXPECT_EQ(Outcome(Quorum::kAll, "DDD"), 'D');
  EXPECT_EQ(Outcome(Quorum::kAll, "DD-"), 'D');
  EXPECT_EQ(Outcome(Quorum::kAll, "DDU"), 'U');
}

TEST(Vote, OrderDoesNotMatter) {
  for (const Quorum quorum : {Quorum::kMajority, Quorum::kAny, Quorum::kAll}) {
    EXPECT_EQ(Outcome(quorum, "UDD"), Outcome(quorum, "DDU"));
    EXPECT_EQ(Outcome(quorum, "UUD"), Outcome(quorum, "DUU"));
  }
}

}  // namespace
}  // namespace waypost::liveness
