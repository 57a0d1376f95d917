// From evidence to verdicts to the board: who said what about which endpoint, how the quorum rule
// counts it, and since when it holds. Also failback holds, forced states and drains, which are the
// operator's evidence.
//
// Thread safety: one thread, the control thread. Time is passed in; nothing here waits or reads a
// clock, so simulations drive it with a virtual one. Errors: evidence that makes no sense is
// dropped and counted.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dnsd/base/clock.h"
#include "dnsd/liveness/board.h"
#include "dnsd/liveness/vote.h"

namespace waypost::liveness {

/// What a monitor says about counting, for one endpoint.
struct VoteRule {
  Quorum quorum = Quorum::kMajority;
  std::chrono::milliseconds staleness{17000};
  std::chrono::milliseconds interval{5000};
  uint32_t rise = 2;
  uint32_t fall = 3;
  bool operator==(const VoteRule&) const = default;
};

enum class Forced : uint8_t { kNo, kUp, kDown };

struct EndpointSpec {
  std::string id;  // POOL/ADDRESS; verdicts are carried over by it when the configuration changes
  bool monitored = true;
  VoteRule rule;
  uint16_t weight = 100;
  bool drained = false;  // itself, its pool or its region
  Forced forced = Forced::kNo;
};

struct PoolSpec {
  std::string name;
  uint16_t weight = 100;
};

struct HoldSpec {
  std::string id;  // POLICY/POOL; carried over like verdicts
  uint32_t pool = 0;
  bool manual = false;
  std::chrono::seconds delay{300};
};

/// Everything in board order.
struct Layout {
  std::vector<EndpointSpec> endpoints;
  std::vector<PoolSpec> pools;
  std::vector<HoldSpec> holds;
};

/// One vantage's latest word about one endpoint.
struct Evidence {
  Opinion opinion = Opinion::kNone;
  Steady observed;  // by the director's clock
  Steady opinion_since;
  uint64_t sequence = 0;
  uint8_t failed_layer = 0;  // v1::Layer
  std::string detail;
  uint32_t contrary = 0;
  uint32_t connect_us = 0, tls_us = 0, first_byte_us = 0, total_us = 0;
  int64_t certificate_expires_in_s = 0;
};

struct Verdict {
  std::string endpoint;
  Standing before = Standing::kNoData;
  Standing after = Standing::kNoData;
  std::string reason;  // "down from 2 of 3 (connect: connection refused)"
};

struct EndpointReport {
  Standing standing = Standing::kNoData;
  std::string reason;
  std::optional<Steady> since;
  uint32_t votes_up = 0, votes_down = 0, votes_stale = 0;
};

struct VoteReport {
  std::string vantage;
  Evidence evidence;
  bool counted = false;
  std::string why;
};

/// What outlives the process.
struct Memory {
  std::map<std::string, bool> last_up;   // endpoint id -> last verdict
  std::map<std::string, int64_t> holds;  // hold id -> Unix time in seconds at which the hold began
};

class Verdicts {
 public:
  Verdicts();
  ~Verdicts();

  /// Call once before Configure, with what Remember returned in a former life.
  void Restore(Memory memory);
  Memory Remember() const;

  /// Takes a new configuration and the board to write to from now on; writes all words. Verdicts,
  /// evidence and holds of endpoints that stay are kept.
  void Configure(Layout layout, std::shared_ptr<Board> board, Steady now);

  /// A vantage's evidence about an endpoint; unknown endpoints are ignored.
  void Observe(const std::string& vantage, const std::string& endpoint, Evidence evidence,
               Steady now);
  /// A sign of life without news: everything this vantage said before is still what it sees. It
  /// does not renew evidence that is older than the staleness bound by itself: probes must go on.
  void Heartbeat(const std::string& vantage, Steady now);
  /// The vantage said goodbye or its stream broke; its evidence counts until the staleness bound.
  void Disconnect(const std::string& vantage, Steady now);
  /// Forgets what a vantage said about everything (before a full report).
  void Forget(const std::string& vantage);

  /// Applies time: staleness, delayed failback. Call at least ten times a second.
  void Tick(Steady now);
  /// Lets held pools take traffic again; returns the ids that were held.
  std::vector<std::string> Release(const std::vector<std::string>& hold_ids);

  /// Changes since the last call, in order.
  std::vector<Verdict> TakeChanges();

  EndpointReport Report(const std::string& endpoint, Steady now) const;
  std::vector<VoteReport> Votes(const std::string& endpoint, Steady now) const;
  std::vector<std::string> Held() const;  // hold ids

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace waypost::liveness
