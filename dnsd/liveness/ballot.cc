#include "dnsd/liveness/ballot.h"

#include <algorithm>
#include <bitset>
#include <utility>

namespace waypost::liveness {
namespace {

/// Words of a peer end up in reasons and tables; a longer text is cut.
constexpr size_t kMaxDetail = 300;

void AddFresh(const Evidence& evidence, std::chrono::milliseconds staleness, Tally& tally) {
  tally.opinions[tally.fresh()] = evidence.opinion;
  const bool is_up = evidence.opinion == Opinion::kUp;
  ++(is_up ? tally.up : tally.down);
  uint32_t& contrary = is_up ? tally.contrary_up : tally.contrary_down;
  contrary = std::max(contrary, evidence.contrary);
  if (evidence.observed > tally.newest) {
    tally.second_newest = std::exchange(tally.newest, evidence.observed);
  } else {
    tally.second_newest = std::max(tally.second_newest, evidence.observed);
  }
  tally.expires = std::min(tally.expires, evidence.observed + staleness + kInstant);
}

}  // namespace

bool Ballot::Put(Roster::Index vantage, Evidence evidence, Steady now) {
  evidence.observed = std::min(evidence.observed, now);
  if (evidence.detail.size() > kMaxDetail) evidence.detail.resize(kMaxDetail);
  const auto found = std::find_if(votes_.begin(), votes_.end(),
                                  [vantage](const Vote& vote) { return vote.vantage == vantage; });
  if (found == votes_.end()) {
    votes_.push_back({vantage, std::move(evidence)});
    return true;
  }
  Evidence& held = found->evidence;
  const bool late = evidence.sequence < held.sequence ||
                    (evidence.sequence == held.sequence && evidence.observed < held.observed);
  if (!late) held = std::move(evidence);
  return !late;
}

bool Ballot::Remove(Roster::Index vantage) {
  return std::erase_if(votes_, [vantage](const Vote& vote) { return vote.vantage == vantage; }) > 0;
}

Tally Ballot::Count(const Roster& roster, std::chrono::milliseconds staleness, Steady now) const {
  Tally tally;
  std::bitset<Roster::kMaxVantages> known, heard;
  for (size_t i = 0; i < roster.vantages().size(); ++i) {
    const Steady until = Roster::KnownUntil(roster.vantages()[i], staleness);
    known[i] = now <= until;
    if (known[i]) tally.known_until = std::min(tally.known_until, until + kInstant);
  }
  for (const Vote& vote : votes_) {
    if (IsFresh(vote.evidence, staleness, now)) {
      AddFresh(vote.evidence, staleness, tally);
    } else if (known[vote.vantage] && vote.evidence.opinion != Opinion::kNone) {
      ++tally.stale;
    }
    heard[vote.vantage] = vote.evidence.opinion != Opinion::kNone;
  }
  tally.known = static_cast<uint32_t>(known.count());
  for (size_t i = 0; i < roster.vantages().size() && !tally.awaited; ++i) {
    tally.awaited = known[i] && !heard[i] && roster.vantages()[i].connected;
  }
  return tally;
}

}  // namespace waypost::liveness
