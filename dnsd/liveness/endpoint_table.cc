#include "dnsd/liveness/endpoint_table.h"

#include <utility>

namespace waypost::liveness {
namespace {

/// A penalty that decayed so far is none.
constexpr double kNoPenalty = 0.01;

}  // namespace

EndpointTable::LastUp EndpointTable::Remember() const {
  LastUp last_up;
  for (const Endpoint& endpoint : endpoints_) {
    if (const auto last = endpoint.verdict.last()) last_up[endpoint.spec.id] = *last;
  }
  return last_up;
}

EndpointTable::Tempers EndpointTable::RememberTempers() const {
  Tempers tempers;
  for (const Endpoint& endpoint : endpoints_) {
    const Temper::Memory memory = endpoint.temper.Remember();
    const bool is_plain = memory.penalty < kNoPenalty && !memory.damped && !memory.ramp_since;
    if (!is_plain) tempers[endpoint.spec.id] = memory;
  }
  return tempers;
}

EndpointTable::ById EndpointTable::TakeAll() {
  ById all;
  for (Endpoint& endpoint : endpoints_) {
    std::string id = endpoint.spec.id;
    all.emplace(std::move(id), std::move(endpoint));
  }
  endpoints_.clear();
  by_id_.clear();
  return all;
}

Endpoint EndpointTable::Begin(const std::string& id, Steady now) {
  Endpoint endpoint;
  endpoint.fell_at = now;
  if (const auto seen = restored_.extract(id)) endpoint.verdict = EndpointVerdict(seen.mapped());
  if (const auto tempered = restored_tempers_.extract(id))
    endpoint.temper.Restore(tempered.mapped());
  return endpoint;
}

void EndpointTable::Replace(std::vector<EndpointSpec> specs,
                            const std::vector<BoardLayout::Pool>& pools, Steady now) {
  ById former = TakeAll();
  for (EndpointSpec& spec : specs) {
    auto carried = former.extract(spec.id);
    by_id_[spec.id] = size();
    Endpoint& endpoint =
        endpoints_.emplace_back(carried ? std::move(carried.mapped()) : Begin(spec.id, now));
    if (!spec.monitored) {  // what one monitor saw is of no use to a later one
      endpoint.ballot = {};
      endpoint.verdict = EndpointVerdict();
      endpoint.temper = Temper();
      endpoint.load = {};
    }
    endpoint.spec = std::move(spec);
  }
  AssignPools(pools);
}

void EndpointTable::AssignPools(const std::vector<BoardLayout::Pool>& pools) {
  for (Endpoint& endpoint : endpoints_) endpoint.pool = Endpoint::kNoPool;
  for (uint32_t pool = 0; pool < pools.size(); ++pool) {
    const uint32_t end = pools[pool].first + pools[pool].v4 + pools[pool].v6;
    for (uint32_t i = pools[pool].first; i < end; ++i) endpoints_[i].pool = pool;
  }
}

std::optional<uint32_t> EndpointTable::IndexOf(const std::string& id) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return std::nullopt;
  return found->second;
}

const Endpoint* EndpointTable::Find(const std::string& id) const {
  const auto index = IndexOf(id);
  return index ? &endpoints_[*index] : nullptr;
}

}  // namespace waypost::liveness
