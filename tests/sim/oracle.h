// What must hold at every moment, worked out slowly and obviously from what was delivered. It
// shares no code with what it checks but the words.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dnsd/base/clock.h"
#include "dnsd/liveness/verdicts.h"
#include "tests/sim/scenario.h"

namespace waypost::sim {

/// How often each check had something to check; a check that never has is no check.
struct Figures {
  uint64_t flips = 0;
  uint64_t stale = 0;
  uint64_t bounds = 0;
  uint64_t pools = 0;
  uint64_t held = 0;
  uint64_t falls = 0;       // of damped endpoints
  uint64_t watched = 0;     // endpoints that had enough watchers
  uint64_t answers = 0;     // that must not be empty
  uint64_t named = 0;       // endpoints in answers that must not be dead
  uint64_t agreements = 0;  // of two directors
};

/// A life of the director: everything delivered to it, and what follows from that.
class Oracle {
 public:
  Oracle(const Scenario& scenario, Figures& figures) : scenario_(scenario), figures_(figures) {}

  // What was delivered.
  void Restore(const liveness::Memory& memory, Steady now);
  void Configure(const liveness::Layout& layout, const liveness::Board& board);
  void Hear(const std::string& vantage, Steady now) { heard_[vantage] = now; }
  void Place(const std::string& vantage, const std::string& region) { regions_[vantage] = region; }
  const std::string& RegionOf(const std::string& vantage) { return regions_[vantage]; }
  void Doubts(const std::string& vantage, bool doubts);
  void Observe(const std::string& vantage, const std::string& endpoint,
               const liveness::Evidence& evidence, Steady now);
  void Forget(const std::string& vantage);
  void Release(const std::vector<std::string>& ids) { released_.insert(ids.begin(), ids.end()); }

  /// What the votes say where they leave no choice; unset: they do.
  std::optional<bool> Outcome(const std::string& endpoint, Steady now) const;

  // Unset: all is well.

  /// After every call: the changes that it announced, the holds and the epoch.
  std::optional<std::string> CheckCall(liveness::Verdicts& verdicts, const liveness::Board& board,
                                       Steady now);
  /// After every step: all words of the board, and the reports.
  std::optional<std::string> CheckBoard(const liveness::Verdicts& verdicts,
                                        const liveness::Board& board, Steady now);

 private:
  struct Delivered {
    liveness::Opinion opinion = liveness::Opinion::kNone;
    Steady observed{};
    uint64_t sequence = 0;
  };
  struct Hold {
    bool active = false;
    std::optional<Steady> up_since;
  };
  struct Sides {
    uint32_t up = 0, down = 0;
  };
  struct Count : Sides {
    uint32_t known = 0;
    std::map<std::string, Sides> regions;  // known ones
  };

  Count CountOf(const std::string& endpoint, Steady now) const;
  bool IsEnough(const Count& count) const;
  Sides VotersOf(const Count& count) const;
  bool HasQuorum(bool up, bool is_first, const Count& count) const;
  std::optional<std::string> CheckChange(const liveness::Verdict& change, Steady now);
  std::optional<std::string> CheckEndpoint(const liveness::Verdicts& verdicts,
                                           const liveness::Board& board, uint32_t index,
                                           Steady now);
  std::optional<std::string> CheckMemory(const std::string& endpoint,
                                         liveness::Standing standing) const;
  std::optional<std::string> CheckStaleness(const std::string& endpoint,
                                            liveness::Standing standing, Steady now);
  std::optional<std::string> CheckPool(const liveness::Board& board, uint32_t pool);
  std::optional<std::string> CheckHolds(const liveness::Board& board, Steady now);
  std::optional<std::string> CheckEpoch(const liveness::Board& board);
  bool IsPoolDown(const liveness::Board& board, uint32_t pool) const;
  std::optional<std::string> CheckFalls(const std::string& endpoint, Steady now);

  const Scenario& scenario_;
  Figures& figures_;
  liveness::Layout layout_;
  std::map<std::string, Steady> heard_;
  std::map<std::string, std::string> regions_;
  std::map<std::string, bool> doubts_;
  std::map<std::string, std::map<std::string, Delivered>> delivered_;  // endpoint, vantage
  std::map<std::string, Steady> newest_;  // evidence about an endpoint, forgotten or not
  // Stale with enough evidence: right until the next tick, where a forgotten vote broke a tie.
  std::map<std::string, Steady> enough_since_;
  std::map<std::string, bool> verdicts_;  // as announced
  std::map<std::string, bool> remembered_;
  std::map<std::string, Hold> holds_;
  std::set<std::string> released_;
  std::map<std::string, std::vector<Steady>> falls_;  // of damped endpoints
  std::optional<Steady> last_step_;
  Steady::duration step_ = kStep;  // the last one, by the director's clock
  std::vector<uint64_t> words_;
  uint64_t epoch_ = 0;
};

}  // namespace waypost::sim
