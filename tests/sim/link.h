// The way from a vantage to a director: a stream that delays, breaks, and holds back what it
// carries while the network is partitioned, until it breaks. In a one-way partition what was sent
// arrives, only the vantage hears nothing, and gives up alone. What is no full report may arrive
// again, late.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "dnsd/base/clock.h"
#include "tests/sim/vantage.h"

namespace waypost::sim {

struct Report {
  bool full = false;
  uint64_t generation = 0;  // of the assignment that it speaks of
  Steady sent{};
  bool doubts = false;
  std::vector<Observation> observations;
};

class Link {
 public:
  bool connected() const { return connected_; }
  bool partitioned(Steady now) const { return now < partition_ends_; }
  Steady last_sent() const { return last_sent_; }
  /// Whole since then, as far as the sender can tell and a partition did not interfere.
  Steady sound_since() const { return sound_since_; }

  void Connect(Steady now) {
    connected_ = true;
    sound_since_ = now;
    last_arrival_ = now;
  }
  /// What is under way is lost.
  void Break(Steady retry_at) {
    connected_ = false;
    under_way_.clear();
    retry_at_ = retry_at;
  }
  bool MayConnect(Steady now) const { return !connected_ && now >= retry_at_ && !partitioned(now); }

  void Partition(Steady now, Steady ends, bool one_way) {
    partition_began_ = now;
    partition_ends_ = ends;
    one_way_ = one_way;
  }
  /// The director has not heard that the vantage gave up.
  bool one_way(Steady now) const { return partitioned(now) && one_way_; }
  /// True: the partition lasts so long that both ends give the connection up.
  bool IsGivenUp(Steady now) const {
    return connected_ && partitioned(now) && now - partition_began_ > kKeepAlive;
  }

  void Send(Report report, milliseconds delay) {
    last_sent_ = report.sent;
    last_arrival_ = std::max(last_arrival_, report.sent + delay);
    under_way_.emplace(last_arrival_, std::move(report));
  }
  /// The same again, so much later than all before it.
  void SendAgain(Report report, milliseconds later) {
    under_way_.emplace(last_arrival_ + later, std::move(report));
  }
  std::optional<Report> Receive(Steady now) {
    if (partitioned(now)) sound_since_ = now;
    const bool is_held_back = partitioned(now) && !one_way_;
    if (is_held_back || under_way_.empty() || under_way_.begin()->first > now) {
      return std::nullopt;
    }
    return std::move(under_way_.extract(under_way_.begin()).mapped());
  }

 private:
  static constexpr milliseconds kKeepAlive{3000};

  bool connected_ = false;
  Steady retry_at_{};
  Steady partition_began_{};
  Steady partition_ends_{};
  Steady sound_since_{};
  Steady last_sent_{};
  Steady last_arrival_{};
  bool one_way_ = false;
  std::multimap<Steady, Report> under_way_;  // by arrival
};

}  // namespace waypost::sim
