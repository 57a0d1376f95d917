// What resolvers are told: the production decision over a simulated board, for every record, both
// address families and a few draws.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dnsd/liveness/board.h"
#include "dnsd/liveness/layout.h"
#include "dnsd/steer/decide.h"
#include "tests/sim/oracle.h"
#include "tests/sim/vantage.h"
#include "tests/support/fake_client_map.h"

namespace waypost::sim {

class Answers {
 public:
  Answers(std::shared_ptr<const steer::Steering> steering, Figures& figures);

  /// The first address of an answer to A; unset: there is none.
  std::optional<uint32_t> First(const std::string& record, const liveness::Board& board);
  /// No answer is empty while the board has an endpoint up that could answer.
  std::optional<std::string> CheckNotEmpty(const liveness::Board& board);
  /// For a director that must know the world: no answer names what has been down since `before`
  /// while another endpoint of the same family has been up since then and may be used.
  std::optional<std::string> CheckNotDead(const liveness::Board& board,
                                          const liveness::Layout& layout,
                                          const std::vector<Truth>& world, Steady before);

 private:
  steer::Decision Decide(const steer::Record& record, steer::Want want,
                         const liveness::Board& board);
  bool HasAlternative(bool v4, const liveness::Board& board, const liveness::Layout& layout,
                      const std::vector<Truth>& world, Steady before) const;
  bool IsV4(uint32_t endpoint) const {
    return steering_->topology.endpoints[endpoint].address.is_v4();
  }

  const std::shared_ptr<const steer::Steering> steering_;
  const test::FakeClientMap clients_;
  Figures& figures_;
  uint64_t asked_ = 0;
};

}  // namespace waypost::sim
