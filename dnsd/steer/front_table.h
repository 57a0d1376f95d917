// Whom the first steps of a chain leave in front for each class of clients, on days when every
// candidate can be used: remembered when it was found out once, for then it is always the same.
//
// What is in here depends only on the steering and the client map for which it was made, so each
// change of one of them starts anew. Decisions are the same without it.
//
// Remembered are the fences and those steps behind them that ask for nothing but the client's
// class (Chain::settled), of records with at most kMostCandidates pools; of further kinds of
// records nothing, when kMostOctets are full.
//
// Thread safety: any thread. Whoever finds something out writes what all others would. That happens
// once for each class, kind of records and family, so workers share no line that is written for
// every query.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "dnsd/steer/steering.h"
#include "dnsd/steer/want.h"

namespace waypost::steer {

/// A set of candidates by their places among the record's pools with addresses of the wanted
/// family, or that nothing is known yet.
class Front {
 public:
  static constexpr size_t kMostCandidates = 7;

  bool is_known() const noexcept { return octet_.load(std::memory_order_relaxed) != 0; }
  /// Empty: none, or nothing is known.
  uint8_t places() const noexcept {
    return octet_.load(std::memory_order_relaxed) & static_cast<uint8_t>(~kKnown);
  }
  /// Begins to load it.
  void Touch() const noexcept { asm volatile("" : : "r"(octet_.load(std::memory_order_relaxed))); }
  void Remember(uint8_t places) noexcept {
    octet_.store(places | kKnown, std::memory_order_relaxed);
  }

 private:
  static constexpr uint8_t kKnown = 1U << kMostCandidates;
  std::atomic<uint8_t> octet_{0};
};

class FrontTable {
 public:
  static constexpr size_t kMostOctets = size_t{16} << 20;

  FrontTable(const Steering& steering, const geo::ClientMap& clients);

  /// Null: of such a record, or of services, nothing is remembered.
  Front* Find(const Record& record, Want want, uint32_t class_id) const noexcept {
    const uint32_t row = rows_[record.index];
    if (row == kNone || want == Want::kService) return nullptr;
    return &fronts_[(row + (want == Want::kAaaa ? 1 : 0)) * classes_ + class_id];
  }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;

  const size_t classes_;
  std::vector<uint32_t> rows_;  // by Record::index: of IPv4 or names; that of IPv6 follows
  mutable std::vector<Front> fronts_;
};

}  // namespace waypost::steer
