#include "dnsd/base/problem.h"

namespace waypost {

std::string Problem::ToString() const {
  std::string text = file;
  if (!file.empty() && line > 0) text += ":" + std::to_string(line);
  for (const std::string* part : {&object, &field}) {
    if (!part->empty()) text += (text.empty() ? "" : ": ") + *part;
  }
  return text + (text.empty() ? "" : ": ") + (is_warning ? "warning: " : "") + fact;
}

}  // namespace waypost
