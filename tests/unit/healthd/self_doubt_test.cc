#include "healthd/detect/self_doubt.h"

#include <gtest/gtest.h>

namespace waypost::detect {
namespace {

using std::chrono::seconds;
using Cause = Doubt::Cause;

class SelfDoubtTest : public ::testing::Test {
 protected:
  /// Targets 0 to `count` - 1; four each in a network.
  void All(size_t count, Opinion opinion) { Some(0, count, opinion); }
  void Some(size_t first, size_t end, Opinion opinion) {
    for (size_t i = first; i < end; ++i) {
      doubt_.Note(i, IpAddress::FromV4(0xC0000200U + static_cast<uint32_t>(i / 4 * 256 + i)),
                  opinion, now_);
    }
  }
  Cause Judge() { return doubt_.Judge(now_).cause; }

  Steady now_{seconds(100)};
  SelfDoubt doubt_;
};

TEST_F(SelfDoubtTest, BelievesWhatItSeesOnAQuietDay) {
  All(12, Opinion::kUp);
  EXPECT_EQ(Judge(), Cause::kNone);
  Some(0, 5, Opinion::kDown);
  EXPECT_EQ(Judge(), Cause::kNone) << "less than half";
}

TEST_F(SelfDoubtTest, DoubtsWhenMostUnrelatedTargetsGoDownTogether) {
  All(12, Opinion::kUp);
  All(12, Opinion::kDown);
  EXPECT_EQ(doubt_.Judge(now_), (Doubt{Cause::kTogether, "12 targets of 12 went down together"}));
}

TEST_F(SelfDoubtTest, TargetsOfOneNetworkAreRelated) {
  for (uint64_t i = 0; i < 12; ++i)
    doubt_.Note(i, IpAddress::FromV4(0xC0000201U), Opinion::kUp, now_);
  for (uint64_t i = 0; i < 12; ++i)
    doubt_.Note(i, IpAddress::FromV4(0xC0000201U), Opinion::kDown, now_);
  EXPECT_EQ(Judge(), Cause::kNone);
}

TEST_F(SelfDoubtTest, WhatGoesDownOneAfterTheOtherIsBelieved) {
  All(12, Opinion::kUp);
  for (size_t i = 0; i < 12; ++i) {
    Some(i, i + 1, Opinion::kDown);
    EXPECT_EQ(Judge(), Cause::kNone);
    now_ += seconds(11);
  }
}

TEST_F(SelfDoubtTest, TargetsThatWereNeverUpSayNothing) {
  All(12, Opinion::kDown);
  EXPECT_EQ(Judge(), Cause::kNone);
}

TEST_F(SelfDoubtTest, TrustsItselfAgainWhenMoreThanHalfAreUpAgain) {
  All(12, Opinion::kUp);
  All(12, Opinion::kDown);
  EXPECT_EQ(Judge(), Cause::kTogether);
  now_ += seconds(20);
  Some(0, 6, Opinion::kUp);
  EXPECT_EQ(Judge(), Cause::kTogether);
  Some(6, 7, Opinion::kUp);
  EXPECT_EQ(Judge(), Cause::kNone);
}

TEST_F(SelfDoubtTest, AfterAMinuteWhatIsDownIsDown) {
  All(12, Opinion::kUp);
  All(12, Opinion::kDown);
  EXPECT_EQ(Judge(), Cause::kTogether);
  now_ += seconds(60);
  EXPECT_EQ(Judge(), Cause::kTogether);
  now_ += seconds(1);
  EXPECT_EQ(Judge(), Cause::kNone);
  EXPECT_EQ(Judge(), Cause::kNone);
}

TEST_F(SelfDoubtTest, ForgottenTargetsDoNotCount) {
  All(12, Opinion::kUp);
  for (uint64_t i = 5; i < 12; ++i) doubt_.Forget(i);
  Some(0, 4, Opinion::kDown);
  EXPECT_EQ(Judge(), Cause::kNone) << "four are too few";
}

TEST_F(SelfDoubtTest, DoubtsWhileMoreThanHalfOfItsReferencesFail) {
  doubt_.SetReferences(2);
  doubt_.NoteReference(1, Opinion::kDown);
  EXPECT_EQ(Judge(), Cause::kNone);
  doubt_.NoteReference(2, Opinion::kDown);
  EXPECT_EQ(doubt_.Judge(now_), (Doubt{Cause::kReferences, "2 of 2 references fail"}));
  doubt_.NoteReference(1, Opinion::kUp);
  EXPECT_EQ(Judge(), Cause::kNone);
}

TEST_F(SelfDoubtTest, WithReferencesThatAnswerItBelievesThatEverythingIsDown) {
  doubt_.SetReferences(1);
  doubt_.NoteReference(1, Opinion::kUp);
  All(12, Opinion::kUp);
  All(12, Opinion::kDown);
  EXPECT_EQ(Judge(), Cause::kNone);
}

}  // namespace
}  // namespace waypost::detect
