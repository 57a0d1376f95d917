// What the refresher knows of one zone, and what it tells others.
//
// Thread safety: values; a SecondaryZone belongs to the refresher's thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dnsd/base/clock.h"
#include "dnsd/base/ip.h"
#include "dnsd/transfer/refresh_schedule.h"
#include "dnsd/transfer/transfer_reader.h"
#include "dnsd/transfer/trouble.h"
#include "dnsd/zone/records.h"

namespace waypost::control {

struct Primary {
  SocketAddress address;
  std::string key;  // its name; empty: nothing is signed

  bool operator==(const Primary&) const = default;
};

/// A version of a zone, as a primary gave it.
struct Version {
  std::shared_ptr<const zone::Records> content;
  std::vector<transfer::Delta> deltas;  // that led to it; none: it came as a whole
  uint64_t out_of_zone = 0;             // records that were left out
};

/// News on their way to those who publish and keep them.
struct Delivery {
  enum class Kind : uint8_t { kNew, kConfirmed, kExpired };

  std::string origin;
  Kind kind = Kind::kNew;
  Version version;  // of kNew
  /// Of kNew: called once, on any thread; absent: it is served.
  std::function<void(std::optional<transfer::Trouble>)> done;
};

struct KeptContent {
  std::shared_ptr<const zone::Records> content;
  Wall confirmed;
  std::string listed_by;  // a catalog; empty: it was declared
};

/// The last failure.
struct SecondaryError {
  transfer::Trouble trouble;
  std::string primary;
  Steady at;
};

struct SecondaryFacts {
  bool is_busy = false;
  bool has_expired = false;
  std::optional<uint32_t> serial;
  std::string primary;
  std::string transferred_by;
  std::optional<Steady> confirmed;
  std::optional<Steady> expires;
  Steady due;
  uint64_t failures = 0;
  std::optional<SecondaryError> error;

  /// As SecondaryStatus.state has it.
  std::string_view state() const {
    if (!serial) return has_expired ? "expired" : "waiting";
    return error ? "failing" : "current";
  }
};

/// Since the start.
struct SecondaryFigures {
  uint64_t checks = 0;
  uint64_t whole_transfers = 0;
  uint64_t incremental_transfers = 0;
  uint64_t expired = 0;
  std::array<uint64_t, transfer::kLayers> failures{};  // of checks, by transfer::Layer
};

struct SecondaryZone {
  SecondaryZone(std::string name, Steady now, uint64_t seed)
      : origin(std::move(name)), schedule(now, seed) {}

  const std::string origin;
  std::string wire_origin;  // lowered
  std::vector<Primary> primaries;
  std::string incarnation;  // as in config::ListedZone
  std::shared_ptr<const zone::Records> content;
  transfer::RefreshSchedule schedule;
  Steady checked;              // when the last check began
  Steady queued;               // where it stands in the queue
  bool is_gone = false;        // no longer configured
  bool is_busy = false;        // a check is under way
  bool is_delivering = false;  // what it brought is on its way to the builder
  bool is_hastened = false;    // and another is wanted after it
  bool wants_whole = false;
  SecondaryFacts facts;
};

}  // namespace waypost::control
