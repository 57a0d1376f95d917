// The oracle: the lookup of RFC 1034 section 4.3.2 with RFC 4592 and RFC 6672, written down as the
// texts have it, label by label over a plain map. Slow and obvious.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "dnsd/zone/zone.h"

namespace waypost::zone {

/// Labels from the root down: {"example", "www"}.
using Labels = std::vector<std::string>;

class SlowZone {
 public:
  explicit SlowZone(Labels origin) : origin_(std::move(origin)) { names_[origin_]; }

  void Add(const Labels& owner, uint16_t type) {
    for (Labels name = owner; name.size() >= origin_.size(); name.pop_back()) names_[name];
    names_[owner].insert(type);
  }

  struct Answer {
    Match match = Match::kNone;
    Labels owner;
  };

  Answer Find(const Labels& qname) const {
    // "Start matching down, label by label, in the zone."
    Labels matched = origin_;
    while (true) {
      const bool is_apex = matched.size() == origin_.size();
      if (!is_apex && Has(matched, kNs)) return {Match::kDelegated, matched};
      if (matched.size() == qname.size()) return {Match::kExact, matched};
      if (Has(matched, kDname)) return {Match::kDname, matched};
      Labels next = matched;
      next.push_back(qname[matched.size()]);
      if (names_.count(next) == 0) break;
      matched = next;
    }
    // "If at some label, a match is impossible, look to see if the * label exists."
    Labels source = matched;
    source.push_back("*");
    if (names_.count(source) == 0) return {};
    return {Match::kWildcard, source};
  }

  const std::map<Labels, std::set<uint16_t>>& names() const { return names_; }

 private:
  bool Has(const Labels& name, uint16_t type) const { return names_.at(name).count(type) > 0; }

  Labels origin_;
  std::map<Labels, std::set<uint16_t>> names_;
};

}  // namespace waypost::zone
