#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <system_error>
#include <unordered_set>

#include "dnsd/base/result.h"
#include "dnsd/base/utf8.h"
#include "dnsd/config/parse.h"
#include "dnsd/config/scalar.h"
#include "dnsd/zone/include_text.h"

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

/// Sorted, without those that are hidden.
Result<std::vector<std::string>> FilesIn(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> files;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::string path = at->path().string();
    if (path[path.rfind('/') + 1] != '.') files.push_back(std::move(path));
  }
  if (error) return Fail(ErrorCode::kUnavailable, "cannot be read: " + error.message());
  std::sort(files.begin(), files.end());
  return files;
}

/// Collects what the files of one LoadPath declare.
class Loader {
 public:
  Loader(KnownFiles& known, KnownFiles& seen) : known_(known), seen_(seen) {}

  Parsed Take() { return std::move(out_); }

  void LoadDocuments(const fs::path& path) {
    const auto stamp = StampOf(path.string());
    if (Keep(path, stamp)) return;
    const auto text = ReadText(path);
    if (!text) return Report({.file = path.string(), .fact = text.error().message});
    Parsed parsed = ParseDocuments(*text, path.string());
    FileContent file;
    bool is_known = stamp && parsed.problems.empty();
    std::move(parsed.problems.begin(), parsed.problems.end(), std::back_inserter(out_.problems));
    for (ParsedResource& read : parsed.resources) {
      file.ids.push_back(IdOf(read.resource));
      ids_.insert(file.ids.back());
      if (read.resource.has_zone()) is_known &= ReadZoneFile(path.parent_path(), read, file);
      out_.resources.push_back(std::move(read));
    }
    if (is_known) Know(path, *stamp, std::move(file));
  }

  /// ORIGIN.zone, unless a document named it already. Of two for one zone the first is used.
  void LoadMasterFile(const fs::path& path) {
    if (!named_files_.empty() && named_files_.count(Identity(path)) != 0) return;
    if (!IsUtf8(path.string())) return RefuseName(path);
    const auto stamp = StampOf(path.string());
    if (Keep(path, stamp)) return;
    ParsedResource read{CalledAfter(path), {path.string(), 1}};
    v1::Zone& zone = *read.resource.mutable_zone();
    if (!ids_.insert(IdOf(read.resource)).second) return RefuseSecond(read);
    if (auto text = ReadText(path)) {
      FileContent file{.ids = {IdOf(read.resource)}};
      const bool is_known = TakeText(*std::move(text), path, zone, file);
      if (stamp && is_known && file.named.empty()) {
        seen_.Put(path.string(), {*stamp, nullptr});
      } else if (stamp && is_known) {
        Know(path, *stamp, std::move(file));
      }
    } else {
      zone.set_faults(path.string() + ": " + text.error().message);
      out_.zone_problems.push_back({.file = path.string(), .fact = text.error().message});
    }
    out_.resources.push_back(std::move(read));
  }

  void LoadFolder(const std::string& folder) {
    const auto files = FilesIn(folder);
    if (!files) return Report({.file = folder, .fact = files.error().message});
    for (const fs::path path : *files) {
      if (IsResourceFile(path)) LoadDocuments(path);
    }
    for (const fs::path path : *files) {
      if (IsMasterFile(path)) LoadMasterFile(path);
    }
  }

 private:
  void RefuseName(const fs::path& path) {
    out_.zone_problems.push_back(
        {.file = Legible(path.string()), .fact = "the file's name is not UTF-8 text: rename it"});
  }

  void RefuseSecond(const ParsedResource& read) {
    out_.zone_problems.push_back({.file = read.source.file,
                                  .line = read.source.line,
                                  .object = Describe(read.resource),
                                  .fact = "is declared by another file here too: this one is not "
                                          "used"});
  }

  void Report(Problem problem) { out_.problems.push_back(std::move(problem)); }

  static v1::Resource CalledAfter(const fs::path& path) {
    v1::Resource resource;
    resource.mutable_zone()->set_origin(path.stem().string());
    resource.mutable_zone()->set_file(path.filename().string());
    return resource;
  }

  static std::string Identity(const fs::path& path) {
    std::error_code error;
    const fs::path canonical = fs::weakly_canonical(path, error);
    return error ? path.string() : canonical.string();
  }

  /// False: it must be read.
  bool Keep(const fs::path& path, const std::optional<FileStamp>& stamp) {
    KnownFile* const known = known_.Find(path.string());
    if (!stamp || known == nullptr || known->stamp != *stamp) return false;
    if (known->content == nullptr) {
      if (!KeepContent({.ids = {IdOf(CalledAfter(path))}})) return false;
    } else if (!KeepContent(*known->content)) {
      return false;
    }
    seen_.Put(path.string(), std::move(*known));
    known->stamp = 0;  // whoever names it again must read it to say so
    return true;
  }

  bool KeepContent(const FileContent& file) {
    for (const auto& [name, before] : file.named) {
      if (StampOf(name) != before) return false;
    }
    for (const std::string& id : file.ids) {
      if (known_.suspects.contains(id)) return false;
    }
    for (const auto& [name, before] : file.named) named_files_.insert(Identity(name));
    out_.kept.insert(out_.kept.end(), file.ids.begin(), file.ids.end());
    ids_.insert(file.ids.begin(), file.ids.end());
    return true;
  }

  void Know(const fs::path& path, FileStamp stamp, FileContent file) {
    seen_.Put(path.string(), {stamp, std::make_unique<const FileContent>(std::move(file))});
  }

  /// With what it includes, from its folder only. False: it must be read again the next time.
  bool TakeText(std::string text, const fs::path& path, v1::Zone& zone, FileContent& by) {
    const std::string folder = path.parent_path().string();
    zone::WholeText whole =
        zone::EmbedIncludes(std::move(text), path.string(), folder.empty() ? "." : folder);
    bool is_known = true;
    for (const std::string& file : whole.files) {
      const auto stamp = StampOf(file);
      is_known = is_known && stamp;
      if (stamp) by.named.emplace_back(file, *stamp);
    }
    if (whole.problems.empty() && whole.text.empty()) {
      whole.problems.push_back({.file = path.string(), .fact = "is empty"});
    }
    is_known &= whole.problems.empty();
    if (whole.problems.empty()) {
      zone.set_text(std::move(whole.text));
    } else {
      zone.set_faults(Legible(whole.problems[0].ToString()));
      std::move(whole.problems.begin(), whole.problems.end(),
                std::back_inserter(out_.zone_problems));
    }
    return is_known;
  }

  /// `text` wins over `file`: so what the store gives out can be applied again anywhere. False: the
  /// document must be read again the next time.
  bool ReadZoneFile(const fs::path& folder, ParsedResource& read, FileContent& by) {
    v1::Zone& zone = *read.resource.mutable_zone();
    if (zone.file().empty()) return true;
    const fs::path path = folder / zone.file();
    named_files_.insert(Identity(path));
    const auto stamp = StampOf(path.string());
    if (stamp) by.named.emplace_back(path.string(), *stamp);
    if (!zone.text().empty()) return stamp.has_value();
    auto text = ReadText(path);
    if (text) return TakeText(*std::move(text), path, zone, by) && stamp;
    zone.set_faults(Quoted(path.string()) + " " + text.error().message);
    Problems problems = {
        {.object = Describe(read.resource), .field = "file", .fact = zone.faults()}};
    Locate(problems, {{IdOf(read.resource), read.source}});
    out_.zone_problems.push_back(std::move(problems[0]));
    return false;
  }

  KnownFiles& known_;
  KnownFiles& seen_;
  Parsed out_;
  std::set<std::string> named_files_;
  std::unordered_set<std::string> ids_;  // of what was declared so far
};

}  // namespace

Parsed LoadPath(const std::string& path, KnownFiles& known, KnownFiles& seen) {
  Loader loader(known, seen);
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

Parsed LoadPath(const std::string& path) {
  KnownFiles known, seen;
  return LoadPath(path, known, seen);
}

}  // namespace waypost::config
