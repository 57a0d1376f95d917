#include "dnsd/control/lease_table.h"

#include <algorithm>

namespace waypost::control {

void LeaseTable::Set(const Lease& lease) {
  Remove(lease.id);
  const Steady ends = clock_.Now() + lease.duration;
  entries_[lease.id] = {lease, ends};
  by_end_.emplace(ends, lease.id);
  ++by_client_[lease.client];
}

void LeaseTable::Remove(const std::string& id) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  const auto& [lease, ends] = found->second;
  by_end_.erase({ends, id});
  const auto count = by_client_.find(lease.client);
  if (--count->second == 0) by_client_.erase(count);
  entries_.erase(found);
}

void LeaseTable::Grant(const Lease& lease) {
  const std::lock_guard lock(mutex_);
  Set(lease);
}

bool LeaseTable::Renew(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end() || found->second.ends <= clock_.Now()) return false;
  Set(Lease(found->second.lease));
  return true;
}

void LeaseTable::Follow(const std::vector<Lease>& leases) {
  const std::lock_guard lock(mutex_);
  std::set<std::string> known;
  for (const Lease& lease : leases) {
    known.insert(lease.id);
    if (!entries_.contains(lease.id)) Set(lease);
  }
  std::vector<std::string> gone;
  for (const auto& [id, entry] : entries_) {
    if (!known.contains(id)) gone.push_back(id);
  }
  for (const std::string& id : gone) Remove(id);
}

std::vector<std::string> LeaseTable::Expired() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> registrations;
  const Steady now = clock_.Now();
  for (const auto& [ends, id] : by_end_) {
    if (ends > now) break;
    registrations.push_back(entries_.at(id).lease.registration);
  }
  return registrations;
}

std::optional<LeaseTable::Row> LeaseTable::Find(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) return std::nullopt;
  const auto left = std::max(found->second.ends - clock_.Now(), Steady::duration::zero());
  return Row{found->second.lease, left};
}

std::vector<LeaseTable::Row> LeaseTable::List() const {
  const std::lock_guard lock(mutex_);
  std::vector<Row> rows;
  const Steady now = clock_.Now();
  for (const auto& [id, entry] : entries_) {
    rows.push_back({entry.lease, std::max(entry.ends - now, Steady::duration::zero())});
  }
  std::sort(rows.begin(), rows.end(),
            [](const Row& a, const Row& b) { return a.lease.registration < b.lease.registration; });
  return rows;
}

size_t LeaseTable::CountOf(const std::string& client) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_client_.find(client);
  return found == by_client_.end() ? 0 : found->second;
}

size_t LeaseTable::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace waypost::control
