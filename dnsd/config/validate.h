// What steer::Compile does not check: monitors, zones, overrides, what refers to them, and
// resources that nothing uses.
//
// Thread safety: pure. Errors: all problems at once.
#pragma once

#include "dnsd/base/problem.h"
#include "dnsd/config/catalog.h"
#include "dnsd/config/resource_set.h"

namespace waypost::config {

Problems Validate(const ResourceSet& resources);

// The parts, each adding what it finds.
void CheckMonitor(const v1::Monitor& monitor, Problems& problems);
void CheckMonitorReferences(const Catalog& catalog, Problems& problems);
void CheckZones(const Catalog& catalog, Problems& problems);
/// Who may transfer, who is told, and the keys for it.
void CheckTransfers(const Catalog& catalog, Problems& problems);
void CheckOverride(const v1::Override& override, const Catalog& catalog, Problems& problems);
/// Warnings about what is declared and never used.
void CheckUsage(const Catalog& catalog, Problems& problems);

}  // namespace waypost::config
