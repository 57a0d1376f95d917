// The part of the status that one resource has to do with.
//
// Thread safety: pure.
#pragma once

#include "waypost/v1/control.pb.h"

namespace waypost::render {

/// A region with its pools and vantages; a pool; a monitor's endpoints; a record's candidates; a
/// zone; and the overrides about them. Empty for other kinds.
v1::StatusReply SelectStatus(const v1::Resource& resource, const v1::StatusReply& status);

}  // namespace waypost::render
