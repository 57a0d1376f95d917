// Registrations and their ends, applied one after the other to a set of resources that is then
// committed as one change.
//
// Thread safety: one thread. Ownership: the lease table must outlive it. Limits:
// kMaxLeasesOfClient, and what each pool says.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "dnsd/config/resource_set.h"
#include "dnsd/control/lease_table.h"
#include "waypost/v1/control.pb.h"

namespace waypost::control {

/// One machine with thousands of instances registers them all.
inline constexpr size_t kMaxLeasesOfClient = 4096;

/// Who is at the other end of a connection.
struct Peer {
  std::set<std::string> names;  // of its certificate; else the one that it gives itself
  bool is_proven = false;       // by a certificate
};

struct Refusal {
  enum class Kind : uint8_t { kInvalid, kNotFound, kForbidden, kLimit, kUnavailable };
  Kind kind = Kind::kInvalid;
  std::string message;
};

/// What a registration or its end came to.
struct Outcome {
  std::optional<Refusal> refusal;
  std::string lease_id;  // of a registration
  uint64_t revision = 0;
};

using RegistryDone = std::function<void(const Outcome&)>;

/// A registration, or the end of one.
struct RegistryOrder {
  std::optional<v1::Registration> registration;  // unset: the end of `lease_id`, else of `name`
  std::string lease_id;
  std::string name;  // POOL/ADDRESS
  Peer peer;
  RegistryDone done;  // called once
};

/// A client without a certificate is believed.
bool MaySpeakFor(const Peer& peer, const std::string& client);

std::string RegistrationName(const v1::Registration& registration);
Lease LeaseOf(const v1::Registration& registration);

class RegistryBatch {
 public:
  RegistryBatch(config::ResourceSet resources, const LeaseTable& leases)
      : resources_(std::move(resources)), leases_(leases) {}

  /// In the order in which they came; what is refused is answered at once.
  void Add(RegistryOrder order);
  /// `why`: the history's words in front of the name.
  void TakeAway(const std::string& name, const std::string& why);
  bool empty() const { return changes_ == 0; }

  v1::Intent intent() const;
  config::ResourceSet& resources() { return resources_; }
  /// Answers all that were not refused, with the revision or the refusal of the whole.
  void Finish(const Outcome& common);

 private:
  /// Nullopt: it may be registered.
  std::optional<Refusal> WhyNot(const v1::Registration& wanted, const Peer& peer,
                                const v1::Pool& pool) const;
  Outcome Put(RegistryOrder& order);
  Outcome End(const RegistryOrder& order);
  const v1::Registration* Find(const std::string& name) const;
  uint32_t CountIn(const std::string& pool) const;
  void Note(std::string text) {
    if (changes_++ == 0) first_ = std::move(text);
  }

  config::ResourceSet resources_;
  const LeaseTable& leases_;
  std::set<std::string> clients_;
  std::vector<std::pair<RegistryDone, Outcome>> done_;
  size_t changes_ = 0;
  std::string first_;
};

}  // namespace waypost::control
