// Views as declared: whose clients they are.
//
// Thread safety: pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dnsd/base/problem.h"
#include "dnsd/base/view_map.h"
#include "dnsd/config/catalog.h"
#include "dnsd/config/scope.h"

namespace waypost::config {

/// What stands for the clients of no view where a view can be named.
inline constexpr const char* kNoView = "default";

/// The rules as ViewMap wants them: one for each network and address. What cannot be read is left
/// out.
std::vector<ViewRule> RulesOf(const v1::View& view, uint32_t number);
/// Views are numbered in the order of their names.
ViewMap MapOf(const ByName<v1::View>& views);

/// Names, rules, keys, and overlaps between views; and whether what belongs to a view names one
/// that there is. Looks at what is in the scope, and at all where views came, went or changed.
void CheckViews(const ResourceSet& resources, const Scope& scope, Problems& problems);

}  // namespace waypost::config
