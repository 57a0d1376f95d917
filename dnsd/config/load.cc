#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory_resource>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <unordered_set>

#include "dnsd/base/parallel.h"
#include "dnsd/base/result.h"
#include "dnsd/base/utf8.h"
#include "dnsd/config/catalog.h"
#include "dnsd/config/files.h"
#include "dnsd/config/parse.h"
#include "dnsd/config/scalar.h"
#include "dnsd/zone/include_text.h"

namespace waypost::config {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMaster = ".zone";

/// A path in its parts, without a copy: a folder may have hundreds of thousands of them.
std::string_view FileName(std::string_view path) { return path.substr(path.rfind('/') + 1); }
std::string_view FolderOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == path.npos) return {};
  return path.substr(0, std::max<size_t>(slash, 1));  // "/" is a folder, too
}

bool HasExtension(std::string_view path, std::string_view extension) {
  return path.ends_with(extension) && FileName(path).size() > extension.size();
}
bool IsMasterFile(std::string_view path) { return HasExtension(path, kMaster); }
bool IsResourceFile(std::string_view path) {
  return HasExtension(path, ".yaml") || HasExtension(path, ".yml") || HasExtension(path, ".json");
}
/// Of the zone that a master file is called after.
std::string OriginOf(std::string_view path) {
  return std::string(FileName(path).substr(0, FileName(path).size() - kMaster.size()));
}

/// Collects what the files of one LoadPath declare.
class Loader {
 public:
  Loader(KnownFiles& known, KnownFiles& seen) : known_(known), seen_(seen) {}

  Parsed Take() { return std::move(out_); }

  void LoadDocuments(const std::string& path) {
    if (Keep(path, StampOf(path))) return;
    const auto file = ReadFile(path);
    if (!file) return Report({.file = path, .fact = file.error().message});
    Parsed parsed = ParseDocuments(file->text, path);
    FileContent content;
    bool is_known = file->stamp && parsed.problems.empty();
    std::move(parsed.problems.begin(), parsed.problems.end(), std::back_inserter(out_.problems));
    for (ParsedResource& read : parsed.resources) {
      content.ids.push_back(IdOf(read.resource));
      ids_.emplace(content.ids.back());
      if (read.resource.has_zone()) is_known &= ReadZoneFile(FolderOf(path), read, content);
      out_.resources.push_back(std::move(read));
    }
    if (is_known) Know(path, *file->stamp, std::move(content));
  }

  /// What may be known of a file before its turn comes.
  struct Glance {
    std::optional<FileStamp> stamp;
    std::optional<Result<FileText>> file;  // nullopt: it was not read
  };

  /// ORIGIN.zone, unless a document named it already. Of two for one zone the first is used.
  void LoadMasterFile(const std::string& path) { LoadMasterFile(path, {StampOf(path), {}}); }
  void LoadMasterFile(const std::string& path, Glance glance) {
    if (!named_files_.empty() && named_files_.contains(Identity(path))) return;
    if (!IsUtf8(path)) return RefuseName(path);
    if (Keep(path, glance.stamp)) return;
    ParsedResource read{CalledAfter(path), {path, 1}};
    v1::Zone& zone = *read.resource.mutable_zone();
    std::string id = IdOf(read.resource);
    if (!ids_.emplace(id).second) return RefuseSecond(read);
    auto file = glance.file ? *std::move(glance.file) : ReadFile(path);
    if (file) {
      FileContent content{.ids = {std::move(id)}};
      const bool is_known = TakeText(std::move(file->text), path, zone, content) && file->stamp;
      if (is_known && content.named.empty()) {
        seen_.Put(path, {*file->stamp, nullptr});
        read.stamp = file->stamp;
      } else if (is_known) {
        Know(path, *file->stamp, std::move(content));
      }
    } else {
      zone.set_faults(path + ": " + file.error().message);
      out_.zone_problems.push_back({.file = path, .fact = file.error().message});
    }
    out_.resources.push_back(std::move(read));
  }

  void LoadFolder(const std::string& folder) {
    const auto entries = EntriesOf(folder);
    if (!entries) return Report({.file = folder, .fact = entries.error().message});
    const std::string prefix = folder.ends_with('/') ? folder : folder + "/";
    ids_.reserve(entries->size());
    std::vector<FolderEntry> master_files;
    for (const FolderEntry& entry : *entries) {
      const std::string path = prefix + entry.name;
      if (IsResourceFile(path)) LoadDocuments(path);
      if (IsMasterFile(path)) master_files.push_back({path, entry.is_file});
    }
    LoadMasterFiles(master_files);
  }

 private:
  void RefuseName(const std::string& path) {
    out_.zone_problems.push_back(
        {.file = Legible(path), .fact = "the file's name is not UTF-8 text: rename it"});
  }

  void RefuseSecond(const ParsedResource& read) {
    out_.zone_problems.push_back({.file = read.source.file,
                                  .line = read.source.line,
                                  .object = Describe(read.resource),
                                  .fact = "is declared by another file here too: this one is not "
                                          "used"});
  }

  void Report(Problem problem) { out_.problems.push_back(std::move(problem)); }

  static v1::Resource CalledAfter(const std::string& path) {
    v1::Resource resource;
    resource.mutable_zone()->set_origin(OriginOf(path));
    resource.mutable_zone()->set_file(std::string(FileName(path)));
    return resource;
  }

  /// Several threads read ahead: most of the time for a small file is the system's.
  void LoadMasterFiles(const std::vector<FolderEntry>& files) {
    constexpr size_t kAtOnce = 1024;
    constexpr size_t kShare = 64;
    for (size_t begin = 0; begin < files.size(); begin += kAtOnce) {
      std::vector<Glance> glances(std::min(kAtOnce, files.size() - begin));
      ParallelFor(glances.size(), kShare,
                  [&](size_t i) { glances[i] = GlanceAt(files[begin + i]); });
      for (size_t i = 0; i < glances.size(); ++i) {
        LoadMasterFile(files[begin + i].name, std::move(glances[i]));
      }
    }
  }

  /// Any thread. Where nothing is known of former files, all are to be read.
  Glance GlanceAt(const FolderEntry& file) const {
    if (known_.empty() && file.is_file) return {std::nullopt, ReadSmallFile(file.name)};
    return {StampOf(file.name), std::nullopt};
  }

  static std::string Identity(const fs::path& path) {
    std::error_code error;
    const fs::path canonical = fs::weakly_canonical(path, error);
    return error ? path.string() : canonical.string();
  }

  /// False: it must be read.
  bool Keep(const std::string& path, const std::optional<FileStamp>& stamp) {
    KnownFile* const known = known_.Find(path);
    if (known == nullptr || known->stamp != stamp) return false;
    if (known->content == nullptr) {
      if (!KeepContent({.ids = {"zone/" + CanonicalDomain(OriginOf(path))}})) return false;
    } else if (!KeepContent(*known->content)) {
      return false;
    }
    seen_.Put(path, std::move(*known));
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
    for (const std::string& id : file.ids) ids_.emplace(id);
    return true;
  }

  void Know(const std::string& path, FileStamp stamp, FileContent file) {
    seen_.Put(path, {stamp, std::make_unique<const FileContent>(std::move(file))});
  }

  /// With what it includes, from its folder only. False: it must be read again the next time.
  bool TakeText(std::string text, const std::string& path, v1::Zone& zone, FileContent& by) {
    const std::string_view folder = FolderOf(path);
    zone::WholeText whole =
        zone::EmbedIncludes(std::move(text), path, folder.empty() ? "." : std::string(folder));
    bool is_known = true;
    for (const std::string& file : whole.files) {
      const auto stamp = StampOf(file);
      is_known = is_known && stamp;
      if (stamp) by.named.emplace_back(file, *stamp);
    }
    if (whole.problems.empty() && whole.text.empty()) {
      whole.problems.push_back({.file = path, .fact = "is empty"});
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
  bool ReadZoneFile(std::string_view folder, ParsedResource& read, FileContent& by) {
    v1::Zone& zone = *read.resource.mutable_zone();
    if (zone.file().empty()) return true;
    const std::string path = fs::path(folder) / zone.file();
    named_files_.insert(Identity(path));
    const auto stamp = StampOf(path);
    if (stamp) by.named.emplace_back(path, *stamp);
    if (!zone.text().empty()) return stamp.has_value();
    auto file = ReadFile(path);
    if (file) return TakeText(std::move(file->text), path, zone, by) && stamp;
    zone.set_faults(Quoted(path) + " " + file.error().message);
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
  // In memory of their own, lest their places stay empty between those of the resources.
  std::pmr::monotonic_buffer_resource ids_memory_;
  std::pmr::unordered_set<std::pmr::string> ids_{&ids_memory_};  // of what was declared so far
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
