#include "dnsd/control/registry.h"

#include <fmt/format.h>

#include <utility>

namespace waypost::control {
namespace {

using std::chrono::hours;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using Kind = Refusal::Kind;

constexpr hours kLongestLease{24};
constexpr int kMaxMetadata = 32;
constexpr size_t kMaxMetadataOctets = 4096;

/// What can be told without knowing the configuration.
std::optional<Refusal> CheckRequest(const v1::RegisterRequest& request) {
  size_t octets = 0;
  for (const auto& [key, value] : request.metadata()) octets += key.size() + value.size();
  if (request.metadata_size() > kMaxMetadata || octets > kMaxMetadataOctets) {
    return Refusal{Kind::kInvalid, fmt::format("more than {} words of metadata, or {} octets",
                                               kMaxMetadata, kMaxMetadataOctets)};
  }
  const google::protobuf::Duration& lease = request.lease();
  const bool is_sane =
      lease.seconds() >= 0 && lease.nanos() >= 0 &&
      lease.nanos() < nanoseconds(seconds(1)).count() &&
      lease.seconds() < seconds(kLongestLease).count() + (lease.nanos() == 0 ? 1 : 0);
  if (!is_sane) return Refusal{Kind::kInvalid, "lease: give a time of at most 1d"};
  return std::nullopt;
}

}  // namespace

void Registry::Register(const v1::RegisterRequest& request, const Peer& peer, RegistryDone done) {
  if (auto refusal = CheckRequest(request)) return done({.refusal = std::move(refusal)});
  v1::Registration registration;
  registration.set_pool(request.pool());
  *registration.mutable_endpoint() = request.endpoint();
  *registration.mutable_lease() = request.lease();
  *registration.mutable_metadata() = request.metadata();
  Enqueue({std::move(registration), "", "", peer, std::move(done)});
}

void Registry::Deregister(const v1::DeregisterRequest& request, const Peer& peer,
                          RegistryDone done) {
  v1::Registration named;
  named.set_pool(request.pool());
  named.mutable_endpoint()->set_address(request.address());
  Enqueue({std::nullopt, request.lease_id(), RegistrationName(named), peer, std::move(done)});
}

void Registry::Enqueue(RegistryOrder order) {
  bool is_first = false;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() < kMaxWaiting) {
      is_first = waiting_.empty();
      waiting_.push_back(std::move(order));
      order.done = nullptr;
    }
  }
  if (order.done) {
    order.done({.refusal = Refusal{Kind::kLimit, "too many registrations wait; try again later"}});
  }
  if (is_first) builder_.PostAlways([this] { Flush(); });
}

void Registry::Flush() {
  std::vector<RegistryOrder> orders;
  {
    const std::lock_guard lock(mutex_);
    orders.swap(waiting_);
  }
  Follow();
  RegistryBatch batch(followed_->resources, leases_);
  for (RegistryOrder& order : orders) batch.Add(std::move(order));
  Outcome common;
  if (!batch.empty()) {
    const auto revision = changes_.Replace(std::move(batch.resources()), batch.intent());
    if (revision) common.revision = *revision;
    if (!revision) common.refusal = Refusal{Kind::kUnavailable, revision.error().message};
  }
  Follow();
  batch.Finish(common);
}

void Registry::Follow() {
  if (followed_ == changes_.built()) return;
  followed_ = changes_.built();
  std::vector<Lease> leases;
  constexpr const char* kPrefix = "registration/";
  const config::ResourceSet& resources = followed_->resources;
  for (auto at = resources.lower_bound(kPrefix);
       at != resources.end() && at->first.starts_with(kPrefix); ++at) {
    leases.push_back(LeaseOf(at->second->registration()));
  }
  leases_.Follow(leases);
}

void Registry::Sweep() {
  Follow();
  const std::vector<std::string> expired = leases_.Expired();
  const std::set<std::string>& left_out = followed_->left_out;
  if (expired.empty() && left_out.empty()) return;
  RegistryBatch batch(followed_->resources, leases_);
  for (const std::string& name : expired) batch.TakeAway(name, "lease ran out:");
  for (const std::string& name : left_out) batch.TakeAway(name, "not allowed any more:");
  const auto revision = changes_.Replace(std::move(batch.resources()), batch.intent());
  if (revision) {
    expired_.fetch_add(expired.size(), std::memory_order_relaxed);
    Follow();
  } else if (!has_failed_) {
    events_.Publish({{},
                     "registry",
                     "registry",
                     "endpoints whose leases ran out stay: " + revision.error().message});
  }
  has_failed_ = !revision;
}

nanoseconds Registry::Renew(const std::string& lease_id, const Peer& peer,
                            std::optional<Refusal>& refusal) {
  const auto row = leases_.Find(lease_id);
  if (row && !MaySpeakFor(peer, row->lease.client)) {
    refusal = Refusal{Kind::kForbidden, "the lease is another client's"};
  } else if (!row || !leases_.Renew(lease_id)) {
    refusal = Refusal{Kind::kNotFound, "there is no such lease, or it has run out: register again"};
  }
  return row ? row->lease.duration : nanoseconds(0);
}

}  // namespace waypost::control
