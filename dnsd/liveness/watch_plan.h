// What every vantage shall watch, and when that changes.
//
// A monitor that asks for k vantages has each of its endpoints watched by those that Watchers
// chooses among the living; every other endpoint is watched by all. A vantage lives until nothing
// was heard of it for a grace, so that one which merely reconnects moves nothing. When the living
// change, those that take over begin at once, and those whose place they took go on for another
// grace: until the new ones have spoken, no endpoint has fewer votes than before.
//
// Thread safety: one thread. Time is passed in. Errors: none; vantages beyond those that it was
// told of have nothing to watch.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dnsd/base/clock.h"
#include "dnsd/liveness/evidence.h"
#include "dnsd/liveness/watchers.h"

namespace waypost::liveness {

struct WatchTarget {
  std::string endpoint;
  uint32_t vantages = 0;  // that shall watch it; 0: all
  std::shared_ptr<const VoteRule::Weights> weights;
};

class WatchPlan {
 public:
  /// Longer than a vantage takes to notice a broken stream and to come back (3 s and pauses of up
  /// to 5 s), shorter than the 17 s for which evidence is fresh by default. The longer, the longer
  /// an endpoint does without one of its votes.
  static constexpr std::chrono::seconds kGrace{10};

  /// By index of the target.
  using Share = std::vector<bool>;

  // These return whether any share changed.

  bool Configure(std::vector<WatchTarget> targets);
  /// A sign of life.
  bool Hear(const std::string& vantage, const std::string& region, Steady now);
  /// Whether a vantage's votes are suspended. Takes effect after a grace.
  void Doubts(const std::string& vantage, bool doubts, Steady now);
  /// Applies time. Call at least once a second: a longer pause is taken for one of this process, in
  /// which it heard nobody, and all living get another grace.
  bool Tick(Steady now);

  const std::vector<WatchTarget>& targets() const { return targets_; }
  /// Null: the vantage does not live.
  const Share* Of(std::string_view vantage) const;
  /// Names of those who watch a target, in order.
  std::vector<std::string> WatchersOf(size_t target) const;
  /// Targets that fewer watch than they ask for. Complexity: all targets and vantages.
  size_t Underwatched() const;

 private:
  struct Member {
    std::string region;
    Steady heard;
    std::optional<Steady> doubts_since;
  };
  using Shares = std::map<std::string, Share, std::less<>>;

  bool Review(Steady now);
  bool Plan();
  void Spread(const Watchers& among, Shares& shares) const;
  std::vector<Watcher> Living(Steady now) const;

  std::vector<WatchTarget> targets_;
  std::map<std::string, Member> members_;
  Watchers living_{{}};
  Watchers settled_{{}};  // before what changed within the last grace
  Steady settles_at_{};
  std::optional<Steady> ticked_;
  Steady awake_since_{};
  Shares shares_;
};

}  // namespace waypost::liveness
