// A master file with what its $INCLUDE lines name in it, as one text that can be stored and read
// anywhere. What was included stands between lines that ParseMasterText understands, so that errors
// name the file and line where they really are:
//
//   $BEGIN_INCLUDE "/srv/zones/hosts.inc" origin.example.
//   ...
//   $END_INCLUDE
//
// Thread safety: pure but for reading files. Errors: as problems; what cannot be included is left
// out. Limits: those of ParseMasterText.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dnsd/base/problem.h"
#include "dnsd/base/result.h"

namespace waypost::zone {

struct WholeText {
  std::string text;  // UTF-8
  Problems problems;
  std::vector<std::string> files;  // that were included
};

/// Without the quotes around it and its escapes.
Result<std::string> Unquote(std::string_view word);

/// `file`: for messages. `dir`: as MasterFileOptions::include_dir.
WholeText EmbedIncludes(std::string text, const std::string& file, const std::string& dir);

}  // namespace waypost::zone
