// Is this master file sound? What `waypostctl zone check` answers.
//
// Thread safety: pure but for reading files. Errors: as problems; a file that cannot be read is
// one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "dnsd/base/problem.h"
#include "dnsd/wire/name.h"

namespace waypost::zone {

struct ZoneSummary {
  wire::Name origin;
  uint64_t names = 0;    // empty non-terminals included
  uint64_t records = 0;  // duplicates not counted
  uint32_t serial = 0;
};

struct ZoneCheck {
  Problems problems;
  std::optional<ZoneSummary> summary;  // absent if there are errors
};

/// Without `origin` it is taken from the file's name (example.com.zone), else from the owner of the
/// SOA record. $INCLUDE reads only below the file's folder.
ZoneCheck CheckZoneFile(const std::string& path, const std::optional<wire::Name>& origin = {});

}  // namespace waypost::zone
