// Files to resources: YAML and JSON documents, master files, folders of both.
//
// Thread safety: pure but for reading files. Errors: every problem with file and line; what could
// be read is returned beside the problems, so that later checks can add theirs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dnsd/config/known_files.h"
#include "dnsd/config/resource_set.h"

namespace waypost::config {

struct ParsedResource {
  v1::Resource resource;
  Source source;
  /// Of source.file, where it is a master file that says nothing else.
  std::optional<FileStamp> stamp = std::nullopt;
};

struct Parsed {
  std::vector<ParsedResource> resources;
  Problems problems;
  /// Of zones whose files cannot be read: they are among the resources, with Zone.faults.
  Problems zone_problems;
  std::vector<std::string> kept;  // ids of what stands in files that did not change
};

/// Limits: 64 MiB of text, nesting of 64, and no YAML alias expands to more than the text's own
/// size.
inline constexpr size_t kMaxDocumentBytes = 64U << 20;

/// Parsed resources by identity; one that is declared twice is a problem, and the first one stays.
struct Collected {
  ResourceSet resources;
  Sources sources;
  Problems problems;  // those of parsing included
};
Collected Collect(Parsed parsed);

/// A stream of YAML documents, or one JSON document (an object or an array of objects).
Parsed ParseDocuments(std::string_view text, const std::string& file);

/// A resource file (*.yaml, *.yml, *.json), a master file (ORIGIN.zone becomes a Zone), or a folder
/// with such files (not its subfolders, in name order). Zone.file of documents is read into
/// Zone.text, relative to the document. Files that are as they were in `known` are not read again,
/// and move to `seen`, where all that are read are added.
Parsed LoadPath(const std::string& path, KnownFiles& known, KnownFiles& seen);
Parsed LoadPath(const std::string& path);

}  // namespace waypost::config
