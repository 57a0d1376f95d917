// Files and folders as a load reads them: whole, within a limit, with what tells whether they
// changed since.
//
// Thread safety: pure but for reading files. Errors: kUnavailable (the system says why) and
// kInvalid, without the path.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dnsd/base/result.h"
#include "dnsd/config/known_files.h"

namespace waypost::config {

struct FileText {
  std::string text;
  std::optional<FileStamp> stamp;  // as it was before it was read
};

/// Up to kMaxDocumentBytes.
Result<FileText> ReadFile(const std::string& path);

/// The names in a folder, in order, without those that are hidden.
Result<std::vector<std::string>> NamesIn(const std::string& folder);

}  // namespace waypost::config
