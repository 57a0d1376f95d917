// The vantages that were heard of, as small integers, and how lately.
//
// A vantage is known, for an endpoint, while it was heard within ten of that endpoint's staleness
// bounds: long enough that an outage of most vantages does not leave the rest to decide alone,
// short enough that vantages which were taken away for good do not block verdicts for hours.
//
// A vantage that doubts itself is suspended: it is known, and has no vote. If what it doubts is
// that many unrelated targets went down together, and more than half of the other connected
// vantages say so too, then the world is broken and not the vantage, and it votes.
//
// Thread safety: one thread. Errors: none; a full table makes room at the cost of the vantage that
// is disconnected the longest, or refuses.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dnsd/base/clock.h"

namespace waypost::liveness {

/// Where a vantage stands.
struct Origin {
  std::string region;  // empty: not said
  uint32_t asn = 0;    // 0: not said
};

/// Why a vantage does not trust its own eyes.
struct Doubt {
  enum class Cause : uint8_t {
    kNone,
    kReferences,  // its reference targets fail
    kTogether,    // many unrelated targets went down together
  };
  Cause cause = Cause::kNone;
  std::string why;
};

class Roster {
 public:
  using Index = uint16_t;

  /// A fleet has one or a few vantages a region; beyond this, someone else is talking.
  static constexpr size_t kMaxVantages = 256;
  static constexpr int kKnownStalenessBounds = 10;

  struct Vantage {
    std::string name;
    Steady heard;
    bool connected = false;
    Origin origin;
    Doubt doubt;
    bool suspended = false;  // follows from its doubt and that of the others
  };

  struct Admission {
    std::optional<Index> index;  // unset: the table is full of connected vantages
    bool replaced = false;       // the index was another vantage's until now
  };

  /// A sign of life; admits a vantage that is new.
  Admission Hear(const std::string& name, Steady now);
  void Disconnect(const std::string& name);
  /// Where a vantage that was heard stands.
  void Place(Index index, Origin origin) { vantages_[index].origin = std::move(origin); }
  /// What a vantage that was heard thinks of itself; true: who is suspended changed.
  bool SetDoubt(Index index, Doubt doubt);

  std::optional<Index> Find(std::string_view name) const;
  const std::vector<Vantage>& vantages() const { return vantages_; }

  static Steady KnownUntil(const Vantage& vantage, std::chrono::milliseconds staleness) {
    return vantage.heard + kKnownStalenessBounds * staleness;
  }

 private:
  Admission Admit(const std::string& name, Steady now);
  bool IsSuspended(const Vantage& vantage) const;

  std::vector<Vantage> vantages_;
};

}  // namespace waypost::liveness
