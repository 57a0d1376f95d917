#include "dnsd/webhook/courier.h"

#include <gtest/gtest.h>

namespace waypost::webhook {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Outcome = Attempt::Outcome;

class CourierTest : public ::testing::Test {
 protected:
  void Add(const std::string& id) {
    Event event;
    event.id = id;
    courier_.Add(std::move(event));
  }
  std::string Taken() {
    const auto event = courier_.Take(now_);
    return event ? event->id : "";
  }
  /// Waits until the next try and lets it end so; returns the event and how long that took.
  std::pair<std::string, milliseconds> Try(Outcome outcome) {
    const Steady before = now_;
    now_ = std::max(now_, courier_.NextTry().value_or(now_));
    const std::string id = Taken();
    courier_.Done({outcome, outcome == Outcome::kDelivered ? "" : "status 500"}, now_);
    return {id, std::chrono::duration_cast<milliseconds>(now_ - before)};
  }

  Courier courier_{{3, 4}, 1};
  Steady now_{seconds(1000)};
};

TEST_F(CourierTest, SendsOneAtATimeInOrder) {
  Add("1");
  Add("2");
  EXPECT_EQ(Taken(), "1");
  EXPECT_EQ(Taken(), "") << "it is on its way";
  courier_.Done({Outcome::kDelivered, ""}, now_);
  EXPECT_EQ(Taken(), "2");
  EXPECT_EQ(courier_.figures().delivered, 1U);
}

TEST_F(CourierTest, PausesDoubleWithJitterAndTheEventIsGivenUp) {
  Add("1");
  EXPECT_EQ(Try(Outcome::kFailed).second, milliseconds(0));
  for (const int longest : {1000, 2000, 4000}) {
    const auto [id, pause] = Try(Outcome::kFailed);
    EXPECT_EQ(id, "1");
    EXPECT_LE(pause, milliseconds(longest));
    EXPECT_GT(pause, milliseconds(longest / 2));
  }
  EXPECT_EQ(courier_.figures().waiting, 0U);
  EXPECT_EQ(courier_.figures().dropped, 1U);
  EXPECT_EQ(courier_.figures().failures, 4U);
}

TEST_F(CourierTest, RefusedEventIsNotTriedAgain) {
  Add("1");
  Add("2");
  Try(Outcome::kRefused);
  EXPECT_EQ(Try(Outcome::kDelivered).first, "2");
  EXPECT_EQ(courier_.figures().dropped, 1U);
}

TEST_F(CourierTest, FullQueueDropsItsOldestButNotWhatIsOnItsWay) {
  Add("1");
  EXPECT_EQ(Taken(), "1");
  for (const char* id : {"2", "3", "4", "5"}) Add(id);
  EXPECT_EQ(courier_.figures().dropped, 2U);
  courier_.Done({Outcome::kDelivered, ""}, now_);
  EXPECT_EQ(Try(Outcome::kDelivered).first, "4");
  EXPECT_EQ(Try(Outcome::kDelivered).first, "5");
}

TEST_F(CourierTest, CircuitOpensAfterFailuresInARowAndClosesWithASuccess) {
  for (const char* id : {"1", "2", "3"}) Add(id);
  for (int i = 0; i < 5; ++i) Try(Outcome::kFailed);
  EXPECT_TRUE(courier_.figures().is_open);
  EXPECT_GT(Try(Outcome::kFailed).second, seconds(30)) << "one try a minute";
  const auto [id, pause] = Try(Outcome::kDelivered);
  EXPECT_EQ(id, "2") << "the first was given up";
  EXPECT_FALSE(courier_.figures().is_open);
  EXPECT_EQ(courier_.figures().error, "");
  EXPECT_EQ(Try(Outcome::kDelivered).second, milliseconds(0));
}

}  // namespace
}  // namespace waypost::webhook
