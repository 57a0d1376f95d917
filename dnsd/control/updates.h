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
  std::string origin;  // of its zone, in one spelling
  const transfer::Message& message;
  IpAddress from;
  std::string key;  // as config::Allows wants it; empty: not signed
  IpAddress asked;  // of ours
};

/// What an update is for.
struct UpdateTarget {
  const config::BuiltZone* zone = nullptr;  // null: there is none
  std::string view;                         // whose clients see what is changed; empty: all
};
/// The zone as the view sees it that the sender's key selects, and then nobody else sees the
/// change. Else the zone of no view; where there is none of this origin, that of the sender's view.
/// So one who must prove something to the world (such as an ACME client) changes what the world
/// sees, wherever he sits.
UpdateTarget TargetOf(const UpdateOrder& order, const config::Built& built);

/// What the zone's rules let the sender change; null: nothing at all.
transfer::MayChange PermissionsOf(const UpdateOrder& order, const config::BuiltZone& zone);

/// The set with these RRsets of the zone. One that goes leaves an empty resource behind where the
/// master file has it too, and else none.
config::ResourceSet WithRrsets(const config::ResourceSet& current, const UpdateTarget& target,
                               const std::vector<transfer::RrsetChange>& changes);

}  // namespace waypost::control
