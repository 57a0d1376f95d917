#include "dnsd/liveness/vote.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace waypost::liveness {
namespace {

/// "UUD": two say up, one says down; "-" has no opinion, and a digit gives the next so many votes.
Poll PollOf(std::string_view text) {
  Poll poll;
  uint32_t votes = 1;
  for (const char c : text) {
    if (c == 'U' || c == 'D') poll.Add(c == 'U', votes);
    votes = c >= '0' && c <= '9' ? static_cast<uint32_t>(c - '0') : 1;
  }
  return poll;
}

char Outcome(Quorum quorum, std::string_view votes, uint32_t count = 0) {
  const auto up = IsUp(quorum, count, PollOf(votes));
  return !up ? '?' : *up ? 'U' : 'D';
}

TEST(Vote, NobodyFreshGivesNoOutcome) {
  for (const Quorum quorum : {Quorum::kMajority, Quorum::kAny, Quorum::kAll, Quorum::kCount}) {
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

TEST(Vote, CountIsDownWhenSoManySayDown) {
  EXPECT_EQ(Outcome(Quorum::kCount, "UUUDD", 2), 'D');
  EXPECT_EQ(Outcome(Quorum::kCount, "UUUDD", 3), 'U');
  EXPECT_EQ(Outcome(Quorum::kCount, "UU", 3), 'U');
}

TEST(Vote, CountWithTooFewFreshOnesAndADownAmongThemChangesNothing) {
  EXPECT_EQ(Outcome(Quorum::kCount, "DD", 3), '?');
  EXPECT_EQ(Outcome(Quorum::kCount, "UD", 3), '?');
  EXPECT_EQ(Outcome(Quorum::kCount, "UUD", 3), 'U');
}

TEST(Vote, MajorityAndCountCountVotesAnyAndAllCountVoters) {
  EXPECT_EQ(Outcome(Quorum::kMajority, "3DUU"), 'D');
  EXPECT_EQ(Outcome(Quorum::kMajority, "2DUU"), '?');
  EXPECT_EQ(Outcome(Quorum::kCount, "3DUU", 3), 'D');
  EXPECT_EQ(Outcome(Quorum::kAny, "9DUU"), 'U');
  EXPECT_EQ(Outcome(Quorum::kAll, "9DU"), 'U');
}

TEST(Vote, OrderDoesNotMatter) {
  for (const Quorum quorum : {Quorum::kMajority, Quorum::kAny, Quorum::kAll, Quorum::kCount}) {
    EXPECT_EQ(Outcome(quorum, "UDD", 2), Outcome(quorum, "DDU", 2));
    EXPECT_EQ(Outcome(quorum, "UUD", 2), Outcome(quorum, "DUU", 2));
  }
}

}  // namespace
}  // namespace waypost::liveness
