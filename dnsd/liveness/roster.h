// The vantages that were heard of, as small integers, and how lately.
//
// A vantage is known, for an endpoint, while it was heard within ten of that endpoint's staleness
// bounds: long enough that an outage of most vantages does not leave the rest to decide alone,
// short enough that vantages which were taken away for good do not block verdicts for hours.
//
// Thread safety: one thread. Errors: none; a full table makes room at the cost of the vantage that
// is disconnected the longest, or refuses.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dnsd/base/clock.h"

namespace waypost::liveness {

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
  };

  struct Admission {
    std::optional<Index> index;  // unset: the table is full of connected vantages
    bool replaced = false;       // the index was another vantage's until now
  };

  /// A sign of life; admits a vantage that is new.
  Admission Hear(const std::string& name, Steady now);
  void Disconnect(const std::string& name);

  std::optional<Index> Find(std::string_view name) const;
  const std::vector<Vantage>& vantages() const { return vantages_; }

  static Steady KnownUntil(const Vantage& vantage, std::chrono::milliseconds staleness) {
    return vantage.heard + kKnownStalenessBounds * staleness;
  }

 private:
  Admission Admit(const std::string& name, Steady now);

  std::vector<Vantage> vantages_;
};

}  // namespace waypost::liveness
