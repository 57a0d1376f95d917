// The source tree as the architecture tests see it: files, their lines and what they include.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace waypost::architecture {

struct Source {
  std::string path;  // from the root of the tree
  std::vector<std::string> lines;
  std::vector<std::string> own;    // #include "..."
  std::vector<std::string> other;  // #include <...>

  bool is_header() const { return path.ends_with(".h"); }
};

using Sources = std::map<std::string, Source>;
using Violations = std::vector<std::string>;

/// "dnsd/zone" of "dnsd/zone/zone.h".
inline std::string FolderOf(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}

inline Source ReadSource(const std::string& path, std::istream& text) {
  static const std::regex kInclude(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"].*)");
  Source source{path, {}, {}, {}};
  for (std::string line; std::getline(text, line);) {
    std::smatch match;
    if (std::regex_match(line, match, kInclude)) {
      (match[1] == "\"" ? source.own : source.other).push_back(match[2]);
    }
    source.lines.push_back(line);
  }
  return source;
}

inline bool IsSource(const std::filesystem::path& path) {
  return path.extension() == ".h" || path.extension() == ".cc" || path.extension() == ".proto";
}

/// All sources below these folders of the working directory, which is the root of the tree.
inline Sources LoadSources(const std::vector<std::string>& folders) {
  Sources sources;
  for (const std::string& folder : folders) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file() || !IsSource(entry.path())) continue;
      std::ifstream text(entry.path());
      const std::string path = entry.path().lexically_normal().string();
      sources.emplace(path, ReadSource(path, text));
    }
  }
  return sources;
}

/// Everything that a file includes, directly or not, itself too.
inline std::set<std::string> Closure(const Sources& sources, const std::string& path) {
  std::set<std::string> seen;
  std::vector<std::string> open = {path};
  while (!open.empty()) {
    const std::string next = open.back();
    open.pop_back();
    if (!seen.insert(next).second) continue;
    const auto source = sources.find(next);
    if (source == sources.end()) continue;
    open.insert(open.end(), source->second.own.begin(), source->second.own.end());
  }
  return seen;
}

}  // namespace waypost::architecture
