#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "dnsd/liveness/reason.h"

namespace waypost::liveness {
namespace {

constexpr uint8_t kContent = 7;  // v1::LAYER_CONTENT: the way there and back was well

using Origins = std::vector<const Origin*>;

/// Vantages that say the same, of whom votes count.
struct Side {
  Origins origins;
  Steady changed = Steady::min();  // when the last of them came to say so
  bool is_content = true;          // what failed is what was answered
};

Side SideOf(Opinion opinion, const Ballot& ballot, const Roster& roster, const VoteRule& rule,
            Steady now) {
  Side side;
  for (const Vote& vote : ballot.votes()) {
    const Roster::Vantage& vantage = roster.vantages()[vote.vantage];
    const bool counts = IsFresh(vote.evidence, rule, now) && !vantage.suspended;
    if (!counts || vote.evidence.opinion != opinion) continue;
    side.origins.push_back(&vantage.origin);
    side.changed = std::max(side.changed, vote.evidence.opinion_since);
    side.is_content = side.is_content && vote.evidence.failed_layer == kContent;
  }
  return side;
}

/// Vantages do not see the same at the same moment: some are later to see it go down, or come back.
bool IsSettled(const Side& up, const Side& down, const VoteRule& rule, Steady now) {
  return now - down.changed >= 2 * rule.interval &&
         now - up.changed >= (rule.rise + 1) * rule.interval + rule.backoff;
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
                        const VoteRule& rule, bool goes_on, Steady now) {
  if (tally.down == 0 || tally.up <= tally.down) return "";
  const Side dissent = SideOf(Opinion::kDown, ballot, roster, rule, now);
  const Side majority = SideOf(Opinion::kUp, ballot, roster, rule, now);
  const Origins& down = dissent.origins;
  const Origins& up = majority.origins;
  if (down.empty() || !(goes_on || IsSettled(majority, dissent, rule, now))) return "";
  std::string place;
  if (StandApart(down, up, &Origin::asn)) {
    place = fmt::format("AS {}", down.front()->asn);
  } else if (StandApart(down, up, &Origin::region)) {
    place = "region " + down.front()->region;
  } else {
    return "";
  }
  return fmt::format("down from {} of {}, {}in {}: {}", tally.down, tally.fresh(),
                     Together(down.size()), place,
                     dissent.is_content ? "seen only from there" : "path trouble suspected");
}

}  // namespace waypost::liveness
