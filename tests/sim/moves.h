// Bounded automation under fire: pools that fall and rise, drains, new configurations and clocks
// that leap, against the production verdicts, with invariants after every step that are read off
// the board:
// - in any minute no more of the weight moves by itself than `max_shift` (and a step of the board);
// - nothing moves by itself that leaves fewer regions in use than `min_regions`;
// - nothing moves by itself away from a region within `cool_down` of a move away from another one;
// - what is held back says by which bound, and with `max_shift` alone it is out in the end.
// What operators do is not bounded.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dnsd/base/clock.h"
#include "dnsd/base/random.h"
#include "dnsd/liveness/board.h"
#include "dnsd/liveness/verdicts.h"

namespace waypost::sim {

class Moves {
 public:
  /// All of it is drawn from the seed.
  explicit Moves(uint64_t seed);

  /// What went wrong and when; unset: nothing.
  std::optional<std::string> Run();

  /// How often there was something to check.
  struct Figures {
    uint64_t moves = 0;  // that made a pool's share smaller
    uint64_t held = 0;   // pools that were held back, in every step
    uint64_t drains = 0;
  };
  const Figures& figures() const { return figures_; }

 private:
  struct Pool {
    uint32_t region = 0;
    double part = 0;  // of the weight of all
    bool up = true;   // what is true of it
    bool drained = false;
    double share = 1;  // of its clients, as of the last step
    std::optional<Steady> lost;
  };
  struct Move {
    Steady at;
    double weight = 0;
    uint32_t region = 0;
  };
  using Wrong = std::optional<std::string>;

  void DrawPools();
  void DrawBounds();
  void Configure();
  void StepWorld();
  void Observe();
  /// Of its clients that are sent to this pool, by the board.
  double ShareOf(uint32_t pool) const;
  uint32_t RegionsInUse() const;
  Wrong Check();
  Wrong CheckMove(const Pool& pool, double before, uint32_t regions_before);
  Wrong CheckShift() const;
  Wrong CheckHeld();
  std::string ToString() const;

  const uint64_t seed_;
  Random random_;
  Steady now_{std::chrono::hours(1)};
  liveness::AutomationSpec bounds_;
  std::vector<Pool> pools_;
  uint32_t regions_ = 0;
  liveness::Layout layout_;
  std::shared_ptr<liveness::Board> board_;
  liveness::Verdicts verdicts_;
  uint64_t sequence_ = 0;
  std::deque<Move> moves_;
  Figures figures_;
};

}  // namespace waypost::sim
