// A set of networks: is this address in one of them? For access lists and exemptions.
//
// Thread safety: immutable after construction. Contains takes O(log n) and allocates nothing.
#pragma once

#include <vector>

#include "dnsd/base/ip.h"

namespace waypost {

class PrefixSet {
 public:
  PrefixSet() = default;
  /// In any order; prefixes inside of others add nothing.
  explicit PrefixSet(std::vector<IpPrefix> prefixes);

  bool empty() const noexcept { return prefixes_.empty(); }
  bool Contains(const IpAddress& address) const noexcept;

 private:
  std::vector<IpPrefix> prefixes_;  // sorted, disjoint
};

}  // namespace waypost
