// An RRset as a value, on its way from one zone to another.
//
// Thread safety: as a standard container.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dnsd/zone/node.h"

namespace waypost::zone {

/// A whole RRset as it is to be; without RDATA: gone.
struct RrsetValue {
  std::string owner;  // wire format, in any case
  uint16_t type = 0;
  uint32_t ttl = 0;                // seconds
  std::vector<std::string> rdata;  // uncompressed

  bool operator==(const RrsetValue&) const = default;
};

RrsetValue ValueOf(const Node& node, const RrSet& rrset);

}  // namespace waypost::zone
