// What every vantage shall watch, and when that changes.
//
// A monitor that asks for k vantages has each of its endpoints watched by those that Watchers
// chooses among the living; every other endpoint is watched by all. A vantage lives until nothing
// was heard of it for a grace, so that one which merely reconnects moves nothing. When the living
// change, those that take over begin at once, and those whose place they took go on for another
// grace: until the new ones have spoken, no endpoint has fewer votes than before.
//
// One that doubts itself, or that says of an endpoint that it cannot look at it, is replaced in the
// same way: the latter of that endpoint only, until it connects anew or another try is due.
//
// Thread safety: one thread. Time is passed in. Errors: none; vantages beyond those that it was
// told of have nothing to watch.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
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
  /// What a vantage cannot look at it tries again after this time.
  static constexpr std::chrono::minutes kUnable{10};

  /// By index of the target.
  using Share = std::vector<bool>;

  // These return whether any share changed.

  bool Configure(std::vector<WatchTarget> targets);
  /// A sign of life.
  bool Hear(const std::string& vantage, const std::string& region, Steady now);
  /// Whether a vantage's votes are suspended. Takes effect after a grace.
  void Doubts(const std::string& vantage, bool doubts, Steady now);
  /// Whether a vantage can look at a target; `why` not, empty: it can. Takes effect after a grace.
  void Looks(const std::string& vantage, size_t target, const std::string& why, Steady now);
  /// It connected anew, and may have now what it lacked.
  void Begins(const std::string& vantage);
  /// Applies time. Call at least once a second: a longer pause is taken for one of this process, in
  /// which it heard nobody, and all living get another grace.
  bool Tick(Steady now);

  const std::vector<WatchTarget>& targets() const { return targets_; }
  /// Null: the vantage does not live.
  const Share* Of(std::string_view vantage) const;
  /// Names of those who watch a target, in order.
  std::vector<std::string> WatchersOf(size_t target) const;
  /// Vantages that others replace because they cannot look: how many targets, one of them and why.
  struct Lack {
    std::string vantage;
    size_t targets = 0;
    std::string endpoint;
    std::string why;
  };
  std::vector<Lack> Lacks() const;
  /// Targets that fewer watch than they ask for. Complexity: all targets and vantages.
  size_t Underwatched() const;

 private:
  struct Unable {
    Steady since;
    std::string why;
  };
  struct Member {
    std::string region;
    Steady heard;
    std::optional<Steady> doubts_since;
    std::map<size_t, Unable> unable;  // by target
  };
  /// Who could watch what.
  using Inability = std::map<size_t, std::set<std::string>>;  // who cannot, by target
  struct Scene {
    Watchers watchers{{}};
    std::shared_ptr<const Inability> unable = std::make_shared<Inability>();

    bool operator==(const Scene& other) const {
      return watchers.all() == other.watchers.all() &&
             (unable == other.unable || *unable == *other.unable);
    }
  };
  using Shares = std::map<std::string, Share, std::less<>>;

  bool Review(Steady now);
  bool Plan();
  void Spread(const Scene& scene, Shares& shares) const;
  Scene SceneAt(Steady now);
  std::shared_ptr<const Inability> InabilityAt(Steady now);
  void MoveTo(const std::vector<WatchTarget>& targets);

  std::vector<WatchTarget> targets_;
  std::map<std::string, Member> members_;
  Scene living_;
  Scene settled_;  // before what changed within the last grace
  Steady counts_unable_at_{};
  Steady settles_at_{};
  std::optional<Steady> ticked_;
  Steady awake_since_{};
  Shares shares_;
};

}  // namespace waypost::liveness
