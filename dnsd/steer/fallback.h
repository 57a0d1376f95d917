// What a steered record is for those who cannot decide: the records that stand in a zone transfer
// in its place. All endpoints of its candidate pools, or those of the last resort where the policy
// has one; whatever their health, so that a transfer says the same until the configuration changes.
//
// Thread safety: pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dnsd/steer/steering.h"

namespace waypost::steer {

struct FallbackSet {
  std::string owner;  // lowered wire format, where it is another than the record's; else empty
  uint16_t type = 0;
  uint32_t ttl_s = 0;
  std::vector<std::string> rdata;  // without length; never empty

  bool operator==(const FallbackSet&) const = default;
};

/// By type. The TTL is the record's longest, since nothing here will change by itself. Of names
/// only one can stand in a CNAME: the first. Services have the tiers of a failover step as their
/// priorities, else 1. The names of endpoints stand for themselves instead of their wildcard.
std::vector<FallbackSet> FallbackOf(const Record& record, const Topology& topology);

}  // namespace waypost::steer
