// When each of many things must be looked at again, so that nobody scans them all.
//
// An item has one deadline. Moving it later costs nothing: it is found too early, once, and asked
// for again. Moving it earlier adds an entry; stale entries are skipped, and swept out when they
// outnumber the items, so memory is bounded.
//
// Thread safety: one thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

#include "dnsd/base/clock.h"

namespace waypost::liveness {

class Deadlines {
 public:
  explicit Deadlines(size_t items = 0) : at_(items, Steady::max()) {}

  /// Looks at `item` at `when` at the latest.
  void NoLaterThan(uint32_t item, Steady when) {
    if (when >= at_[item]) return;
    at_[item] = when;
    queue_.push({when, item});
    if (queue_.size() > 2 * at_.size() + kSlack) Sweep();
  }

  /// An item whose deadline has come; it has none from then on.
  std::optional<uint32_t> TakeDue(Steady now) {
    while (!queue_.empty() && queue_.top().when <= now) {
      const Entry entry = queue_.top();
      queue_.pop();
      if (at_[entry.item] != entry.when) continue;
      at_[entry.item] = Steady::max();
      return entry.item;
    }
    return std::nullopt;
  }

  size_t entries() const { return queue_.size(); }

 private:
  struct Entry {
    Steady when;
    uint32_t item;
    bool operator>(const Entry& other) const { return when > other.when; }
  };
  using Queue = std::priority_queue<Entry, std::vector<Entry>, std::greater<>>;

  /// Few items may have some stale entries without a sweep each time.
  static constexpr size_t kSlack = 64;

  void Sweep() {
    std::vector<Entry> live;
    for (uint32_t item = 0; item < at_.size(); ++item) {
      if (at_[item] != Steady::max()) live.push_back({at_[item], item});
    }
    queue_ = Queue(std::greater<>(), std::move(live));
  }

  std::vector<Steady> at_;
  Queue queue_;
};

}  // namespace waypost::liveness
