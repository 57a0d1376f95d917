// The rules of the house (ARCHITECTURE.md), as functions from sources to what breaks them.
#pragma once

#include "tests/unit/architecture/source_tree.h"

namespace waypost::architecture {

using Folders = std::set<std::string>;

/// The schema's generated headers stand for a folder of their own.
inline const std::string kProto = "waypost/v1";

/// What a folder may include besides itself: base <- wire <- zone <- {geo, liveness} <- steer <-
/// serve, and who stands beside them.
inline const std::map<std::string, Folders>& Layers() {
  static const Folders kBase = {"dnsd/base"};
  static const Folders kZone = {"dnsd/base", "dnsd/wire"};
  static const Folders kEvidence = {"dnsd/base", "dnsd/wire", "dnsd/zone"};
  static const Folders kSteer = {"dnsd/base", "dnsd/wire",     "dnsd/zone",
                                 "dnsd/geo",  "dnsd/liveness", kProto};
  static const Folders kServe = {"dnsd/base", "dnsd/tls", "dnsd/wire",     "dnsd/xdp",
                                 "dnsd/zone", "dnsd/geo", "dnsd/liveness", "dnsd/steer"};
  static const Folders kConfig = {"dnsd/base",     "dnsd/wire",  "dnsd/zone", "dnsd/geo",
                                  "dnsd/liveness", "dnsd/steer", kProto};
  static const Folders kTransfer = {"dnsd/base",     "dnsd/wire",  "dnsd/zone", "dnsd/geo",
                                    "dnsd/liveness", "dnsd/steer", "dnsd/serve"};
  static const Folders kControl = {"dnsd/base", "dnsd/wire", "dnsd/zone", "dnsd/geo",
                                   "dnsd/liveness", "dnsd/steer", "dnsd/serve", "dnsd/store",
                                   "dnsd/tls", "dnsd/config", "dnsd/transfer", "dnsd/webhook",
                                   kProto,
                                   // The director examines as a vantage does.
                                   "healthd/diagnose"};
  static const Folders kHealth = {"dnsd/base",        kProto,           "healthd/probe",
                                  "healthd/diagnose", "healthd/detect", "healthd/report",
                                  "healthd/schedule"};
  static const Folders kDiagnose = {"dnsd/base", kProto, "healthd/probe"};
  static const Folders kCtl = {"dnsd/base", "dnsd/config",  "dnsd/zone",  "dnsd/steer",
                               "dnsd/geo",  "ctl/commands", "ctl/render", kProto};
  static const std::map<std::string, Folders> kLayers = {
      {"dnsd", {"dnsd/base", "dnsd/control", "dnsd/xdp"}},
      {"dnsd/base", {}},
      {"dnsd/tls", kBase},
      {"dnsd/wire", kBase},
      {"dnsd/xdp", kZone},
      {"dnsd/zone", kZone},
      {"dnsd/geo", kEvidence},
      {"dnsd/liveness", kEvidence},
      {"dnsd/steer", kSteer},
      {"dnsd/serve", kServe},
      {"dnsd/store", kBase},
      {"dnsd/config", kConfig},
      {"dnsd/transfer", kTransfer},
      {"dnsd/webhook", kBase},
      {"dnsd/control", kControl},
      {"healthd", kHealth},
      {"healthd/probe", kHealth},
      {"healthd/diagnose", kDiagnose},
      {"healthd/detect", kHealth},
      {"healthd/report", kHealth},
      {"healthd/schedule", kHealth},
      {"ctl", kCtl},
      {"ctl/commands", kCtl},
      {"ctl/render", kCtl},
  };
  return kLayers;
}

struct Library {
  std::string prefix;  // of what stands between < and >, or of an own include
  Folders homes;
  bool only_sources;  // its types may not show in headers
};

/// Where each third-party library, and the part of the schema that needs one, may be included.
inline const std::vector<Library>& Libraries() {
  static const Folders kRpc = {"dnsd/control", "healthd/report", "ctl/commands"};
  static const std::vector<Library> kLibraries = {
      {"bpf/", {"dnsd/xdp"}, true},
      {"jemalloc/", {"dnsd"}, true},
      {"ldns/", {"dnsd/zone", "healthd/probe"}, true},
      {"maxminddb.h", {"dnsd/geo"}, true},
      {"rocksdb/", {"dnsd/store"}, true},
      {"xdp/", {"dnsd/xdp"}, true},
      {"xxhash.h", {"dnsd/liveness"}, true},
      {"yaml-cpp/", {"dnsd/config", "healthd"}, true},
      {"grpcpp/", kRpc, false},
      {"grpc/", kRpc, false},
      {"waypost/v1/control.grpc.pb.h", kRpc, false},
      {"waypost/v1/diagnose.grpc.pb.h", kRpc, false},
      {"waypost/v1/evidence.grpc.pb.h", kRpc, false},
      {"waypost/v1/registry.grpc.pb.h", kRpc, false},
      {"waypost/v1/signal.grpc.pb.h", kRpc, false},
      {"nghttp2/", {"healthd/probe"}, true},
      {"re2/", {"dnsd/config", "healthd/probe"}, true},
      {"prometheus/", {"dnsd/control"}, false},
      {"spdlog/", {"dnsd", "dnsd/control", "healthd", "healthd/report"}, false},
      {"CLI/", {"dnsd/control", "healthd", "ctl/commands"}, false},
      {"boost/",
       {"dnsd/control", "dnsd/webhook", "healthd", "healthd/probe", "healthd/diagnose",
        "healthd/report", "healthd/schedule"},
       false},
      {"openssl/", {"dnsd/tls", "dnsd/transfer", "dnsd/webhook", "healthd/probe"}, false},
      {"google/protobuf/",
       {"dnsd/steer", "dnsd/config", "dnsd/control", "healthd/probe", "healthd/report",
        "healthd/diagnose", "healthd/schedule", "ctl/commands", "ctl/render"},
       false},
      {"fmt/", {}, false},  // no homes: everywhere
      {"tl/expected.hpp", {}, false},
  };
  return kLibraries;
}

/// Of the system, though they have a slash.
inline bool IsSystemHeader(const std::string& header) {
  if (header.find('/') == std::string::npos) return header != "maxminddb.h" && header != "xxhash.h";
  for (const char* prefix : {"sys/", "netinet/", "arpa/", "net/", "linux/"}) {
    if (header.starts_with(prefix)) return true;
  }
  return false;
}

inline const Library* FindLibrary(const std::string& header) {
  for (const Library& library : Libraries()) {
    if (header.starts_with(library.prefix)) return &library;
  }
  return nullptr;
}

inline Violations CheckLayers(const Sources& sources) {
  Violations violations;
  for (const auto& [path, source] : sources) {
    const std::string folder = FolderOf(path);
    const auto layer = Layers().find(folder);
    if (layer == Layers().end()) {
      violations.push_back(path + ": its folder has no layer");
      continue;
    }
    for (const std::string& included : source.own) {
      const std::string from = FolderOf(included);
      const bool exists = from == kProto || sources.count(included) > 0;
      if (!exists) violations.push_back(path + ": " + included + " is no file of the tree");
      if (from != folder && layer->second.count(from) == 0) {
        violations.push_back(path + ": " + folder + " must not include " + included);
      }
    }
  }
  return violations;
}

/// The messages of the schema are no part of what the steering library offers.
inline Violations CheckSchemaStaysInside(const Sources& sources) {
  Violations violations;
  for (const auto& [path, source] : sources) {
    if (FolderOf(path) != "dnsd/steer" || !source.is_header()) continue;
    for (const std::string& included : source.own) {
      if (FolderOf(included) == kProto) violations.push_back(path + ": shows " + included);
    }
  }
  return violations;
}

inline void CheckLibrary(const Source& source, const std::string& header, Violations& violations) {
  const Library* const library = FindLibrary(header);
  if (library == nullptr) {
    violations.push_back(source.path + ": " + header + " is of no library that has a home");
    return;
  }
  const std::string folder = FolderOf(source.path);
  if (!library->homes.empty() && library->homes.count(folder) == 0) {
    violations.push_back(source.path + ": " + folder + " is no home of " + header);
  }
  if (library->only_sources && source.is_header()) {
    violations.push_back(source.path + ": a header shows " + header);
  }
}

inline Violations CheckLibraries(const Sources& sources) {
  Violations violations;
  for (const auto& [path, source] : sources) {
    for (const std::string& header : source.other) {
      if (!IsSystemHeader(header)) CheckLibrary(source, header, violations);
    }
    for (const std::string& header : source.own) {
      if (header.ends_with(".grpc.pb.h")) CheckLibrary(source, header, violations);
    }
  }
  return violations;
}

/// Whatever the data plane includes, directly or through others, has only what formats messages.
inline Violations CheckHotPath(const Sources& sources) {
  Violations violations;
  for (const auto& [path, unused] : sources) {
    if (FolderOf(path) != "dnsd/serve") continue;
    for (const std::string& reached : Closure(sources, path)) {
      if (FolderOf(reached) == kProto) violations.push_back(path + ": reaches " + reached);
      const auto source = sources.find(reached);
      if (source == sources.end()) continue;
      for (const std::string& header : source->second.other) {
        const bool is_allowed =
            IsSystemHeader(header) || header.starts_with("fmt/") || header.starts_with("tl/");
        if (!is_allowed) violations.push_back(path + ": reaches " + header + " by " + reached);
      }
    }
  }
  return violations;
}

inline Violations CheckCycles(const Sources& sources) {
  Violations violations;
  for (const auto& [path, source] : sources) {
    for (const std::string& included : source.own) {
      const std::set<std::string> reached = Closure(sources, included);
      if (reached.count(path) > 0) violations.push_back(path + ": includes itself by " + included);
    }
  }
  return violations;
}

inline Violations CheckSizes(const Sources& sources, size_t max_lines) {
  Violations violations;
  for (const auto& [path, source] : sources) {
    if (source.lines.size() > max_lines) {
      violations.push_back(path + ": has " + std::to_string(source.lines.size()) + " lines");
    }
  }
  return violations;
}

/// A header says first what it is, and may be included twice.
inline Violations CheckHeaders(const Sources& sources) {
  Violations violations;
  for (const auto& [path, source] : sources) {
    if (!source.is_header()) continue;
    if (source.lines.empty() || !source.lines[0].starts_with("//")) {
      violations.push_back(path + ": does not begin with a comment");
    }
    const auto& lines = source.lines;
    if (std::find(lines.begin(), lines.end(), "#pragma once") == lines.end()) {
      violations.push_back(path + ": has no #pragma once");
    }
  }
  return violations;
}

}  // namespace waypost::architecture
