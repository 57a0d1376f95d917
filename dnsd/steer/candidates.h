// The pools that a decision still considers, in groups: all of one rank are equal, the first group
// answers.
//
// Within a group the order is that of the record, so that a decision never depends on how a step
// went about its work. The list lives on the stack of Decide: fixed size, nothing initialised that
// is not used, no allocation.
//
// Thread safety: a value of one decision.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "dnsd/liveness/board.h"
#include "dnsd/steer/topology.h"

namespace waypost::steer {

struct Candidate {
  PoolIndex pool;
  uint16_t ordinal;                 // place among the record's, of the wanted family
  liveness::StandingSet standings;  // of its endpoints of the wanted family
  uint16_t weight;
  uint32_t rank;
  uint32_t key;  // scratch of the ordering steps
};

class Candidates {
 public:
  Candidates() noexcept {}

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const Candidate& operator[](size_t i) const { return items_[i]; }
  const Candidate* begin() const { return items_.data(); }
  const Candidate* end() const { return items_.data() + size_; }
  std::span<const Candidate> all() const { return {items_.data(), size_}; }
  /// End of the group that starts at `first`.
  size_t GroupEnd(size_t first) const {
    size_t end = first;
    while (end < size_ && items_[end].rank == items_[first].rank) ++end;
    return end;
  }
  std::span<const Candidate> front() const { return {items_.data(), front_}; }

  void Clear() { size_ = front_ = 0; }
  /// Into the one group that there is before the first step. Precondition: fewer than
  /// kMaxCandidates are there.
  void Add(PoolIndex pool, liveness::StandingSet standings, uint16_t weight) {
    const auto ordinal = static_cast<uint16_t>(size_);
    items_[size_] = {pool, ordinal, standings, weight, kFirstRank, 0};
    front_ = ++size_;
  }

  void SetStandings(size_t i, liveness::StandingSet standings) { items_[i].standings = standings; }

  /// Drops all that `keep` does not want; perhaps all.
  template <typename Predicate>
  void KeepOnly(Predicate keep) {
    Shrink(Compact(keep));
  }
  /// The same, but where nothing would be kept everything stays.
  template <typename Predicate>
  void Prefer(Predicate keep) {
    const size_t kept = Compact(keep);
    if (kept > 0) Shrink(kept);
  }

  /// Splits groups by `key` (of a Candidate, lower is better): all within `tolerance` of the best
  /// of a group stay together in front of the others of that group, which follow by key. With
  /// `front_only` just the first group is split, in two, and what is behind is in no order: enough
  /// where no later step can drop the front.
  template <typename Key>
  void Order(Key key, uint32_t tolerance, bool front_only) {
    if (front_only) {
      OrderFront(key, tolerance);
    } else {
      OrderAll(key, tolerance);
    }
  }

  /// Drops all but those whose bit is set in `places`, by ordinal, and they are in front.
  /// Precondition: no step came before.
  void KeepPlaces(uint64_t places) {
    size_ = front_ = Compact([&](const Candidate& c) { return (places >> c.ordinal & 1) != 0; });
  }

  /// What `moves` wants comes behind all others, in groups as before; where it wants all, all stay.
  template <typename Predicate>
  void PutBehind(Predicate moves) {
    size_t moving = 0;
    for (size_t i = 0; i < size_; ++i) {
      items_[i].key = moves(items_[i]) ? kBehind : 0;
      if (items_[i].key != 0) ++moving;
    }
    if (moving == 0 || moving == size_) return;
    for (size_t i = 0; i < size_; ++i) items_[i].rank += items_[i].key;
    std::sort(items_.begin(), items_.begin() + size_, [](const Candidate& a, const Candidate& b) {
      return a.rank != b.rank ? a.rank < b.rank : a.ordinal < b.ordinal;
    });
    front_ = GroupEnd(0);
  }

  /// The i-th, of the front group, becomes a group of its own in front of all.
  void PutInFront(size_t i) {
    Candidate chosen = items_[i];
    chosen.rank = items_[0].rank - 1;
    std::move_backward(items_.begin(), items_.begin() + i, items_.begin() + i + 1);
    items_[0] = chosen;
    front_ = 1;
  }

 private:
  // Ranks count down from here when a step puts something in front; a chain has at most 64 steps.
  static constexpr uint32_t kFirstRank = 1U << 16;
  // Above all ranks that are not behind; 64 times that is still a rank.
  static constexpr uint32_t kBehind = 1U << 20;

  template <typename Predicate>
  size_t Compact(Predicate keep) {
    size_t kept = 0;
    for (size_t i = 0; i < size_; ++i) {
      if (!keep(items_[i])) continue;
      if (kept != i) items_[kept] = items_[i];
      ++kept;
    }
    return kept;
  }

  void Shrink(size_t kept) {
    const bool is_one_group = front_ == size_;
    size_ = kept;
    front_ = is_one_group ? kept : GroupEnd(0);
  }

  template <typename Key>
  uint32_t FindKeys(Key key, size_t first, size_t end) {
    uint32_t best = ~uint32_t{0};
    for (size_t i = first; i < end; ++i) {
      items_[i].key = key(items_[i]);
      best = std::min(best, items_[i].key);
    }
    return best;
  }

  template <typename Key>
  void OrderFront(Key key, uint32_t tolerance) {
    const uint32_t best = FindKeys(key, 0, front_);
    const uint32_t front_rank = items_[0].rank - 1;
    size_t kept = 0;
    for (size_t i = 0; i < front_; ++i) {
      if (items_[i].key - best > tolerance) continue;
      if (kept != i) std::swap(items_[i], items_[kept]);
      items_[kept++].rank = front_rank;
    }
    front_ = kept;
  }

  template <typename Key>
  void OrderAll(Key key, uint32_t tolerance) {
    uint32_t next_rank = kFirstRank;
    for (size_t first = 0, end = 0; first < size_; first = end) {
      end = GroupEnd(first);
      const uint32_t best = FindKeys(key, first, end);
      for (size_t i = first; i < end; ++i) {
        if (items_[i].key - best <= tolerance) items_[i].key = best;
      }
      SortGroup(first, end);
      next_rank = Renumber(first, end, next_rank);
    }
    front_ = GroupEnd(0);
  }

  void SortGroup(size_t first, size_t end) {
    std::sort(items_.begin() + first, items_.begin() + end,
              [](const Candidate& a, const Candidate& b) {
                return a.key != b.key ? a.key < b.key : a.ordinal < b.ordinal;
              });
  }

  // Each key of a sorted group becomes a rank; returns the next free one.
  uint32_t Renumber(size_t first, size_t end, uint32_t rank) {
    for (size_t i = first; i < end; ++i) {
      if (i > first && items_[i].key != items_[i - 1].key) ++rank;
      items_[i].rank = rank;
    }
    return rank + 1;
  }

  size_t size_ = 0;
  size_t front_ = 0;  // end of the first group
  std::array<Candidate, kMaxCandidates> items_;
};

}  // namespace waypost::steer
