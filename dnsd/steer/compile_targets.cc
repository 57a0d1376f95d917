#include "dnsd/steer/compile_targets.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "dnsd/steer/chain_shelf.h"
#include "dnsd/steer/checks.h"

namespace waypost::steer {
namespace {

/// Of an IPv6 address: the longest label in front of a pool's.
constexpr size_t kLongestLabel = 8 * 4 + 7;

std::vector<PoolIndex> AnsweringPools(const Record& record) {
  std::vector<PoolIndex> pools = record.candidates->all;
  const PoolIndex last = record.chain->knobs().last_resort;
  const bool is_known = std::find(pools.begin(), pools.end(), last) != pools.end();
  if (last != kNoPool && !is_known) pools.push_back(last);
  return pools;
}

wire::Name Below(const wire::Name& name, std::string_view label) {
  std::string octets(1, static_cast<char>(label.size()));
  octets += label;
  octets += name.wire();
  return *wire::Name::FromWire(octets);
}

std::string DescriptionOf(const Record& record) {
  return Quoted("record", record.name.ToString() + (record.view.empty() ? "" : "@" + record.view));
}

class TargetCompiler {
 public:
  TargetCompiler(const Steering& steering, const std::vector<CompiledPolicy>& policies,
                 Problems& problems)
      : topology_(steering.topology), policies_(policies), problems_(problems) {
    for (const Record& record : steering.records) declared_.insert(KeyOf(record.view, record.name));
  }

  void Add(const Record& record) {
    const auto policy = FindByName(policies_, record.policy_name);
    if (record.service == nullptr || !policy) return;
    for (const PoolIndex pool : AnsweringPools(record)) {
      if (!HasNames(topology_.pools[pool], topology_)) AddPool(record, policies_[*policy], pool);
    }
  }
  std::vector<Record> Take() && { return std::move(targets_); }

 private:
  using Purpose = std::pair<PoolIndex, std::string>;  // with the policy's name
  using Key = std::pair<std::string, std::string>;    // view, and name in wire format

  static Key KeyOf(const std::string& view, const wire::Name& name) {
    return {view, std::string(name.wire())};
  }

  void AddPool(const Record& record, const CompiledPolicy& policy, PoolIndex pool) {
    const Reporter report(&problems_, DescriptionOf(record));
    const Pool& p = topology_.pools[pool];
    const size_t octets = 1 + p.label.size() + record.service->targets.wire().size();
    if (1 + kLongestLabel + octets > wire::kMaxNameOctets) {
      return report.Fail("service.targets", "is too long for the names of targets below it");
    }
    const wire::Name name = Below(record.service->targets, p.label);
    if (!IsNew(record.view, name, {pool, record.policy_name}, report)) return;
    targets_.push_back(TargetOf(record, policy, pool, name));
    Record endpoints = targets_.back();
    endpoints.role = Role::kEndpoints;
    endpoints.name = Below(name, "*");
    targets_.push_back(std::move(endpoints));
  }

  Record TargetOf(const Record& record, const CompiledPolicy& policy, PoolIndex pool,
                  const wire::Name& name) {
    Record target;
    target.name = name;
    target.view = record.view;
    target.role = Role::kPool;
    target.types = zone::kAddressTypes;
    target.policy_name = record.policy_name;
    target.candidates = shelf_.ListsOf({pool}, topology_);
    target.chain = shelf_.Get(policy, target.candidates->all);
    target.ttl_min_s = record.ttl_min_s;
    target.ttl_max_s = record.ttl_max_s;
    target.ecs = record.ecs;
    return target;
  }

  /// False: it is there already, or taken.
  bool IsNew(const std::string& view, const wire::Name& name, const Purpose& purpose,
             const Reporter& report) {
    if (declared_.contains(KeyOf(view, name))) {
      report.Fail("service.targets",
                  Quoted("record", name.ToString()) + " is declared, and would be a target");
      return false;
    }
    const auto [at, is_new] = purposes_.emplace(KeyOf(view, name), purpose);
    if (at->second == purpose) return is_new;
    report.Fail("service.targets",
                name.ToString() + " is the target of another pool or policy already");
    return false;
  }

  const Topology& topology_;
  const std::vector<CompiledPolicy>& policies_;
  Problems& problems_;
  ChainShelf shelf_;
  std::set<Key> declared_;
  std::map<Key, Purpose> purposes_;  // by the target's
  std::vector<Record> targets_;
};

}  // namespace

std::vector<Record> CompileTargets(const Steering& steering,
                                   const std::vector<CompiledPolicy>& policies,
                                   Problems& problems) {
  TargetCompiler compiler(steering, policies, problems);
  for (const Record& record : steering.records) compiler.Add(record);
  return std::move(compiler).Take();
}

}  // namespace waypost::steer
