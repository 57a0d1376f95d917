#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "dnsd/liveness/reason.h"

namespace waypost::liveness {
namespace {

using Origins = std::vector<const Origin*>;

/// Where those stand that say so, of whom votes count.
Origins OriginsOf(Opinion opinion, const Ballot& ballot, const Roster& roster, const VoteRule& rule,
                  Steady now) {
  Origins origins;
  for (const Vote& vote : ballot.votes()) {
    const Roster::Vantage& vantage = roster.vantages()[vote.vantage];
    const bool counts = IsFresh(vote.evidence, rule, now) && !vantage.suspended;
    if (counts && vote.evidence.opinion == opinion) origins.push_back(&vantage.origin);
  }
  return origins;
}

/// All of `inside` are alike by `key`, which is set, and none of `outside` is like them.
template <typename Key>
bool StandApart(const Origins& inside, const Origins& outside, Key key) {
  const auto& shared = (*inside.front()).*key;
  const auto is_like = [&](const Origin* origin) { return origin->*key == shared; };
  return shared != std::decay_t<decltype(shared)>() &&
         std::all_of(inside.begin(), inside.end(), is_like) &&
         std::none_of(outside.begin(), outside.end(), is_like);
}

std::string_view Together(size_t vantages) {
  if (vantages == 1) return "";
  return vantages == 2 ? "both " : "all ";
}

}  // namespace

std::string PathTrouble(const Ballot& ballot, const Tally& tally, const Roster& roster,
                        const VoteRule& rule, Steady now) {
  if (tally.down == 0 || tally.up <= tally.down) return "";
  const Origins down = OriginsOf(Opinion::kDown, ballot, roster, rule, now);
  const Origins up = OriginsOf(Opinion::kUp, ballot, roster, rule, now);
  if (down.empty()) return "";
  std::string place;
  if (StandApart(down, up, &Origin::asn)) {
    place = fmt::format("AS {}", down.front()->asn);
  } else if (StandApart(down, up, &Origin::region)) {
    place = "region " + down.front()->region;
  } else {
    return "";
  }
  return fmt::format("down from {} of {}, {}in {}: path trouble suspected", tally.down,
                     tally.fresh(), Together(down.size()), place);
}

}  // namespace waypost::liveness
