// Dynamic updates (RFC 2136) as changes of resources.
//
// Thread safety: pure.
#pragma once

#include <string>
#include <vector>

#include "dnsd/base/ip.h"
#include "dnsd/config/build.h"
#include "dnsd/transfer/message.h"
#include "dnsd/transfer/update.h"

namespace waypost::control {

/// An UPDATE message whose signature, if any, is good.
struct UpdateOrder {
  std::string origin;  // of its zone, as in config::NameOf
  const transfer::Message& message;
  IpAddress from;
  std::string key;  // as config::Allows wants it; empty: not signed
};

/// What the zone's rules let the sender change; null: nothing at all.
transfer::MayChange PermissionsOf(const UpdateOrder& order, const config::BuiltZone& zone);

/// The set with these RRsets of the zone. One that goes leaves an empty resource behind where the
/// master file has it too, and else none.
config::ResourceSet WithRrsets(const config::ResourceSet& current, const config::BuiltZone& zone,
                               const std::vector<transfer::RrsetChange>& changes);

}  // namespace waypost::control
