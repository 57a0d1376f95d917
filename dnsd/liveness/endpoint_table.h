// The configured endpoints in board order, each with what was said about it and what follows. A new
// configuration replaces them; what stays is carried over by id.
//
// Thread safety: one thread. Errors: none; an unknown id is not found.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "dnsd/base/clock.h"
#include "dnsd/liveness/ballot.h"
#include "dnsd/liveness/board.h"
#include "dnsd/liveness/endpoint_verdict.h"
#include "dnsd/liveness/layout.h"

namespace waypost::liveness {

struct Endpoint {
  static constexpr uint32_t kNoPool = UINT32_MAX;

  EndpointSpec spec;
  Ballot ballot;
  EndpointVerdict verdict;
  Temper temper;
  uint32_t pool = kNoPool;
  EndpointWord own;             // by itself
  EndpointWord word;            // as on the board: its pool's rule applied
  Load load;                    // as the vantages read it
  bool dissent = false;         // some vantages, which stand together, see it down: this was told
  bool is_new = true;           // not shown on any board yet
  std::optional<Steady> since;  // its standing changed; unset: never
  Steady fell_at{};             // it was last seen to go down by itself, else when it came here
};

class EndpointTable {
 public:
  using LastUp = std::map<std::string, bool>;

  /// The last verdicts of a former life, for endpoints that are configured from now on.
  void Restore(LastUp last_up) { restored_ = std::move(last_up); }
  LastUp Remember() const;
  /// The same of penalties and ramps; those that have none are left out.
  using Tempers = std::map<std::string, Temper::Memory>;
  void RestoreTempers(Tempers tempers) { restored_tempers_ = std::move(tempers); }
  Tempers RememberTempers() const;

  void Replace(std::vector<EndpointSpec> specs, const std::vector<BoardLayout::Pool>& pools,
               Steady now);

  uint32_t size() const { return static_cast<uint32_t>(endpoints_.size()); }
  Endpoint& operator[](uint32_t index) { return endpoints_[index]; }
  const Endpoint& operator[](uint32_t index) const { return endpoints_[index]; }
  std::optional<uint32_t> IndexOf(const std::string& id) const;
  const Endpoint* Find(const std::string& id) const;

 private:
  using ById = std::unordered_map<std::string, Endpoint>;

  ById TakeAll();
  Endpoint Begin(const std::string& id, Steady now);
  void AssignPools(const std::vector<BoardLayout::Pool>& pools);

  std::vector<Endpoint> endpoints_;
  std::unordered_map<std::string, uint32_t> by_id_;
  LastUp restored_;
  Tempers restored_tempers_;
};

}  // namespace waypost::liveness
