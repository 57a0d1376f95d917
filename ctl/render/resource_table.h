// Declared resources as tables, one for each kind.
//
// Thread safety: pure.
#pragma once

#include <string>
#include <vector>

#include "ctl/render/style.h"
#include "waypost/v1/resource.pb.h"

namespace waypost::render {

/// In the order of the schema; with several kinds, each table stands under the kind's plural.
std::string RenderResources(const std::vector<v1::Resource>& resources, const Style& style);

}  // namespace waypost::render
