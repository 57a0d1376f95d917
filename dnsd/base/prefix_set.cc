#include "dnsd/base/prefix_set.h"

#include <algorithm>

namespace waypost {

PrefixSet::PrefixSet(std::vector<IpPrefix> prefixes) {
  // A prefix sorts before those inside of it.
  std::sort(prefixes.begin(), prefixes.end());
  for (const IpPrefix& prefix : prefixes) {
    const bool is_covered = !prefixes_.empty() && prefixes_.back().Contains(prefix.address);
    if (!is_covered) prefixes_.push_back(prefix);
  }
}

bool PrefixSet::Contains(const IpAddress& address) const noexcept {
  const auto starts_behind = [](const IpAddress& a, const IpPrefix& p) { return a < p.address; };
  const auto next = std::upper_bound(prefixes_.begin(), prefixes_.end(), address, starts_behind);
  return next != prefixes_.begin() && std::prev(next)->Contains(address);
}

}  // namespace waypost
