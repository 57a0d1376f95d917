// What a record says of its service.
//
// Thread safety: pure. Errors: reported.
#pragma once

#include <string>

#include "dnsd/steer/reporter.h"
#include "dnsd/steer/steering.h"

namespace waypost::v1 {
class Record;
class Service;
}  // namespace waypost::v1

namespace waypost::steer {

/// `name` as one label of a host name: in lower case, with '-' for '.' and ':'.
std::string HostLabel(std::string_view name);
/// The same of an address, IPv6 with all its eight groups.
std::string HostLabel(const IpAddress& address);

/// Fills in `record.service` where the record has types of a service; after its name, types and
/// candidates.
void CompileService(const v1::Record& message, const Topology& topology, Record& record,
                    const Reporter& report);

}  // namespace waypost::steer
