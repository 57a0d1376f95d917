// Parses the queries of a batch and loads what they will be answered from into the cache, all of
// them at once: a name's zone, slot, node and records lie in places that each lead to the next, and
// a miss costs as much as the rest of an answer.
//
// Where it looks is a hint and nothing more: clients of views may be answered from elsewhere, and
// answers are the same without it. They take node and class of the client from here instead of
// finding them once more.
//
// Thread safety: one thread. Nothing allocates or throws.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "dnsd/base/ip.h"
#include "dnsd/serve/horizon.h"
#include "dnsd/wire/query.h"

namespace waypost::serve {

class Lookahead {
 public:
  Lookahead() = default;
  // Hints point to the queries in here.
  Lookahead(const Lookahead&) = delete;
  Lookahead& operator=(const Lookahead&) = delete;

  /// More of them at a time are left out.
  static constexpr size_t kMostQueries = 64;
  /// Of fewer the first is waited for all the same.
  static constexpr size_t kFewestQueries = 3;

  /// A message that will be answered soon, borrowed until the next Load, and who sent it.
  void Add(std::span<const uint8_t> message, const IpAddress& from) noexcept {
    if (count_ < kMostQueries) ahead_[count_++].Begin(message, from);
  }
  /// Begins with all that were added. Null: there is nothing to answer from yet.
  void Load(const Snapshot* snapshot) noexcept;
  /// What the last Load knows of this message, which was the PLACE-th; nothing if it is another.
  /// Preconditions: its octets are the same still, it is answered to the sender that Add was given,
  /// and from the snapshot of Load.
  const Hint& HintOf(size_t place, std::span<const uint8_t> message) const noexcept;

 private:
  struct Ahead {
    const uint8_t* message = nullptr;
    bool is_query = false;
    size_t origin_octets = 0;                // of its zone
    uint64_t hash = 0;                       // of the name, as its zone has it
    const steer::Record* steered = nullptr;  // null: no policy decides
    Hint hint;                               // where zone or node is null, it ends
    IpAddress from;
    wire::Query query;

    void Begin(std::span<const uint8_t> octets, const IpAddress& sender) noexcept;
    bool has_name() const noexcept { return is_query && query.has_question; }
    /// The client subnet, or else who sent it. Who counts as the client is told by query, zone and
    /// policy (UsesSubnet in steered.cc).
    void TakeClient(bool is_subnet) noexcept;
  };

  // One step each, whose loads the next ones need.
  static void LoadIndex(const Ahead& ahead, const Snapshot& snapshot) noexcept;
  static void FindZone(Ahead& ahead, const Snapshot& snapshot) noexcept;
  static void LoadSlot(Ahead& ahead) noexcept;
  static void LoadNode(Ahead& ahead) noexcept;
  static void LoadParts(Ahead& ahead, const Snapshot& snapshot) noexcept;
  static void LoadContent(Ahead& ahead) noexcept;
  static void LoadLeaf(const Ahead& ahead, const geo::ClientMap& clients) noexcept;
  static void Locate(Ahead& ahead, const geo::ClientMap& clients) noexcept;
  static void LoadDecision(const Ahead& ahead, const Snapshot& snapshot) noexcept;

  size_t count_ = 0;
  std::array<Ahead, kMostQueries> ahead_;
};

}  // namespace waypost::serve
