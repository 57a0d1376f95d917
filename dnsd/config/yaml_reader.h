// Text to trees, through yaml-cpp's event parser. The one place that knows yaml-cpp.
//
// Anchors and aliases are expanded, to no more than the text's own size; tags and merge keys are
// refused.
//
// Thread safety: pure. Errors: every document's first fault with its line; the other documents are
// read all the same.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dnsd/base/problem.h"
#include "dnsd/config/tree.h"

namespace waypost::config {

/// Lists and maps inside each other, at most.
inline constexpr size_t kMaxNesting = 64;

/// Then reading stops and says so: a file of another format has an error on each line.
inline constexpr size_t kMaxProblems = 1000;
inline constexpr const char* kTooManyProblems = "has too many problems, others are not shown";

struct YamlText {
  std::vector<Tree> documents;  // without empty ones
  Problems problems;
};

YamlText ReadYaml(std::string_view text, const std::string& file);

}  // namespace waypost::config
