#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <array>

#include "dnsd/config/build.h"
#include "dnsd/config/catalog.h"
#include "dnsd/config/layout_pools.h"

namespace waypost::config {
namespace {

using google::protobuf::Duration;
using google::protobuf::util::TimeUtil;
using std::chrono::milliseconds;
using std::chrono::system_clock;

// Defaults of monitors, as monitor.proto states them.
constexpr int64_t kIntervalMs = 5000;
constexpr int64_t kTimeoutMs = 2000;
constexpr uint32_t kRise = 2;
constexpr uint32_t kFall = 3;
constexpr int64_t kBackoffAfterMs = 5 * 60'000;
constexpr int64_t kHalfLifeMs = 5 * 60'000;
constexpr int64_t kLongestDampingMs = 30 * 60'000;
constexpr uint32_t kSuppress = 300;
constexpr uint32_t kReuse = 150;
constexpr double kHundredths = 100;
constexpr uint32_t kFirstShare = 10;
constexpr int64_t kLeastStalenessMs = 3000;
constexpr uint32_t kHttpPort = 80;
constexpr uint32_t kHttpsPort = 443;

milliseconds ToMilliseconds(const Duration& duration) {
  return milliseconds(TimeUtil::DurationToMilliseconds(duration));
}

/// Those in force at a moment, by target.
class Overrides {
 public:
  Overrides(const ResourceSet& resources, system_clock::time_point now) {
    const int64_t now_ns =
        std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch()).count();
    for (const auto& [name, override] : CatalogOf(resources).overrides) {
      const bool has_ended =
          override->has_until() && TimeUtil::TimestampToNanoseconds(override->until()) <= now_ns;
      if (!has_ended) by_target_[name] = override;
    }
  }

  const std::map<std::string, const v1::Override*>& by_target() const { return by_target_; }
  bool IsDrained(const Target& target) const {
    const v1::Override* override = At(target);
    return override != nullptr && override->drain();
  }
  v1::AutomationMode ModeOf(const std::string& automation) const {
    const v1::Override* override = At({Target::Kind::kAutomation, automation, ""});
    return override == nullptr ? v1::AUTOMATION_MODE_UNSPECIFIED : override->automation();
  }
  liveness::Forced ForcedAt(const Target& target) const {
    const v1::Override* override = At(target);
    if (override == nullptr || !override->has_force()) return liveness::Forced::kNo;
    return override->force() == v1::FORCED_STATE_UP ? liveness::Forced::kUp
                                                    : liveness::Forced::kDown;
  }

 private:
  const v1::Override* At(const Target& target) const {
    const auto found = by_target_.find(target.ToString());
    return found == by_target_.end() ? nullptr : found->second;
  }

  std::map<std::string, const v1::Override*> by_target_;
};

bool IsV6(const v1::Endpoint& endpoint) {
  return endpoint.address().find(':') != std::string::npos;
}

const v1::Pool& DeclaredPool(const Built& built, steer::PoolIndex pool) {
  const std::string& name = built.steering->topology.pools[pool].name;
  const auto laid = built.laid_pools.find(name);
  return laid != built.laid_pools.end() ? laid->second : built.resources.at("pool/" + name)->pool();
}

/// A pool's endpoints in the order of the topology: IPv6 addresses last.
std::vector<const v1::Endpoint*> InBoardOrder(const v1::Pool& pool) {
  std::vector<const v1::Endpoint*> endpoints;
  for (const bool wants_v6 : {false, true}) {
    for (const v1::Endpoint& endpoint : pool.endpoints()) {
      if (IsV6(endpoint) == wants_v6) endpoints.push_back(&endpoint);
    }
  }
  return endpoints;
}

struct Declared {
  const v1::Pool& pool;
  const v1::Endpoint& endpoint;
};

Declared FindDeclared(const Built& built, steer::EndpointIndex index) {
  const steer::Topology& topology = built.steering->topology;
  const steer::PoolIndex pool = topology.endpoints[index].pool;
  const v1::Pool& declared = DeclaredPool(built, pool);
  return {declared, *InBoardOrder(declared)[index - topology.pools[pool].first]};
}

void FillHttp(v1::HttpProbe& http, uint32_t port, const v1::Endpoint& endpoint) {
  if (http.port() == 0) http.set_port(port);
  if (http.path().empty()) http.set_path("/");
  if (http.method().empty()) http.set_method("GET");
  if (http.host().empty()) http.set_host(endpoint.cname());
  if (http.expect().status().empty()) http.mutable_expect()->add_status("200-299");
}

void FillTimes(v1::Monitor& monitor) {
  if (!monitor.has_interval()) {
    *monitor.mutable_interval() = TimeUtil::MillisecondsToDuration(kIntervalMs);
  }
  if (!monitor.has_timeout()) {
    *monitor.mutable_timeout() = TimeUtil::MillisecondsToDuration(kTimeoutMs);
  }
  if (!monitor.has_staleness()) {
    const Duration renewed = monitor.interval() * int64_t{3} + monitor.timeout();
    *monitor.mutable_staleness() =
        std::max(renewed, TimeUtil::MillisecondsToDuration(kLeastStalenessMs));
  }
}

void FillDamping(v1::Damping& damping) {
  if (!damping.has_half_life()) {
    *damping.mutable_half_life() = TimeUtil::MillisecondsToDuration(kHalfLifeMs);
  }
  if (!damping.has_max()) {
    *damping.mutable_max() = TimeUtil::MillisecondsToDuration(kLongestDampingMs);
  }
  if (damping.suppress() == 0) damping.set_suppress(kSuppress);
  if (damping.reuse() == 0) damping.set_reuse(kReuse);
}

void FillCourse(v1::Monitor& monitor) {
  if (monitor.has_backoff() && !monitor.backoff().has_after()) {
    *monitor.mutable_backoff()->mutable_after() = TimeUtil::MillisecondsToDuration(kBackoffAfterMs);
  }
  if (monitor.has_damping()) FillDamping(*monitor.mutable_damping());
  if (monitor.has_slow_start() && monitor.slow_start().from() == 0) {
    monitor.mutable_slow_start()->set_from(kFirstShare);
  }
}

/// The monitor with all defaults, except what depends on the endpoint.
void FillDefaults(v1::Monitor& monitor) {
  FillTimes(monitor);
  if (monitor.rise() == 0) monitor.set_rise(kRise);
  if (monitor.fall() == 0) monitor.set_fall(kFall);
  if (monitor.forget() == 0) monitor.set_forget(monitor.fall());
  FillCourse(monitor);
  if (monitor.quorum() == v1::QUORUM_UNSPECIFIED) monitor.set_quorum(v1::QUORUM_MAJORITY);
}

/// An endpoint's own port instead of the monitor's. Members of a combined monitor keep theirs,
/// which tell them apart.
void SetPort(v1::Monitor& monitor, uint32_t port) {
  if (port == 0) return;
  if (monitor.has_http()) monitor.mutable_http()->set_port(port);
  if (monitor.has_https()) monitor.mutable_https()->set_port(port);
  if (monitor.has_tcp()) monitor.mutable_tcp()->set_port(port);
  if (monitor.has_tls()) monitor.mutable_tls()->set_port(port);
  if (monitor.has_udp()) monitor.mutable_udp()->set_port(port);
  if (monitor.has_dns()) monitor.mutable_dns()->set_port(port);
  if (monitor.has_grpc()) monitor.mutable_grpc()->set_port(port);
  if (monitor.has_held()) monitor.mutable_held()->set_port(port);
  if (monitor.has_command()) monitor.mutable_command()->set_port(port);
}

v1::Monitor FilledMonitor(const Built& built, const std::string& name,
                          const v1::Endpoint& endpoint) {
  v1::Monitor monitor = built.resources.at("monitor/" + name)->monitor();
  FillDefaults(monitor);
  if (monitor.has_http()) FillHttp(*monitor.mutable_http(), kHttpPort, endpoint);
  if (monitor.has_https()) FillHttp(*monitor.mutable_https(), kHttpsPort, endpoint);
  return monitor;
}

std::unique_ptr<v1::Monitor> MonitorOf(const Built& built, const Declared& declared) {
  const std::string& own = declared.endpoint.monitor();
  const std::string& name = own.empty() ? declared.pool.monitor() : own;
  if (name.empty()) return nullptr;
  auto monitor = std::make_unique<v1::Monitor>(FilledMonitor(built, name, declared.endpoint));
  SetPort(*monitor, declared.endpoint.port());
  return monitor;
}

liveness::Quorum QuorumOf(v1::Quorum quorum) {
  switch (quorum) {
    case v1::QUORUM_ANY:
      return liveness::Quorum::kAny;
    case v1::QUORUM_ALL:
      return liveness::Quorum::kAll;
    case v1::QUORUM_COUNT:
      return liveness::Quorum::kCount;
    default:
      return liveness::Quorum::kMajority;
  }
}

std::shared_ptr<const liveness::VoteRule::Weights> WeightsOf(const v1::Monitor& monitor) {
  const auto& weights = monitor.vantage_weights();
  if (weights.empty()) return nullptr;
  return std::make_shared<liveness::VoteRule::Weights>(weights.begin(), weights.end());
}

liveness::VoteRule RuleOf(const v1::Monitor& monitor) {
  return {.quorum = QuorumOf(monitor.quorum()),
          .count = monitor.quorum_count(),
          .by_region = monitor.voters() == v1::VOTERS_REGIONS,
          .vantages = monitor.vantages(),
          .weights = WeightsOf(monitor),
          .staleness = ToMilliseconds(monitor.staleness()),
          .interval = ToMilliseconds(monitor.interval()),
          .backoff = ToMilliseconds(monitor.backoff().max()),
          .rise = monitor.rise(),
          .fall = monitor.fall()};
}

liveness::Damping DampingOf(const v1::Damping& damping) {
  return {.half_life = ToMilliseconds(damping.half_life()),
          .suppress = damping.suppress() / kHundredths,
          .reuse = damping.reuse() / kHundredths,
          .max = ToMilliseconds(damping.max())};
}

liveness::SlowStart SlowStartOf(const v1::SlowStart& slow_start) {
  return {.over = ToMilliseconds(slow_start.over()), .from_percent = slow_start.from()};
}

/// An endpoint's own target, its pool's and its region's: the most specific first.
std::array<Target, 3> TargetsOf(const Declared& declared) {
  const std::string& pool = declared.pool.name();
  return {Target{Target::Kind::kEndpoint, pool, EndpointKey(declared.endpoint)},
          Target{Target::Kind::kPool, pool, ""},
          Target{Target::Kind::kRegion, declared.pool.region(), ""}};
}

void ApplyOverrides(const Overrides& overrides, const Declared& declared,
                    liveness::EndpointSpec& spec) {
  for (const Target& target : TargetsOf(declared)) {
    spec.drained = spec.drained || overrides.IsDrained(target);
    if (spec.forced == liveness::Forced::kNo) spec.forced = overrides.ForcedAt(target);
  }
}

liveness::EndpointSpec SpecOf(const Built& built, const steer::Endpoint& endpoint,
                              const Declared& declared, const Overrides& overrides,
                              const std::map<std::string, uint32_t>& signals) {
  liveness::EndpointSpec spec{.id = endpoint.id, .weight = endpoint.weight};
  const auto monitor = MonitorOf(built, declared);
  spec.monitored = monitor != nullptr;
  if (monitor != nullptr) {
    spec.rule = RuleOf(*monitor);
    if (monitor->has_damping()) spec.damping = DampingOf(monitor->damping());
    if (monitor->has_slow_start()) spec.slow_start = SlowStartOf(monitor->slow_start());
  }
  if (!declared.endpoint.signal().empty()) spec.signal = signals.at(declared.endpoint.signal());
  ApplyOverrides(overrides, declared, spec);
  return spec;
}

template <typename T>
const T* FindNamed(const std::vector<T>& list, const std::string& name) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const T& item) { return item.name == name; });
  return found == list.end() ? nullptr : &*found;
}

}  // namespace

liveness::Layout LayoutFor(const Built& built, system_clock::time_point now) {
  const steer::Topology& topology = built.steering->topology;
  const Overrides overrides(built.resources, now);
  liveness::Layout layout;
  const std::map<std::string, uint32_t> signals = SignalIndices(CatalogOf(built.resources));
  for (size_t i = 0; i < topology.pools.size(); ++i) {
    const steer::Pool& pool = topology.pools[i];
    const v1::Pool& declared = DeclaredPool(built, static_cast<steer::PoolIndex>(i));
    const v1::PoolHealth& health = declared.health();
    layout.pools.push_back({.name = pool.name,
                            .weight = pool.weight,
                            .health = {health.min_up(), health.panic_below(), health.by_weight()}});
    for (const v1::Endpoint* endpoint : InBoardOrder(declared)) {
      layout.endpoints.push_back(SpecOf(built, topology.endpoints[layout.endpoints.size()],
                                        {declared, *endpoint}, overrides, signals));
    }
  }
  for (const steer::Hold& hold : built.steering->holds) {
    layout.holds.push_back(
        {hold.policy + "/" + topology.pools[hold.pool].name, hold.pool, hold.manual, hold.delay});
  }
  AddPoolRules(
      built, [&](const std::string& name) { return overrides.ModeOf(name); }, layout);
  return layout;
}

std::unique_ptr<v1::Monitor> MonitorFor(const Built& built, steer::EndpointIndex endpoint) {
  return MonitorOf(built, FindDeclared(built, endpoint));
}

std::vector<v1::Monitor> MembersFor(const Built& built, steer::EndpointIndex endpoint) {
  const Declared declared = FindDeclared(built, endpoint);
  const auto monitor = MonitorOf(built, declared);
  std::vector<v1::Monitor> members;
  if (!monitor) return members;
  for (const std::string& name : monitor->combined().monitors()) {
    members.push_back(FilledMonitor(built, name, declared.endpoint));
  }
  return members;
}

IpAddress ProbeAddressFor(const Built& built, steer::EndpointIndex endpoint) {
  const auto probed = IpAddress::Parse(FindDeclared(built, endpoint).endpoint.probe_address());
  return probed ? *probed : built.steering->topology.endpoints[endpoint].address;
}

std::map<uint32_t, steer::PoolIndex> PinsFor(const Built& built, system_clock::time_point now) {
  std::map<uint32_t, steer::PoolIndex> pins;
  const auto& pools = built.steering->topology.pools;
  const Overrides overrides(built.resources, now);
  for (const auto& [name, override] : overrides.by_target()) {
    const auto target = ParseTarget(override->target());
    if (!override->has_failover_to() || !target) continue;
    const steer::Pool* pool = FindNamed(pools, override->failover_to());
    for (const steer::Record& record : built.steering->records) {
      const bool is_meant = Scoped{record.name.ToString(), record.view}.ToString() == target->name;
      if (is_meant && pool != nullptr) {
        pins[record.index] = static_cast<steer::PoolIndex>(pool - pools.data());
      }
    }
  }
  return pins;
}

}  // namespace waypost::config
