// Until when each registered endpoint stays: leases that are renewed or run out.
//
// Time is the director's own steady clock. Nothing is written to disk: after a start every lease
// has its whole time again.
//
// Thread safety: all members from any thread; nothing waits inside. Errors: none but Renewal.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "dnsd/base/clock.h"

namespace waypost::control {

struct Lease {
  std::string id;
  std::string registration;  // the resource's name: POOL/ADDRESS
  std::string client;
  std::chrono::nanoseconds duration{};
};

class LeaseTable {
 public:
  struct Row {
    Lease lease;
    std::chrono::nanoseconds left{};
  };

  explicit LeaseTable(const Clock& clock) : clock_(clock) {}

  /// Begins, or begins anew with what it says now.
  void Grant(const Lease& lease);
  /// False: there is no such lease, or it has run out.
  bool Renew(const std::string& id);
  /// Those that are not among these go; those that are new here get their whole time.
  void Follow(const std::vector<Lease>& leases);

  /// Registrations whose leases have run out; they stay here until Follow is told that they are
  /// gone.
  std::vector<std::string> Expired() const;
  /// With `left` of zero where it has run out.
  std::optional<Row> Find(const std::string& id) const;
  /// By registration.
  std::vector<Row> List() const;
  size_t CountOf(const std::string& client) const;
  size_t size() const;

 private:
  struct Entry {
    Lease lease;
    Steady ends;
  };

  void Set(const Lease& lease);
  void Remove(const std::string& id);

  const Clock& clock_;
  mutable std::mutex mutex_;                         // guards all below
  std::map<std::string, Entry> entries_;             // by id
  std::set<std::pair<Steady, std::string>> by_end_;  // and id
  std::map<std::string, size_t> by_client_;          // how many
};

}  // namespace waypost::control
