// A director of a simulated fleet: its evidence desk and verdicts, and what they cost.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "dnsd/base/clock.h"
#include "dnsd/config/build.h"
#include "dnsd/control/evidence_desk.h"

namespace waypost::sim {

class Desk {
 public:
  /// Takes an assignment on its way, as octets.
  using Send = std::function<void(const std::string&)>;

  Desk(const VirtualClock& clock, const config::Built& built);

  void Open(control::StreamId stream, const v1::Hello& hello, Send send);
  /// A Report, as octets.
  void Take(control::StreamId stream, const std::string& octets);
  void Tick();

  const liveness::Board& board() const { return *board_; }
  size_t MostAssigned() const;

  // Since the start.
  uint64_t octets_in() const { return octets_in_; }
  uint64_t octets_out() const { return octets_out_; }
  std::chrono::nanoseconds cpu() const { return cpu_; }

 private:
  const VirtualClock& clock_;
  control::EventBus events_;
  liveness::Verdicts verdicts_;
  control::EvidenceDesk desk_;
  std::shared_ptr<liveness::Board> board_;
  uint64_t octets_in_ = 0, octets_out_ = 0;
  std::chrono::nanoseconds cpu_{0};
};

}  // namespace waypost::sim
