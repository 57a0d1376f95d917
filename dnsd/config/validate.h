// What steer::Compile does not check: monitors, zones, overrides, what refers to them, and
// resources that nothing uses.
//
// Thread safety: pure. Errors: all problems at once; that Rrsets and Records belong to a zone is
// checked where they are placed.
#pragma once

#include "dnsd/base/problem.h"
#include "dnsd/config/catalog.h"
#include "dnsd/config/resource_set.h"
#include "dnsd/config/scope.h"
#include "dnsd/steer/reporter.h"

namespace waypost::config {

/// `scope`: what differs from a set that is sound; only what that can make wrong is looked at.
Problems Validate(const ResourceSet& resources, const Scope& scope);

// The parts, each adding what it finds.
void CheckMonitor(const v1::Monitor& monitor, Problems& problems);
void CheckMonitorReferences(const Catalog& catalog, Problems& problems);
void CheckZone(const std::string& name, const v1::Zone& zone, const Catalog& catalog,
               Problems& problems);
void CheckKeys(const Catalog& catalog, Problems& problems);
/// Who may transfer and update the zone, and who is told.
void CheckTransfers(const v1::Zone& zone, const Catalog& catalog, const steer::Reporter& report);
void CheckOverride(const v1::Override& override, const Catalog& catalog, Problems& problems);
void CheckAutomations(const Catalog& catalog, Problems& problems);
/// Calculated health, and the signals in it.
void CheckHealth(const Catalog& catalog, Problems& problems);
void CheckWebhooks(const Catalog& catalog, Problems& problems);
/// Warnings about what is declared and never used.
void CheckUsage(const Catalog& catalog, Problems& problems);

}  // namespace waypost::config
