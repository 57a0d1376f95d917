// Which vantages watch an endpoint: a pure function of who lives and of the endpoint's name, by
// rendezvous hashing (Thaler, Ravishankar 1998, doi:10.1109/90.663936). Directors that see the same
// vantages choose the same ones without a word between them; one that sees others has as many of
// its own, and a vantage that several directors choose probes once for all of them.
//
// The choice prefers vantages that can look at it and trust themselves, then regions that have
// fewer of the chosen, then the higher hash of vantage and endpoint. When a vantage goes, each
// endpoint that it watched gets one other in its place, and nothing else moves; when one comes, it
// takes one place of each endpoint that it watches from then on.
//
// Thread safety: immutable after construction. Errors: none.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dnsd/liveness/evidence.h"

namespace waypost::liveness {

struct Watcher {
  std::string name;
  std::string region;   // those without one are one region together
  bool doubts = false;  // itself; watches where too few others are left

  bool operator==(const Watcher&) const = default;
};

class Watchers {
 public:
  /// Names are distinct.
  explicit Watchers(std::vector<Watcher> watchers);

  const std::vector<Watcher>& all() const { return watchers_; }
  /// Indices of `count` of them, fewer only where there are fewer, the first choice first. Those to
  /// whom `weights` gives no vote are not chosen; those in `unable`, by name, only where too few
  /// others are left. Either may be null. Complexity: `count` times their number.
  std::vector<uint32_t> Choose(std::string_view endpoint, uint32_t count,
                               const VoteRule::Weights* weights,
                               const std::set<std::string>* unable = nullptr) const;

 private:
  std::vector<Watcher> watchers_;
  std::vector<uint32_t> regions_;  // of each, as a small integer
};

}  // namespace waypost::liveness
