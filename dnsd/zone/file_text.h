// Reads whole text files, within limits.
//
// Thread safety: pure but for reading files. Errors: a Result that names the path.
#pragma once

#include <string>

#include "dnsd/base/result.h"

namespace waypost::zone {

/// Refuses what is not a regular file (a pipe would block) and what is longer than `max_octets`.
Result<std::string> LoadText(const std::string& path, size_t max_octets);

/// The path of `name` below the folder `dir`. Refuses absolute names, "..", and symbolic links that
/// lead out of the folder.
Result<std::string> ResolveBelow(const std::string& dir, const std::string& name);

}  // namespace waypost::zone
