// States that others tell, each with a lease.
//
// Thread safety: one thread. Time is passed in. Errors: unknown names are refused by the return
// value.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dnsd/base/clock.h"

namespace waypost::liveness {

struct SignalSpec {
  enum class Expiry : uint8_t { kUnknown, kUp, kDown };

  std::string name;
  Expiry on_expiry = Expiry::kUnknown;
};

/// What was last told of a signal.
struct Told {
  bool up = true;
  std::string reason;
  std::string author;
  Steady at{};
  Steady until{};  // end of the lease
};

class SignalTable {
 public:
  struct Row {
    SignalSpec spec;
    std::optional<Told> told;
  };
  /// Name -> what was told, with times of the life that remembers.
  using Memory = std::map<std::string, Told>;

  void Restore(Memory memory) { restored_ = std::move(memory); }
  Memory Remember() const;

  /// What was told of signals that stay is kept, by name.
  void Configure(std::vector<SignalSpec> specs);
  /// The index of the signal; unset: there is none of this name.
  std::optional<uint32_t> Set(const std::string& name, Told told);

  std::optional<uint32_t> Find(const std::string& name) const;
  const std::vector<Row>& rows() const { return rows_; }
  /// Unset: unknown.
  std::optional<bool> StateOf(uint32_t index, Steady now) const;
  bool IsExpired(uint32_t index, Steady now) const;
  /// When the next lease ends after `now`; max: none.
  Steady NextEnd(Steady now) const;

 private:
  std::vector<Row> rows_;
  Memory restored_;
};

}  // namespace waypost::liveness
