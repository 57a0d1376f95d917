// From evidence to verdicts to the board: who said what about which endpoint, how the quorum rule
// counts it, and since when it holds. Also failback holds, forced states and drains, which are the
// operator's evidence; signals, which others tell; and what pools are as a whole.
//
// The rules stand where they are applied: vote.h (what opinions say), endpoint_verdict.h (when they
// suffice: never a single vantage where three or more are known; staleness; the wait for others at
// start), standing.h (drained > forced > unmonitored > verdict), holds.h (failback), pool_table.h
// (pools as a whole: calculated health, bounded automation), roster.h (who is known). What changes
// is on the board when the call that caused it returns; each call raises the epoch once.
//
// Cost: Observe takes time with the vantages that speak of the endpoint and, on a change, with the
// endpoints of its pool; Tick with the endpoints whose deadlines have come; Forget and Configure
// look at all endpoints.
//
// Thread safety: one thread, the control thread. Time is passed in; nothing here waits or reads a
// clock, so simulations drive it with a virtual one. Errors: evidence that makes no sense is
// dropped and counted.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dnsd/base/clock.h"
#include "dnsd/liveness/board.h"
#include "dnsd/liveness/endpoint_table.h"
#include "dnsd/liveness/evidence.h"
#include "dnsd/liveness/layout.h"
#include "dnsd/liveness/pool_table.h"
#include "dnsd/liveness/roster.h"

namespace waypost::liveness {

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
  uint8_t layer = 0, fault = 0;   // what failed, where it is down
  uint8_t ramp = Temper::kWhole;  // share of the weight during a slow start
  std::string path_trouble;       // as in reason.h
  Load load;                      // as the vantages read it
};

struct VoteReport {
  std::string vantage;
  Evidence evidence;
  bool counted = false;
  std::string why;
};

/// What outlives the process.
struct Memory {
  std::map<std::string, bool> last_up;  // endpoint id -> last verdict
  // Hold id -> seconds for which its pool had been up again; the delay goes on from there.
  std::map<std::string, int64_t> holds;
  // Name -> region of the vantages that were heard lately: they are known from the start of the
  // next life on, so that the first of them to come back does not decide alone.
  std::map<std::string, std::string> vantages;
  PoolTable::Memory pools;
  SignalTable::Memory signals;
  EndpointTable::Tempers tempers;
};

struct SignalReport {
  std::string name;
  std::optional<bool> up;  // unset: unknown
  bool expired = false;
  std::optional<Told> told;
};

/// What was refused or lost, since the start.
struct Dropped {
  uint64_t unknown_endpoints = 0;  // evidence about endpoints that are not configured or monitored
  uint64_t late = 0;               // evidence with a sequence number that has passed
  uint64_t excess_vantages = 0;    // words of vantages beyond Roster::kMaxVantages
  uint64_t changes = 0;            // nobody took them
};

class Verdicts {
 public:
  /// Changes that wait for TakeChanges, and dissents for TakeNews, at most; then the oldest are
  /// dropped.
  static constexpr size_t kMaxChanges = 100'000;

  Verdicts();
  ~Verdicts();
  Verdicts(Verdicts&&) noexcept;
  Verdicts& operator=(Verdicts&&) noexcept;

  /// All that is known, for a look at what another configuration would make of it. Configure it
  /// before anything else: until then it names the board of the original.
  Verdicts Clone() const;

  /// Call once before Configure, with what Remember returned in a former life. Its vantages are
  /// known from then on, as if heard at that moment.
  void Restore(Memory memory);
  /// As of the latest time that any call was given.
  Memory Remember() const;
  /// Vantages that came so far: when it grows, there is more to remember.
  uint64_t arrivals() const;

  /// Takes a new configuration and the board to write to from now on; writes all words. Verdicts,
  /// evidence and holds of endpoints that stay are kept.
  void Configure(Layout layout, std::shared_ptr<Board> board, Steady now);

  /// A vantage's evidence about an endpoint; unknown endpoints are ignored.
  void Observe(const std::string& vantage, const std::string& endpoint, Evidence evidence,
               Steady now);
  /// A sign of life without news: everything this vantage said before is still what it sees. It
  /// does not renew evidence that is older than the staleness bound by itself: probes must go on.
  void Heartbeat(const std::string& vantage, Steady now);
  /// Where a vantage stands, told when it connects.
  void Introduce(const std::string& vantage, Origin origin, Steady now);
  /// Whether it trusts its own eyes (roster.h says what follows). When its votes are no longer
  /// suspended because it does, what it said to be down is forgotten until it looked anew. Looks at
  /// all endpoints if that changes who has a vote.
  void Doubts(const std::string& vantage, Doubt doubt, Steady now);
  /// The vantage said goodbye or its stream broke; its evidence counts until the staleness bound.
  void Disconnect(const std::string& vantage, Steady now);
  /// Forgets what a vantage said about everything (before a full report, which may begin to count
  /// its sequence numbers anew). Shows on the board at the next Tick, so a report that repeats all
  /// at once makes nothing flicker.
  void Forget(const std::string& vantage);

  /// Applies time: staleness, delayed failback. Call at least ten times a second.
  void Tick(Steady now);
  /// Lets held pools take traffic again; returns the ids that were held.
  std::vector<std::string> Release(const std::vector<std::string>& hold_ids);

  /// What others tell of a signal, until the lease ends. False: it is not declared.
  bool SetSignal(const std::string& name, Told told, Steady now);
  std::vector<SignalReport> Signals(Steady now) const;
  /// A region's load until then, in the unit of its capacity. False: there is no such region.
  bool SetLoad(const std::string& region, double load, Steady until, Steady now);

  /// Changes since the last call, in order.
  std::vector<Verdict> TakeChanges();
  /// The same of pools and regions as a whole, of signals that ran out, and of vantages that stand
  /// together and see an endpoint down that all others see up.
  std::deque<News> TakeNews();

  EndpointReport Report(const std::string& endpoint, Steady now) const;
  std::vector<VoteReport> Votes(const std::string& endpoint, Steady now) const;
  std::vector<AutomationReport> Automations(Steady now) const;
  /// Automation is moving a pool's traffic, or holds it back.
  bool IsMoving() const;
  /// Of a region, by its place in the layout, with a rule of its own.
  std::optional<CalculatedHealth::State> RegionState(uint32_t region) const;
  /// Ids of holds whose pools are up and wait.
  std::vector<std::string> Held() const;
  const Dropped& dropped() const;
  /// Why a vantage's votes do not count; empty: they do.
  std::string Suspended(const std::string& vantage) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace waypost::liveness
