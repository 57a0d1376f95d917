// Trees to text: YAML as people write it, and JSON.
//
// Thread safety: pure.
#pragma once

#include <string>

#include "dnsd/config/tree.h"

namespace waypost::config {

/// Strings that YAML parsers of any version could read as something else are quoted.
std::string EmitYaml(const Tree& tree);
/// Two blanks a level.
std::string EmitJson(const Tree& tree);

}  // namespace waypost::config
