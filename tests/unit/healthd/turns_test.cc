// The probes of one target by a clock of the test's own: every probe takes as long, and ends, as
// the test says.
#include "healthd/detect/turns.h"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <utility>
#include <vector>

namespace waypost::detect {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// What becomes of a probe that starts now.
struct Fate {
  Result result = Result::kSuccess;
  milliseconds takes{1};
};

constexpr Fate kWell{};
constexpr Fate kRefused{Result::kFailure, milliseconds(1)};
constexpr Fate kHangs{Result::kFailure, milliseconds(500)};

class TurnsTest : public ::testing::Test {
 protected:
  /// Interval 1 s; a probe that hangs is given up after 500 ms.
  static Turns::Rules Rules(uint32_t fall) {
    return {{2, fall, fall}, {seconds(1)}, /*may_overlap=*/true};
  }
  void Use(const Turns::Rules& rules) { turns_ = Turns(rules); }

  /// Lets time pass, a millisecond at a time.
  void Run(milliseconds time) {
    for (const Steady end = now_ + time; now_ < end; now_ += milliseconds(1)) Step();
  }
  /// Until the opinion is that; how long it took.
  milliseconds Until(Opinion opinion) {
    const Steady begin = now_;
    while (turns_.detector().opinion() != opinion && now_ < begin + seconds(60)) {
      Step();
      now_ += milliseconds(1);
    }
    return std::chrono::duration_cast<milliseconds>(now_ - begin);
  }
  /// Up, and between two probes.
  void BeUp() {
    fate_ = [] { return kWell; };
    Until(Opinion::kUp);
    Run(seconds(5));
    while (turns_.under_way() > 0) Run(milliseconds(1));
    starts_.clear();
    most_ = 0;
  }
  /// All further probes end like this; the next one starts now.
  void From(Fate fate) {
    fate_ = [fate] { return fate; };
    due_ = now_;
  }

  Turns turns_{Rules(2)};
  Random random_{1};
  Steady now_{seconds(1000)};
  std::function<Fate()> fate_ = [] { return kWell; };
  std::vector<Steady> starts_;
  size_t most_ = 0;  // under way

 private:
  struct Running {
    bool is_under_way = false;
    Result result = Result::kNone;
    Steady ends;
  };

  void Step() {
    for (size_t slot = 0; slot < Turns::kMost; ++slot) {
      Running& running = running_[slot];
      if (!running.is_under_way || now_ < running.ends) continue;
      running.is_under_way = false;
      due_ = turns_.End(slot, running.result, now_, random_).next;
    }
    if (now_ < due_) return;
    due_ = Steady::max();
    if (turns_.MayBegin(now_)) Begin();
  }
  void Begin() {
    const Fate fate = fate_();
    running_[turns_.Begin(now_)] = {true, fate.result, now_ + fate.takes};
    starts_.push_back(now_);
    most_ = std::max(most_, turns_.under_way());
    if (const auto overdue = turns_.OverdueAt()) due_ = *overdue;
  }

  std::array<Running, Turns::kMost> running_{};
  Steady due_{};
};

TEST_F(TurnsTest, BlackHoleIsDownSoonAfterTheFirstTimeoutWithFall2) {
  BeUp();
  From(kHangs);
  EXPECT_LE(Until(Opinion::kDown), milliseconds(605)) << "two timeouts, 100 ms apart";
  EXPECT_EQ(starts_[1] - starts_[0], milliseconds(100));
  EXPECT_LE(starts_.size(), 3U);
}

TEST_F(TurnsTest, BlackHoleTakesTwoTimeoutsWithFall3) {
  Use(Rules(3));
  BeUp();
  From(kHangs);
  EXPECT_LE(Until(Opinion::kDown), milliseconds(1005));
  EXPECT_EQ(most_, 2U) << "one beside the other, not more";
}

TEST_F(TurnsTest, NothingIsConcludedFromAProbeThatHasNotEnded) {
  BeUp();
  From(kHangs);
  Run(milliseconds(495));
  EXPECT_EQ(turns_.detector().contrary(), 0U);
  EXPECT_EQ(turns_.under_way(), 2U);
}

TEST_F(TurnsTest, OneThatHangsIsNoFailureOfTheTarget) {
  BeUp();
  bool is_first = true;
  From(kWell);
  fate_ = [&] { return std::exchange(is_first, false) ? kHangs : kWell; };
  Run(seconds(10));
  EXPECT_EQ(turns_.detector().opinion(), Opinion::kUp);
  EXPECT_EQ(turns_.detector().contrary(), 0U) << "forgotten after successes";
}

TEST_F(TurnsTest, ProbesTakeTurnsWhileTheyEndAsUsual) {
  BeUp();
  Run(seconds(60));
  EXPECT_EQ(most_, 1U);
  From(kRefused);
  Run(seconds(60));
  EXPECT_EQ(most_, 1U);
}

TEST_F(TurnsTest, TargetThatIsAlwaysSlowIsNotOverdue) {
  fate_ = [this] { return Fate{Result::kSuccess, milliseconds(300 + random_.Below(20))}; };
  Until(Opinion::kUp);
  Run(seconds(30));
  most_ = 0;
  Run(seconds(60));
  EXPECT_EQ(most_, 1U);
}

TEST_F(TurnsTest, TargetThatIsDownIsProbedOneByOne) {
  From(kHangs);
  Run(seconds(60));
  EXPECT_EQ(turns_.detector().opinion(), Opinion::kDown);
  EXPECT_EQ(most_, 1U) << "also before it was ever up";
}

TEST_F(TurnsTest, LongTimeoutDoesNotHoldUpTheRegularProbes) {
  BeUp();
  bool is_first = true;
  From(kWell);
  fate_ = [&] {
    return std::exchange(is_first, false) ? Fate{Result::kFailure, seconds(10)} : kWell;
  };
  Run(seconds(9));
  EXPECT_GE(starts_.size(), 8U);
}

TEST_F(TurnsTest, WhereProbesMayNotOverlapTheyDoNot) {
  Turns::Rules rules = Rules(2);
  rules.may_overlap = false;
  Use(rules);
  BeUp();
  From(kHangs);
  EXPECT_GE(Until(Opinion::kDown), milliseconds(995));
  EXPECT_EQ(most_, 1U);
}

TEST(Patience, IsThreeTimesTheFirstAndThenFollowsMeanAndScatter) {
  Patience patience;
  EXPECT_EQ(patience.limit(), milliseconds(0));
  patience.Learn(milliseconds(100));
  EXPECT_EQ(patience.limit(), milliseconds(300));
  for (int i = 0; i < 50; ++i) patience.Learn(milliseconds(100));
  EXPECT_LT(patience.limit(), milliseconds(101)) << "no scatter";
  for (int i = 0; i < 50; ++i) patience.Learn(milliseconds(i % 2 == 0 ? 50 : 150));
  EXPECT_GT(patience.limit(), milliseconds(250));
  EXPECT_LT(patience.limit(), milliseconds(350));
}

}  // namespace
}  // namespace waypost::detect
