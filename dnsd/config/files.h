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
/// Of many files so many may be in memory before they are looked at.
inline constexpr size_t kSmallFileOctets = size_t{64} << 10;
/// nullopt: it is larger, or not known to be smaller.
std::optional<Result<FileText>> ReadSmallFile(const std::string& path);

struct FolderEntry {
  std::string name;
  bool is_file;  // surely, and not a pipe, which can be read once
};
/// What is in a folder, by name, without what is hidden.
Result<std::vector<FolderEntry>> EntriesOf(const std::string& folder);

}  // namespace waypost::config
