// What the records of a zone must and should be to each other: the checks that need the whole zone.
//
// Thread safety: one thread. Errors: to the ProblemList.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dnsd/zone/flat_zone.h"
#include "dnsd/zone/problem_list.h"
#include "dnsd/zone/records.h"

namespace waypost::zone {

class Rules {
 public:
  /// `layout`: the names to check, which are all of the zone or some. `sources` as in Assembled.
  Rules(const Zone& zone, const ZoneLayout& layout, const Records& records,
        std::span<const uint32_t> sources, ProblemList& problems);

  void Check();

 private:
  void CheckApex();
  void CheckTargets();
  void CheckTarget(const Node& owner, const RrSet& rrset, NameView target);
  void CheckAnswered(const RrSet& rrset, const Found& target, const std::string& name);
  void CheckNode(size_t index);
  void CheckAlias(const Node& node);
  void CheckDname(const Node& node);
  void CheckSteered(size_t index);
  void CheckWildcard(const Node& node);
  void CheckOccluded(size_t index);

  const RrSet* FindOtherData(const Node& node) const;
  void Report(const RrSet& rrset, const std::string& fact, bool is_warning = false);
  void ReportSteered(const Node& node, const std::string& fact);

  const Zone& zone_;
  const ZoneLayout& layout_;
  const Records& records_;
  std::span<const uint32_t> sources_;
  ProblemList& problems_;
  std::vector<bool> is_glue_;  // by node: an NS record names it
};

}  // namespace waypost::zone
