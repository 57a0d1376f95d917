// One thing that is wrong with what an operator declared: place, object, fact. Checks collect all
// of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace waypost {

struct Problem {
  std::string file;    // empty: not from a file
  uint32_t line = 0;   // 0: unknown
  std::string object;  // `policy "web"`; empty: the file as such
  std::string field;   // path inside the object, such as "steps[1].weighted.sticky"; empty: the
                       // object as such
  std::string fact;
  bool is_warning = false;

  /// `zones/demo.yaml:14: policy "web": steps[1].weighted: ...`
  std::string ToString() const;
};

using Problems = std::vector<Problem>;

}  // namespace waypost
