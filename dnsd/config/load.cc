#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>

#include "dnsd/base/result.h"
#include "dnsd/config/parse.h"
#include "dnsd/config/scalar.h"

namespace waypost::config {
namespace {

namespace fs = std::filesystem;

Result<std::string> ReadText(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return Fail(ErrorCode::kInvalid, "is a folder, not a file");
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return Fail(ErrorCode::kUnavailable, "cannot be opened: " + std::string(strerror(errno)));
  std::string text;
  std::array<char, size_t{64} << 10U> part;
  while (file && text.size() <= kMaxDocumentBytes) {
    file.read(part.data(), part.size());
    text.append(part.data(), static_cast<size_t>(file.gcount()));
  }
  if (file.bad()) return Fail(ErrorCode::kUnavailable, "cannot be read");
  if (text.size() > kMaxDocumentBytes) return Fail(ErrorCode::kInvalid, "is larger than 64 MiB");
  return text;
}

bool IsMasterFile(const fs::path& path) { return path.extension() == ".zone"; }
bool IsResourceFile(const fs::path& path) {
  const fs::path extension = path.extension();
  return extension == ".yaml" || extension == ".yml" || extension == ".json";
}

/// Collects what the files of one LoadPath declare.
class Loader {
 public:
  Parsed Take() { return std::move(out_); }

  void LoadDocuments(const fs::path& path) {
    const auto text = ReadText(path);
    if (!text) return Report({.file = path.string(), .fact = text.error().message});
    Parsed parsed = ParseDocuments(*text, path.string());
    std::move(parsed.problems.begin(), parsed.problems.end(), std::back_inserter(out_.problems));
    for (ParsedResource& read : parsed.resources) {
      if (read.resource.has_zone()) ReadZoneFile(path.parent_path(), read);
      out_.resources.push_back(std::move(read));
    }
  }

  /// ORIGIN.zone, unless a document named it already.
  void LoadMasterFile(const fs::path& path) {
    if (named_files_.count(Identity(path)) != 0) return;
    auto text = ReadText(path);
    if (!text) return Report({.file = path.string(), .fact = text.error().message});
    ParsedResource read;
    v1::Zone& zone = *read.resource.mutable_zone();
    zone.set_origin(path.stem().string());
    zone.set_file(path.filename().string());
    zone.set_text(*std::move(text));
    read.source.file = path.string();
    read.source.line = 1;
    out_.resources.push_back(std::move(read));
  }

  void LoadFolder(const fs::path& folder) {
    std::error_code error;
    std::vector<fs::path> files;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
      const fs::path& path = at->path();
      if (!path.filename().string().starts_with('.')) files.push_back(path);
    }
    if (error)
      return Report({.file = folder.string(), .fact = "cannot be read: " + error.message()});
    std::sort(files.begin(), files.end());
    for (const fs::path& path : files) {
      if (IsResourceFile(path)) LoadDocuments(path);
    }
    for (const fs::path& path : files) {
      if (IsMasterFile(path)) LoadMasterFile(path);
    }
  }

 private:
  void Report(Problem problem) { out_.problems.push_back(std::move(problem)); }

  static std::string Identity(const fs::path& path) {
    std::error_code error;
    const fs::path canonical = fs::weakly_canonical(path, error);
    return error ? path.string() : canonical.string();
  }

  /// `text` wins over `file`: so what the store gives out can be applied again anywhere.
  void ReadZoneFile(const fs::path& folder, ParsedResource& read) {
    v1::Zone& zone = *read.resource.mutable_zone();
    if (zone.file().empty()) return;
    const fs::path path = folder / zone.file();
    named_files_.insert(Identity(path));
    if (!zone.text().empty()) return;
    auto text = ReadText(path);
    if (text) return zone.set_text(*std::move(text));
    Problems problems = {{.object = Describe(read.resource),
                          .field = "file",
                          .fact = Quoted(path.string()) + " " + text.error().message}};
    Locate(problems, {{IdOf(read.resource), read.source}});
    Report(std::move(problems[0]));
  }

  Parsed out_;
  std::set<std::string> named_files_;
};

}  // namespace

Parsed LoadPath(const std::string& path) {
  Loader loader;
  std::error_code error;
  if (fs::is_directory(path, error)) {
    loader.LoadFolder(path);
  } else if (IsMasterFile(path)) {
    loader.LoadMasterFile(path);
  } else {
    loader.LoadDocuments(path);
  }
  return loader.Take();
}

}  // namespace waypost::config
