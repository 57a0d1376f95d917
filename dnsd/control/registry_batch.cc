#include "dnsd/control/registry_batch.h"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <random>

#include "dnsd/config/registrations.h"

namespace waypost::control {
namespace {

using google::protobuf::util::TimeUtil;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using Kind = Refusal::Kind;

constexpr seconds kLeastLease{5};

/// 128 bits from the kernel.
std::string NewLeaseId() {
  std::random_device device;
  std::string id;
  for (int i = 0; i < 4; ++i) id += fmt::format("{:08x}", static_cast<uint32_t>(device()));
  return id;
}

nanoseconds DurationOf(const v1::Registration& registration) {
  return nanoseconds(TimeUtil::DurationToNanoseconds(registration.lease()));
}

Outcome Refused(Kind kind, std::string message) {
  return {.refusal = Refusal{kind, std::move(message)}};
}

/// The name by which the pool knows the peer.
std::string ClientName(const v1::RegistrationRule& rule, const Peer& peer) {
  for (const std::string& name : peer.names) {
    if (std::find(rule.allow().begin(), rule.allow().end(), name) != rule.allow().end()) {
      return name;
    }
  }
  return peer.names.empty() ? "" : *peer.names.begin();
}

nanoseconds LeastLease(const v1::RegistrationRule& rule) {
  return rule.has_min_lease() ? nanoseconds(TimeUtil::DurationToNanoseconds(rule.min_lease()))
                              : nanoseconds(kLeastLease);
}

}  // namespace

bool MaySpeakFor(const Peer& peer, const std::string& client) {
  return !peer.is_proven || peer.names.contains(client);
}

std::string RegistrationName(const v1::Registration& registration) {
  v1::Resource resource;
  *resource.mutable_registration() = registration;
  return config::NameOf(resource);
}

Lease LeaseOf(const v1::Registration& registration) {
  return {registration.id(), RegistrationName(registration), registration.client(),
          DurationOf(registration)};
}

void RegistryBatch::Add(RegistryOrder order) {
  const Outcome outcome = order.registration ? Put(order) : End(order);
  if (outcome.refusal) return order.done(outcome);
  done_.emplace_back(std::move(order.done), outcome);
}

void RegistryBatch::TakeAway(const std::string& name, const std::string& why) {
  if (resources_.erase("registration/" + name) == 0) return;
  Note(fmt::format("{} {}", why, name));
}

v1::Intent RegistryBatch::intent() const {
  v1::Intent intent;
  intent.set_author(clients_.size() == 1 ? *clients_.begin() : "registry");
  intent.set_reason(changes_ == 1 ? first_ : fmt::format("{} and {} more", first_, changes_ - 1));
  return intent;
}

void RegistryBatch::Finish(const Outcome& common) {
  for (auto& [done, outcome] : done_) {
    outcome.revision = common.revision;
    outcome.refusal = common.refusal;
    done(outcome);
  }
}

const v1::Registration* RegistryBatch::Find(const std::string& name) const {
  const auto found = resources_.find("registration/" + name);
  return found == resources_.end() ? nullptr : &found->second->registration();
}

uint32_t RegistryBatch::CountIn(const std::string& pool) const {
  uint32_t count = 0;
  const std::string prefix = "registration/" + pool + "/";
  for (auto at = resources_.lower_bound(prefix);
       at != resources_.end() && at->first.starts_with(prefix); ++at) {
    ++count;
  }
  return count;
}

std::optional<Refusal> RegistryBatch::WhyNot(const v1::Registration& wanted, const Peer& peer,
                                             const v1::Pool& pool) const {
  const v1::RegistrationRule& rule = pool.registration();
  if (!config::Allows(rule, peer.names)) {
    return Refusal{
        Kind::kForbidden,
        fmt::format("pool \"{}\" does not allow this client (registration.allow)", wanted.pool())};
  }
  if (DurationOf(wanted) < LeastLease(rule)) {
    return Refusal{Kind::kInvalid,
                   fmt::format("lease: the least that pool \"{}\" grants is {} ms", wanted.pool(),
                               LeastLease(rule) / std::chrono::milliseconds(1))};
  }
  const std::string fault = config::FaultOf(wanted, pool);
  if (!fault.empty()) return Refusal{Kind::kInvalid, fault};
  const std::string name = RegistrationName(wanted);
  if (const v1::Registration* former = Find(name)) {
    if (MaySpeakFor(peer, former->client())) return std::nullopt;
    return Refusal{Kind::kForbidden, fmt::format("{} is registered by another client", name)};
  }
  if (CountIn(wanted.pool()) >= config::MaxRegistered(rule)) {
    return Refusal{Kind::kLimit,
                   fmt::format("pool \"{}\" is full (registration.max_endpoints)", wanted.pool())};
  }
  if (leases_.CountOf(ClientName(rule, peer)) + done_.size() < kMaxLeasesOfClient) {
    return std::nullopt;
  }
  return Refusal{Kind::kLimit,
                 fmt::format("more than {} leases of one client", kMaxLeasesOfClient)};
}

Outcome RegistryBatch::Put(RegistryOrder& order) {
  v1::Registration& wanted = *order.registration;
  const auto found = resources_.find("pool/" + wanted.pool());
  if (found == resources_.end()) {
    return Refused(Kind::kNotFound, fmt::format("there is no pool \"{}\"", wanted.pool()));
  }
  const v1::Pool& pool = found->second->pool();
  if (auto refusal = WhyNot(wanted, order.peer, pool)) return {.refusal = std::move(refusal)};
  wanted.set_client(ClientName(pool.registration(), order.peer));
  wanted.set_id(NewLeaseId());
  clients_.insert(wanted.client());
  const std::string name = RegistrationName(wanted);
  auto resource = std::make_shared<v1::Resource>();
  *resource->mutable_registration() = wanted;
  resources_["registration/" + name] = std::move(resource);
  Note("register " + name);
  return {.lease_id = wanted.id()};
}

Outcome RegistryBatch::End(const RegistryOrder& order) {
  std::string name = order.name;
  if (!order.lease_id.empty()) {
    const auto row = leases_.Find(order.lease_id);
    if (!row) return Refused(Kind::kNotFound, "there is no such lease");
    name = row->lease.registration;
  }
  const v1::Registration* former = Find(name);
  const bool is_meant =
      former != nullptr && (order.lease_id.empty() || former->id() == order.lease_id);
  if (!is_meant) return Refused(Kind::kNotFound, fmt::format("{} is not registered", name));
  if (!MaySpeakFor(order.peer, former->client())) {
    return Refused(Kind::kForbidden, fmt::format("{} is registered by another client", name));
  }
  const bool is_by_itself = order.peer.is_proven || order.peer.names.empty();
  clients_.insert(is_by_itself ? former->client() : *order.peer.names.begin());
  resources_.erase("registration/" + name);
  Note("deregister " + name);
  return {};
}

}  // namespace waypost::control
