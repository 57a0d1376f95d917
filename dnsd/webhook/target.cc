#include "dnsd/webhook/target.h"

#include <algorithm>

namespace waypost::webhook {

bool Wants(const Target& target, const Event& event) {
  const auto& kinds = target.kinds;
  if (std::find(kinds.begin(), kinds.end(), event.kind) == kinds.end()) return false;
  return target.subjects.empty() ||
         std::any_of(target.subjects.begin(), target.subjects.end(),
                     [&](const std::string& pattern) { return Matches(pattern, event.subject); });
}

}  // namespace waypost::webhook
