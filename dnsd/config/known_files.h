// What files said when they were read last, so that a reload reads only those that changed since.
//
// Thread safety: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace waypost::config {

/// Differs whenever the file may have changed: who replaces a file changes its inode, who writes to
/// it its times.
struct FileStamp {
  uint64_t device = 0;
  uint64_t inode = 0;
  uint64_t size = 0;
  int64_t modified_ns = 0;
  int64_t changed_ns = 0;  // of the inode

  bool operator==(const FileStamp&) const = default;
};

/// nullopt: there is no such file, or it changed just now, so that another change would not show.
std::optional<FileStamp> StampOf(const std::string& path);

struct KnownFile {
  FileStamp stamp;
  std::vector<std::string> ids;  // of what it declares
  /// Master files that its documents name.
  std::vector<std::pair<std::string, FileStamp>> named;
};

/// By path.
using KnownFiles = std::unordered_map<std::string, KnownFile>;

}  // namespace waypost::config
