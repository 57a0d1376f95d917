#include "dnsd/steer/compile_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "dnsd/steer/chain_shelf.h"
#include "dnsd/steer/checks.h"
#include "dnsd/steer/compile_service.h"
#include "dnsd/steer/compile_targets.h"
#include "waypost/v1/resource.pb.h"

namespace waypost::steer {

namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr DurationRange kTtlRange{seconds(0), hours(24), "0 and 1d"};

constexpr zone::SteeredTypes kAliasTypes = {zone::kCname};

bool IsAlias(const Record& record) { return record.types.Has(zone::kCname); }

class RecordCompiler {
 public:
  RecordCompiler(const std::vector<CompiledPolicy>& policies, const Steering& steering,
                 Problems& problems)
      : policies_(policies), topology_(steering.topology), problems_(problems) {}

  Record Compile(const v1::Record& message) {
    const std::string behind = message.view().empty() ? "" : "@" + message.view();
    const Reporter report(&problems_, Quoted("record", message.name() + behind));
    Record record;
    record.view = message.view();
    CompileTypes(message, record, report);
    CompileOwner(message, record, report);
    CompilePools(message, record, report);
    CompileService(message, topology_, record, report);
    CompileTtl(message.ttl(), record, report);
    CompileChain(message, record, report);
    return record;
  }

 private:
  void CompileTypes(const v1::Record& message, Record& record, const Reporter& report) {
    if (message.types().empty()) report.Fail("types", "missing");
    for (int i = 0; i < message.types_size(); ++i) {
      const std::string field = Nth("types", static_cast<size_t>(i));
      const auto type = static_cast<uint16_t>(message.types(i));
      if (!zone::SteeredTypes{type}.Has(type)) {
        report.Fail(field, "is not one of A, AAAA, CNAME, SRV, SVCB, HTTPS");
      } else if (record.types.Has(type)) {
        report.Fail(field, v1::RecordType_Name(message.types(i)).substr(12) + " stands twice");
      } else {
        record.types.Add(type);
      }
    }
    if (IsAlias(record) && record.types != kAliasTypes) {
      report.Fail("types", "CNAME must be alone (RFC 1034 section 3.6.2)");
    }
  }

  void CompileOwner(const v1::Record& message, Record& record, const Reporter& report) {
    const auto name = wire::Name::Parse(message.name());
    if (message.name().empty() || !name) {
      return report.Fail("name", message.name().empty() ? "missing" : name.error().message);
    }
    record.name = name->Lowered();
    CheckOwnerIsFree(record, report);
  }

  // RFC 1034 section 3.6.2: a CNAME leaves no room for anything else.
  void CheckOwnerIsFree(const Record& record, const Reporter& report) {
    zone::SteeredTypes& taken = owners_[{record.view, std::string(record.name.wire())}];
    if (taken.HasAnyOf(record.types) || taken.Has(zone::kCname) ||
        (IsAlias(record) && !taken.empty())) {
      report.Fail("name", "another record has this owner and type");
    }
    taken.Add(record.types);
  }

  void CompilePools(const v1::Record& message, Record& record, const Reporter& report) {
    if (message.pools().empty()) report.Fail("pools", "missing");
    std::vector<PoolIndex> pools;
    if (message.pools_size() > static_cast<int>(kMaxCandidates)) {
      report.Fail("pools", fmt::format("more than {}", kMaxCandidates));
    } else {
      for (int i = 0; i < message.pools_size(); ++i) {
        AddPool(message.pools(i), record, report, Nth("pools", static_cast<size_t>(i)), pools);
      }
    }
    record.candidates = shelf_.ListsOf(pools, topology_);
    CheckFamilies(record, report);
    record.shared_addresses = SharesAddresses(record);
  }

  void AddPool(const std::string& name, const Record& record, const Reporter& report,
               const std::string& field, std::vector<PoolIndex>& all) {
    const auto found = FindByName(topology_.pools, name);
    if (!found) return report.Fail(field, Quoted("pool", name) + " does not exist");
    const auto pool = static_cast<PoolIndex>(*found);
    if (std::find(all.begin(), all.end(), pool) != all.end()) {
      return report.Fail(field, Quoted("pool", name) + " stands twice");
    }
    all.push_back(pool);
    CheckKind(pool, record, field, report);
  }

  bool HasNames(PoolIndex pool) const { return steer::HasNames(topology_.pools[pool], topology_); }

  void CheckKind(PoolIndex pool, const Record& record, const std::string& field,
                 const Reporter& report) {
    const Pool& p = topology_.pools[pool];
    if (p.v4 + p.v6 == 0) return;  // reported at the pool
    if (IsAlias(record) && !HasNames(pool)) {
      report.Fail(field, Quoted("pool", p.name) + " has addresses, but a CNAME needs names");
    } else if (record.types.HasAnyOf(zone::kAddressTypes) && HasNames(pool)) {
      report.Fail(field, Quoted("pool", p.name) + " has names, but A and AAAA need addresses");
    }
  }

  static void CheckFamilies(const Record& record, const Reporter& report) {
    if (record.candidates->all.empty()) return;
    if (record.types.Has(zone::kA) && record.candidates->v4.empty()) {
      report.Warn("types", "no pool has an IPv4 address: A will have no data");
    }
    if (record.types.Has(zone::kAaaa) && record.candidates->v6.empty()) {
      report.Warn("types", "no pool has an IPv6 address: AAAA will have no data");
    }
  }

  bool SharesAddresses(const Record& record) const {
    std::set<IpAddress> seen;
    for (const PoolIndex pool : record.candidates->all) {
      const Pool& p = topology_.pools[pool];
      for (EndpointIndex e = p.first; e < p.first + p.v4 + p.v6; ++e) {
        const Endpoint& endpoint = topology_.endpoints[e];
        if (endpoint.cname.is_root() && !seen.insert(endpoint.address).second) return true;
      }
    }
    return false;
  }

  void CompileTtl(const v1::Ttl& ttl, Record& record, const Reporter& report) {
    const auto check = [&](const google::protobuf::Duration& duration, const char* field) {
      const auto value = CheckDuration(duration, kTtlRange, field, report);
      if (value % seconds(1) != seconds(0)) report.Fail(field, "is not in whole seconds");
      return static_cast<uint32_t>(value / seconds(1));
    };
    if (ttl.has_min()) record.ttl_min_s = check(ttl.min(), "ttl.min");
    if (ttl.has_max()) record.ttl_max_s = check(ttl.max(), "ttl.max");
    // Of a default the given bound is the measure.
    if (ttl.has_min() && !ttl.has_max())
      record.ttl_max_s = std::max(record.ttl_max_s, record.ttl_min_s);
    if (ttl.has_max() && !ttl.has_min())
      record.ttl_min_s = std::min(record.ttl_min_s, record.ttl_max_s);
    if (record.ttl_min_s > record.ttl_max_s) {
      report.Fail("ttl",
                  fmt::format("min {}s is above max {}s", record.ttl_min_s, record.ttl_max_s));
    }
  }

  void CompileChain(const v1::Record& message, Record& record, const Reporter& report) {
    const auto policy = FindByName(policies_, message.policy());
    if (!policy) {
      return report.Fail("policy", message.policy().empty()
                                       ? "missing"
                                       : Quoted("policy", message.policy()) + " does not exist");
    }
    const CompiledPolicy& p = policies_[*policy];
    record.policy_name = p.name;
    record.ecs = p.knobs.ecs;
    record.chain = shelf_.Get(p, record.candidates->all);
    CheckLastResort(p.knobs.last_resort, record, report);
  }

  void CheckLastResort(PoolIndex pool, const Record& record, const Reporter& report) {
    if (pool == kNoPool || record.candidates->all.empty()) return;
    const Pool& p = topology_.pools[pool];
    const bool is_good =
        HasNames(pool) ? !record.types.HasAnyOf(zone::kAddressTypes) : !IsAlias(record);
    if (!is_good) {
      report.Fail("policy", fmt::format("its last resort, {}, has {}", Quoted("pool", p.name),
                                        IsAlias(record) ? "no names" : "no addresses"));
    }
  }

  const std::vector<CompiledPolicy>& policies_;
  const Topology& topology_;
  Problems& problems_;
  ChainShelf shelf_;
  std::map<std::pair<std::string, std::string>, zone::SteeredTypes> owners_;  // by view and name
};

void Append(Record record, std::vector<Record>& records) {
  record.index = static_cast<uint32_t>(records.size());
  records.push_back(std::move(record));
}

}  // namespace

void CompileRecords(const CompileInput& input, const std::vector<CompiledPolicy>& policies,
                    Steering& steering, Problems& problems) {
  RecordCompiler compiler(policies, steering, problems);
  for (const v1::Record* message : input.records) {
    Append(compiler.Compile(*message), steering.records);
  }
  for (Record& target : CompileTargets(steering, policies, problems)) {
    Append(std::move(target), steering.records);
  }
  steering.layout.records = static_cast<uint32_t>(steering.records.size());
}

}  // namespace waypost::steer
