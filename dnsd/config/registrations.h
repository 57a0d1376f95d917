// Registered endpoints laid into their pools.
//
// A registration that its pool does not allow, or no longer, is left out with a warning; so no
// client can break a change of the configuration, and what a Pool says counts at once.
//
// Thread safety: pure.
#pragma once

#include <map>
#include <set>
#include <string>

#include "dnsd/base/problem.h"
#include "dnsd/config/catalog.h"

namespace waypost::config {

inline constexpr uint32_t kDefaultMaxRegistered = 1024;

struct LaidPools {
  std::map<std::string, v1::Pool> pools;  // those with registered endpoints, with all endpoints
  std::set<std::string> left_out;         // names of registrations
};

/// `pools` and `registrations` of the catalog; in the order of the registrations' names.
LaidPools LayRegistrations(const Catalog& catalog, Problems& problems);

/// One of these names is allowed to register.
bool Allows(const v1::RegistrationRule& rule, const std::set<std::string>& names);
uint32_t MaxRegistered(const v1::RegistrationRule& rule);

/// What is wrong with it besides its client; empty: nothing. `pool` as it is declared.
std::string FaultOf(const v1::Registration& registration, const v1::Pool& pool);

/// Checks the rules of pools.
void CheckRegistrationRules(const Catalog& catalog, Problems& problems);

}  // namespace waypost::config
