// One examination: the layers in the order in which engineers debug, from this place.
//
// Local limits first, because the examination itself would change them; then names, reachability,
// ports, paths, and the service. Nothing here judges: conclude.h does.
//
// Thread safety: a function of its arguments, on a thread that may be kept busy until the allowance
// is over. Limits: kMaxExamined addresses, kMaxTraced of them with paths; so at most some 700
// packets. Errors: what is refused or cannot be stands in the findings.
#pragma once

#include <functional>
#include <string>

#include "dnsd/base/ip.h"
#include "healthd/diagnose/allowance.h"
#include "healthd/diagnose/rtt_memory.h"
#include "healthd/probe/permissions.h"
#include "waypost/v1/diagnose.pb.h"

namespace waypost::diagnose {

inline constexpr size_t kMaxExamined = 8;
inline constexpr size_t kMaxTraced = 2;

/// Where it happens, and what it may do.
struct Surroundings {
  std::string place;
  std::string region;
  probe::Permissions permissions;
  /// Why an address may not be examined; empty: it may.
  std::function<std::string(const IpAddress&)> objection;
  /// Must outlive the examination, which adds what it sees.
  RttMemory* memory = nullptr;
};

using Tell = std::function<void(const v1::Progress&)>;

v1::Findings Examine(const v1::Examination& order, const Surroundings& surroundings,
                     const Allowance& allowance, const Tell& tell);

}  // namespace waypost::diagnose
