#include "dnsd/liveness/ballot.h"

#include <algorithm>
#include <bitset>
#include <string_view>
#include <utility>

#include "dnsd/base/utf8.h"

namespace waypost::liveness {
namespace {

/// Words of a peer end up in reasons and tables; a longer text is cut.
constexpr size_t kMaxDetail = 300;

void AddFresh(const Evidence& evidence, const VoteRule& rule, Tally& tally) {
  const bool is_up = evidence.opinion == Opinion::kUp;
  ++(is_up ? tally.up : tally.down);
  uint32_t& contrary = is_up ? tally.contrary_up : tally.contrary_down;
  contrary = std::max(contrary, evidence.contrary);
  const Steady renewed = RenewedBy(evidence, rule);
  if (renewed > tally.newest) {
    tally.second_newest = std::exchange(tally.newest, renewed);
  } else {
    tally.second_newest = std::max(tally.second_newest, renewed);
  }
  tally.expires = std::min(tally.expires, renewed + rule.staleness + kInstant);
}

/// The vantages of each region, which have one vote together.
class Regions {
 public:
  void Know(const Roster::Vantage& vantage) { At(vantage); }
  void Add(const Roster::Vantage& vantage, bool is_up, uint32_t votes) {
    At(vantage).poll.Add(is_up, votes);
  }

  Poll Ask() const {
    Poll poll;
    poll.known = static_cast<uint32_t>(regions_.size());
    for (const Region& region : regions_) {
      if (const auto is_up = IsUp(Quorum::kMajority, 0, region.poll)) poll.Add(*is_up, 1);
    }
    return poll;
  }

 private:
  struct Region {
    std::string_view name;
    Poll poll;
  };

  Region& At(const Roster::Vantage& vantage) {
    const std::string_view name = vantage.origin.region;
    const auto found = std::find_if(regions_.begin(), regions_.end(),
                                    [name](const Region& region) { return region.name == name; });
    return found != regions_.end() ? *found : regions_.emplace_back(Region{name, {}});
  }

  std::vector<Region> regions_;
};

/// One count: first who is known, then what they say.
class Counter {
 public:
  Counter(const Roster& roster, const VoteRule& rule, Steady now)
      : vantages_(roster.vantages()), rule_(rule), now_(now) {
    for (size_t i = 0; i < vantages_.size(); ++i) Know(i);
    tally_.known = static_cast<uint32_t>(known_.count());
  }

  void Add(const Vote& vote) {
    const Roster::Vantage& vantage = vantages_[vote.vantage];
    heard_[vote.vantage] = vote.evidence.opinion != Opinion::kNone;
    const uint32_t votes = VotesOf(vantage, rule_);
    if (votes == 0) return;
    if (!IsFresh(vote.evidence, rule_, now_)) {
      if (known_[vote.vantage] && heard_[vote.vantage]) ++tally_.stale;
    } else if (vantage.suspended) {
      ++tally_.suspended;
    } else {
      AddFresh(vote.evidence, rule_, tally_);
      const bool is_up = vote.evidence.opinion == Opinion::kUp;
      rule_.by_region ? regions_.Add(vantage, is_up, votes) : tally_.poll.Add(is_up, votes);
    }
  }

  Tally Finish() {
    tally_.poll.known = tally_.known;
    if (rule_.by_region) tally_.poll = regions_.Ask();
    for (size_t i = 0; i < vantages_.size() && !tally_.awaited; ++i) {
      tally_.awaited = known_[i] && !heard_[i] && vantages_[i].connected;
    }
    return tally_;
  }

 private:
  void Know(size_t index) {
    const Roster::Vantage& vantage = vantages_[index];
    const Steady until = Roster::KnownUntil(vantage, rule_.staleness);
    known_[index] = now_ <= until && VotesOf(vantage, rule_) > 0;
    if (!known_[index]) return;
    tally_.known_until = std::min(tally_.known_until, until + kInstant);
    if (rule_.by_region) regions_.Know(vantage);
  }

  const std::vector<Roster::Vantage>& vantages_;
  const VoteRule& rule_;
  const Steady now_;
  std::bitset<Roster::kMaxVantages> known_, heard_;
  Regions regions_;
  Tally tally_;
};

bool HasVote(const Vote& vote, const Roster& roster, const VoteRule& rule, Steady now) {
  const Roster::Vantage& vantage = roster.vantages()[vote.vantage];
  return IsFresh(vote.evidence, rule, now) && !vantage.suspended && VotesOf(vantage, rule) > 0;
}

}  // namespace

Load LoadIn(const Ballot& ballot, const Roster& roster, const VoteRule& rule, Steady now) {
  std::vector<Load> read;
  for (const Vote& vote : ballot.votes()) {
    if (!vote.evidence.load.is_known() || !HasVote(vote, roster, rule, now)) continue;
    read.push_back(vote.evidence.load);
  }
  if (read.empty()) return {};
  const auto middle = read.begin() + static_cast<std::ptrdiff_t>((read.size() - 1) / 2);
  std::nth_element(read.begin(), middle, read.end(),
                   [](const Load& a, const Load& b) { return a.utilisation() < b.utilisation(); });
  return *middle;
}

uint32_t VotesOf(const Roster::Vantage& vantage, const VoteRule& rule) {
  if (!rule.weights) return 1;
  const auto found = rule.weights->find(vantage.name);
  return found == rule.weights->end() ? 1 : found->second;
}

bool Ballot::Put(Roster::Index vantage, Evidence evidence, Steady now) {
  evidence.observed = std::min(evidence.observed, now);
  if (evidence.detail.size() > kMaxDetail) evidence.detail = Legible(evidence.detail, kMaxDetail);
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

bool Ballot::RemoveDown(Roster::Index vantage) {
  return std::erase_if(votes_, [vantage](const Vote& vote) {
           return vote.vantage == vantage && vote.evidence.opinion == Opinion::kDown;
         }) > 0;
}

Tally Ballot::Count(const Roster& roster, const VoteRule& rule, Steady now) const {
  Counter counter(roster, rule, now);
  for (const Vote& vote : votes_) counter.Add(vote);
  return counter.Finish();
}

}  // namespace waypost::liveness
