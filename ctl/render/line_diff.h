// Which lines of a text another one keeps, drops and adds.
//
// Thread safety: pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace waypost::render {

struct DiffLine {
  enum class Kind {
    kKept,
    kDropped,
    kAdded,
    kSkipped
  };  // kSkipped: stands for kept lines left out
  Kind kind = Kind::kKept;
  std::string text;
  bool operator==(const DiffLine&) const = default;
};

/// The shortest such list, with at most `context` kept lines around each change. Texts whose
/// changed parts are longer than some 2000 lines each count as dropped and added as a whole.
std::vector<DiffLine> DiffLines(std::string_view before, std::string_view after, size_t context);

}  // namespace waypost::render
