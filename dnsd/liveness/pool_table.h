// The configured pools in board order, and what their words are besides what their endpoints say:
// the pool's own rule (pool_health.h), what it needs and its region (calculated_health.h), and
// bounded automation (automation.h), in this order.
//
// Thread safety: one thread. Time is passed in. Errors: indices are compiled and trusted.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dnsd/base/clock.h"
#include "dnsd/liveness/automation.h"
#include "dnsd/liveness/board.h"
#include "dnsd/liveness/calculated_health.h"
#include "dnsd/liveness/endpoint_table.h"
#include "dnsd/liveness/layout.h"

namespace waypost::liveness {

/// What happened besides changes of verdicts.
struct News {
  std::string kind;     // failover, automation, signal, dissent
  std::string subject;  // pool/NAME, region/NAME, signal/NAME, endpoint/NAME
  std::string text;
};

struct AutomationReport {
  struct Held {
    std::string pool;
    std::string region;
    uint32_t kept_percent = 0;
    Bound bound = Bound::kNone;
    std::string why;
    Steady since{};
  };

  std::string name;
  AutomationSpec::Mode mode = AutomationSpec::Mode::kBound;
  double budget = 1;  // share of the weight that may move now
  Steady::duration cool_down_left{};
  uint32_t regions = 0;
  uint32_t regions_in_use = 0;
  std::vector<Held> held;
  std::vector<std::string> unknown_loads;
};

class PoolTable {
 public:
  struct ToldLoad {
    double load = 0;
    Steady until{};
  };
  /// What outlives the process.
  struct Memory {
    std::map<std::string, double> kept;      // pool -> share of its clients that has not moved yet
    std::map<std::string, PastMoves> moves;  // by automation
    std::map<std::string, ToldLoad> loads;   // by region
  };
  /// News that wait to be taken, at most; then the oldest are dropped.
  static constexpr size_t kMaxNews = 10'000;

  void Restore(Memory memory) { restored_ = std::move(memory); }
  Memory Remember() const;

  void Configure(const Layout& layout, std::vector<BoardLayout::Pool> shapes);

  uint32_t size() const { return static_cast<uint32_t>(pools_.size()); }

  void SignalIs(uint32_t signal, bool up) { calculated_.SignalIs(signal, up); }
  /// False: there is no such region.
  bool SetLoad(const std::string& region, double load, Steady until);
  /// What was told of regions and holds still, by their places in the layout.
  const std::vector<RegionLoad>& RegionLoads(Steady now);

  /// Endpoints of these pools changed, or time passed. Returns all pools whose words may differ.
  std::vector<uint32_t> Settle(std::vector<uint32_t> dirty, const EndpointTable& endpoints,
                               Steady now);
  /// As of the last Settle.
  std::vector<EndpointWord> WordsOf(uint32_t pool, const EndpointTable& endpoints) const;
  uint16_t WeightOf(uint32_t pool, const std::vector<EndpointWord>& words) const;
  uint32_t FirstOf(uint32_t pool) const { return shapes_[pool].first; }
  /// Tells when the pool as a whole went down or came back.
  void PoolIsDown(uint32_t pool, bool down, const std::vector<EndpointWord>& words);

  /// What a pool adds to the reason of an endpoint with this standing; empty: nothing.
  std::string ReasonFor(uint32_t pool, Standing standing, Steady now) const;
  std::vector<AutomationReport> Automations(Steady now) const;
  bool IsMoving() const;
  /// Of a region with a rule of its own.
  std::optional<CalculatedHealth::State> RegionState(uint32_t region) const {
    return calculated_.StateOf(region);
  }
  void Tell(std::string kind, std::string subject, std::string text);
  std::deque<News> TakeNews() { return std::exchange(news_, {}); }

 private:
  static constexpr int32_t kFree = -1;

  void ConfigureAutomations(const std::vector<AutomationSpec>& specs,
                            const std::map<std::string, uint32_t>& former_pools);
  void ConfigureLoads(const std::vector<RegionSpec>& regions);
  void Resume(Automation& automation);
  std::vector<EndpointWord> OwnWords(uint32_t pool, const EndpointTable& endpoints) const;
  std::vector<EndpointWord> Unbound(uint32_t pool, const EndpointTable& endpoints) const;
  void SettleCalculated(std::vector<uint32_t>& dirty, const EndpointTable& endpoints);
  void SettleAutomations(std::vector<uint32_t>& dirty, const EndpointTable& endpoints, Steady now);
  void TellBounds(const Automation& automation, Steady now);

  std::vector<PoolSpec> pools_;
  std::vector<BoardLayout::Pool> shapes_;
  std::vector<RegionLoad> loads_;  // by region
  std::map<std::string, Steady> load_ends_;
  CalculatedHealth calculated_;
  std::map<uint32_t, bool> region_up_;  // as told
  std::vector<Automation> automations_;
  std::vector<int32_t> automation_of_;       // by pool
  std::map<std::string, std::string> told_;  // pool -> by which bound it is held back
  std::map<std::string, bool> down_;         // by pool, as told
  Memory restored_;
  std::deque<News> news_;
};

}  // namespace waypost::liveness
