// What others may copy of the zones that are served.
//
// Thread safety: pure.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dnsd/config/build.h"
#include "dnsd/transfer/zone_image.h"

namespace waypost::control {

std::shared_ptr<const transfer::ZoneImage> ImageOf(const config::BuiltZone& zone,
                                                   const steer::Steering& steering);

/// One version of a zone, and the configuration that it is part of.
struct ZoneVersion {
  const config::BuiltZone& zone;
  const config::Built& built;
};

/// Where two versions of one zone can differ besides the SOA: owners in lowered wire format, each
/// once. nullopt: anywhere.
std::optional<std::vector<std::string>> ChangedOwners(const ZoneVersion& before,
                                                      const ZoneVersion& after);

}  // namespace waypost::control
