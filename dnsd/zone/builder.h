// Records to a zone: checks what they mean together, and lays them out to be asked.
//
// Thread safety: pure. Errors: all at once; with any error there is no zone. Warnings are for what
// is served but hardly meant.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "dnsd/base/problem.h"
#include "dnsd/wire/name.h"
#include "dnsd/zone/master_file.h"
#include "dnsd/zone/records.h"
#include "dnsd/zone/zone.h"

namespace waypost::zone {

/// What a policy answers instead of the master file. Its position in the list given to the builder
/// is Steered::slot.
struct SteeredOwner {
  wire::Name owner;
  SteeredTypes types;
  std::string view = {};  // whose clients see it; for who chooses the owners of a zone
};

struct BuiltZone {
  std::shared_ptr<const Zone> zone;  // null if there are errors
  Problems problems;
};

/// Takes over the memory of the records (pass them with std::move). `lender`: the zone that they
/// borrow from, if any; it lives as long as the new one.
BuiltZone BuildZone(const wire::Name& origin, Records records,
                    std::span<const SteeredOwner> steered = {},
                    std::shared_ptr<const Zone> lender = nullptr);

/// Problems of a text and of what it means. What is missing altogether is not told where some of
/// the text could not be read: it may stand there.
Problems Together(Problems of_text, Problems of_meaning);

/// ParseMasterText and then BuildZone, and Together the problems of both.
BuiltZone LoadZoneText(std::string_view text, const wire::Name& origin, const std::string& file,
                       std::span<const SteeredOwner> steered = {},
                       const MasterFileOptions& options = {});

}  // namespace waypost::zone
