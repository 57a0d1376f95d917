#include "dnsd/steer/front_table.h"

#include <map>
#include <utility>

#include "dnsd/steer/chain.h"

namespace waypost::steer {
namespace {

bool IsWorthIt(const Record& record) {
  const Chain& chain = *record.chain;
  return record.candidates->all.size() <= Front::kMostCandidates &&
         !(chain.fences().empty() && chain.settled().empty());
}

}  // namespace

FrontTable::FrontTable(const Steering& steering, const geo::ClientMap& clients)
    : classes_(clients.class_count()), rows_(steering.records.size(), kNone) {
  // Records of one chain over the same pools are of one kind.
  std::map<std::pair<const Chain*, const CandidateLists*>, uint32_t> rows;
  uint32_t next = 0;
  for (const Record& record : steering.records) {
    if (!IsWorthIt(record)) continue;
    const auto [at, is_new] = rows.try_emplace({record.chain.get(), record.candidates.get()}, next);
    if (is_new && (next + 2) * classes_ * sizeof(Front) > kMostOctets) at->second = kNone;
    if (is_new && at->second != kNone) next += 2;
    rows_[record.index] = at->second;
  }
  fronts_ = std::vector<Front>(next * classes_);
}

}  // namespace waypost::steer
