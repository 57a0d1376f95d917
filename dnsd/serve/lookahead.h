// Loads what the queries of a batch will be answered from into the cache, all of them at once: a
// name's slot, node and records lie in places that each lead to the next, and a miss costs as much
// as the rest of an answer.
//
// A hint and nothing more: what it reads of a query is not checked, clients of views may be
// answered from elsewhere, and answers are the same without it. They take a node from here if it
// has the name that they look for, instead of finding it once more.
//
// Thread safety: one thread. Nothing allocates or throws.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "dnsd/base/ip.h"
#include "dnsd/serve/snapshot.h"

namespace waypost::serve {

class Lookahead {
 public:
  /// More of them at a time are left out.
  static constexpr size_t kMostQueries = 64;
  /// Of fewer the first is waited for all the same.
  static constexpr size_t kFewestQueries = 3;

  /// A message that will be answered soon, borrowed until Load, and who sent it.
  void Add(std::span<const uint8_t> query, const IpAddress& from) noexcept {
    if (count_ < kMostQueries) ahead_[count_++] = {.query = query, .client = from};
  }
  /// Begins with all that were added.
  void Load(const Snapshot& snapshot) noexcept;
  /// What the last Load found for this message, which was the PLACE-th; nothing if it is another.
  Hint HintOf(size_t place, std::span<const uint8_t> query) const noexcept {
    if (place >= kMostQueries || ahead_[place].query.data() != query.data()) return {};
    const Ahead& ahead = ahead_[place];
    return {ahead.served, ahead.node, ahead.is_located ? &ahead.client : nullptr, ahead.located};
  }

 private:
  struct Ahead {
    std::span<const uint8_t> query;
    IpAddress client;  // the sender, until it is known better
    size_t name_octets = 0;
    uint64_t hash = 0;
    const ServedZone* served = nullptr;  // null: it ends here
    const zone::Node* node = nullptr;    // null: it ends here
    bool is_located = false;
    geo::Located located;
  };

  // One step each, whose loads the next one needs.
  static void LoadSlot(Ahead& ahead, const Snapshot& snapshot) noexcept;
  static void LoadNode(Ahead& ahead) noexcept;
  static void LoadParts(Ahead& ahead, const Snapshot& snapshot) noexcept;
  static void LoadContent(const Ahead& ahead, const Snapshot& snapshot) noexcept;
  static void Locate(Ahead& ahead, const Snapshot& snapshot) noexcept;

  size_t count_ = 0;
  std::array<Ahead, kMostQueries> ahead_;
};

}  // namespace waypost::serve
