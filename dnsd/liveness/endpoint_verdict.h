// The verdict on one endpoint: when the vantages' opinions suffice to form it, to change it, and
// for how long it holds without them. The rule, in full:
//
// 1. Enough evidence: one fresh opinion where one or two vantages are known, two where three or
//    more are (roster.h says who is known); where regions vote, the same of them. With less, no
//    verdict is formed or changed.
// 2. What the evidence says is the quorum rule's business (vote.h); no outcome changes nothing.
// 3. A flip, and a first verdict of down, needs two fresh opinions on its side where three or more
//    vantages are known, and two regions where three or more of them vote. So no single vantage
//    moves traffic, under `any` and `all` neither: a lone dissenter may make `all` keep a verdict,
//    not change it.
// 4. A lone fresh "down" waits one interval before it counts if another vantage is connected that
//    has not spoken of this endpoint yet, or if there is no verdict in this life of the process but
//    the last one before was up: others are about to be heard, and the first to come is no quorum.
//    Without both, it counts at once: the only vantage known decides alone.
// 5. The verdict is stale from when the newest evidence that sufficed by (1) is older than the
//    staleness bound: with no fresh opinion, and also with a single one where three or more
//    vantages are known. A report that replaces all what a vantage said before does not make it
//    stale earlier. When there is enough evidence again, the verdict goes on, or flips by (2) to
//    (4).
//
// Thread safety: one thread. Time is passed in. Errors: none.
#pragma once

#include <optional>

#include "dnsd/base/clock.h"
#include "dnsd/liveness/ballot.h"
#include "dnsd/liveness/board.h"
#include "dnsd/liveness/evidence.h"

namespace waypost::liveness {

class EndpointVerdict {
 public:
  /// `was_up`: the last verdict of a former life of the process.
  explicit EndpointVerdict(std::optional<bool> was_up = std::nullopt) : was_up_(was_up) {}

  /// Rule (1).
  static bool IsEnough(const Tally& tally);

  /// Applies the rule to a count made `now`. Returns the time at which it must be applied again
  /// even if no evidence comes; max: never.
  Steady Update(const VoteRule& rule, const Tally& tally, Steady now);

  /// As of the last Update: kUp, kDown, kStaleUp, kStaleDown, kNoData, kLastUp or kLastDown.
  Standing standing() const;
  /// The verdict, else that of a former life.
  std::optional<bool> last() const { return up_ ? up_ : was_up_; }
  /// Seconds in which it could change at the earliest, at least 1: for up, an interval until the
  /// next probe and the quick tries after it; for down, the successes still missing at one an
  /// interval; results already seen against the verdict shorten both. Stale or without a verdict:
  /// 1, for it can come at any moment.
  uint16_t ttl_cap_s(const VoteRule& rule, const Tally& tally) const;

 private:
  /// Only one vantage, or only one of the regions that vote, would have it so, of three or more.
  static bool IsAlone(bool up, const Tally& tally);
  void Decide(const VoteRule& rule, const Tally& tally, Steady now);
  Steady NextUpdate(const VoteRule& rule, const Tally& tally) const;
  bool MayBecome(bool up, const VoteRule& rule, const Tally& tally, Steady now);
  bool MustWait(bool up, const Tally& tally) const;

  std::optional<bool> was_up_;
  std::optional<bool> up_;
  Steady supported_at_ = Steady::min();  // newest evidence that sufficed
  std::optional<Steady> alone_since_;    // a lone "down" waits since then
  bool stale_ = false;
  bool blocked_ = false;  // fewer known vantages would let it change
};

}  // namespace waypost::liveness
