// What files said when they were read last, so that a reload reads only those that changed since.
//
// Thread safety: values.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace waypost::config {

/// A digest of device, inode, size and times, so that it differs whenever the file may have
/// changed: who replaces a file changes its inode, who writes to it its times.
using FileStamp = uint64_t;

/// nullopt: there is no such file, or it changed just now, so that another change would not show.
std::optional<FileStamp> StampOf(const std::string& path);
std::optional<FileStamp> StampOf(const struct stat& about);

struct FileContent {
  std::vector<std::string> ids;  // of what it declares
  /// Master files that its documents name, or that it includes.
  std::vector<std::pair<std::string, FileStamp>> named;
};

struct KnownFile {
  FileStamp stamp = 0;
  /// Null: a master file of the zone that it is called after, and nothing else.
  std::unique_ptr<const FileContent> content;
};

/// By path. In one block, and without the paths: hundreds of thousands of them would take more
/// memory than all else, and so would the holes between them where what is read once has been.
class KnownFiles {
 public:
  /// A digest of the path, which stands for it.
  static uint64_t KeyOf(const std::string& path);

  /// One that is known already is replaced.
  void Put(const std::string& path, KnownFile file) { Put(KeyOf(path), std::move(file)); }
  void Put(uint64_t key, KnownFile file) { files_.emplace_back(key, std::move(file)); }
  /// Valid until Put or Forget; null: there is none.
  KnownFile* Find(const std::string& path);
  bool empty() const { return files_.empty(); }
  /// Those of `newer` replace what is known of the same files.
  void Merge(KnownFiles newer) {
    for (auto& [key, file] : newer.files_) Put(key, std::move(file));
  }
  /// All of them.
  void Forget() {
    files_.clear();
    sorted_ = 0;
  }

  /// Ids: what declares one of them is read again, for something else may have made it faulty.
  std::set<std::string> suspects;

 private:
  using Entry = std::pair<uint64_t, KnownFile>;  // by key

  /// What was put in since comes to its place.
  void Sort();

  std::vector<Entry> files_;
  size_t sorted_ = 0;
};

}  // namespace waypost::config
