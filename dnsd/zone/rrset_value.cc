#include "dnsd/zone/rrset_value.h"

#include "dnsd/wire/octets.h"
#include "dnsd/zone/wire_names.h"

namespace waypost::zone {

RrsetValue ValueOf(const Node& node, const RrSet& rrset) {
  RrsetValue value{std::string(AsText(node.owner())), rrset.type, rrset.ttl, {}};
  for (std::span<const uint8_t> rest = rrset.rdata(); !rest.empty();) {
    const size_t octets = wire::ReadU16(rest.data());
    value.rdata.emplace_back(AsText(rest.subspan(2, octets)));
    rest = rest.subspan(2 + octets);
  }
  return value;
}

}  // namespace waypost::zone
