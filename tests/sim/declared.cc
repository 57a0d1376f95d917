#include "tests/sim/declared.h"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

#include "dnsd/config/parse.h"

namespace waypost::sim {
namespace {

std::string QuorumOf(const liveness::VoteRule& rule) {
  switch (rule.quorum) {
    case liveness::Quorum::kMajority:
      return "majority";
    case liveness::Quorum::kAny:
      return "any";
    case liveness::Quorum::kAll:
      return "all";
    case liveness::Quorum::kCount:
      return fmt::format("count\nquorum_count: {}", rule.count);
  }
  return "";
}

std::string MonitorOf(const Scenario& scenario) {
  const liveness::VoteRule& rule = scenario.rule;
  return fmt::format(
      "kind: Monitor\nname: web\ntcp: {{port: 80}}\ninterval: {}ms\ntimeout: {}ms\nrise: {}\n"
      "fall: {}\nstaleness: {}ms\nquorum: {}\n{}{}{}---\n",
      rule.interval.count(), scenario.timeout.count(), rule.rise, rule.fall, rule.staleness.count(),
      QuorumOf(rule), rule.by_region ? "voters: regions\n" : "",
      rule.vantages > 0 ? fmt::format("vantages: {}\n", rule.vantages) : "",
      scenario.damped ? "damping: {half_life: 30s, suppress: 300, reuse: 150, max: 10m}\n" : "");
}

/// Each endpoint is in a network of its own; half of them have IPv6 addresses.
std::string PoolOf(size_t pool, uint16_t size) {
  std::string text = fmt::format(
      "kind: Region\nname: r{0}\n---\nkind: Pool\nname: p{0}\nregion: r{0}\nmonitor: web\n"
      "endpoints:\n",
      pool);
  for (uint16_t i = 0; i < size; ++i) {
    const bool is_v6 = i >= size - size / 2;
    text += is_v6 ? fmt::format("- {{address: '2001:db8:{}:{}::1'}}\n", pool, i)
                  : fmt::format("- {{address: 10.{}.{}.1}}\n", pool, i);
  }
  return text + "---\n";
}

constexpr const char* kPolicies = R"(
{kind: Policy, name: active, steps: [{failover: {}}]}
---
{kind: Policy, name: manual, steps: [{failover: {failback: manual}}]}
---
{kind: Policy, name: delayed, steps: [{failover: {failback: delayed, delay: 8s}}]}
---
{kind: Policy, name: none, steps: [{failover: {}}, {answers: {max: 1}}], on_all_down: none}
---
{kind: Policy, name: weighted, steps: [{weighted: {}}, {answers: {max: 2}}]}
---
{kind: Policy, name: widen, steps: [{hash: {}}], on_stale: widen}
---
)";

}  // namespace

std::string DeclaredIn(const Scenario& scenario) {
  std::string text = MonitorOf(scenario);
  std::string pools;
  for (size_t i = 0; i < scenario.pools.size(); ++i) {
    text += PoolOf(i, scenario.pools[i]);
    pools += fmt::format("{}p{}", i == 0 ? "" : ", ", i);
  }
  text += kPolicies;
  for (const char* policy : {"active", "manual", "delayed", "none", "weighted", "widen"}) {
    text += fmt::format(
        "{{kind: Record, name: {0}.example.test, types: [A, AAAA], policy: {0}, pools: [{1}]}}\n"
        "---\n",
        policy, pools);
  }
  return text + "kind: Zone\norigin: example.test\ntext: |\n" +
         "  @ 60 SOA ns1 admin 1 3600 600 86400 60\n  @ 60 NS ns1\n  ns1 60 A 192.0.2.53\n";
}

std::shared_ptr<const config::Built> Build(const std::string& yaml) {
  config::Collected collected = config::Collect(config::ParseDocuments(yaml, "world.yaml"));
  config::BuildResult result = config::Build(collected.resources, nullptr);
  for (Problems* problems : {&collected.problems, &result.problems}) {
    for (const Problem& problem : *problems) {
      if (!problem.is_warning) throw std::runtime_error(problem.ToString());
    }
  }
  return std::move(result.built);
}

}  // namespace waypost::sim
