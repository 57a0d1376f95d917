#include "dnsd/steer/decide.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "dnsd/base/random.h"
#include "dnsd/steer/candidates.h"
#include "dnsd/steer/chain.h"
#include "dnsd/steer/endpoint_choice.h"
#include "dnsd/steer/front_table.h"
#include "dnsd/steer/recorder.h"
#include "dnsd/steer/rendezvous.h"
#include "dnsd/steer/step_context.h"

namespace waypost::steer {

namespace {

using liveness::Standing;
using liveness::StandingSet;

constexpr uint16_t kNoCap = 0xFFFF;
/// Of an endpoint that is not in a slow start.
constexpr uint8_t kWholeRamp = liveness::EndpointWord{}.ramp;
/// So that who moves away first has nothing to do with who hashes where.
constexpr uint64_t kHeldSalt = 0x68656C64;

struct NoRecorder {
  NoRecorder(Trace* /*trace*/, const StepContext& /*context*/) {}
};

// One decision. The code that writes traces is compiled in only with `traced`; it never changes
// what is decided. With `service` the decision is about endpoints of every kind, in tiers.
template <bool traced, bool service>
class Decider {
 public:
  Decider(const Record& record, Want want, const Client& client, const World& world,
          const Draw& draw, Trace* trace, Decision& decision)
      : record_(record),
        knobs_(record.chain->knobs()),
        want_(want),
        family_(service               ? record.candidates->all
                : want == Want::kAaaa ? record.candidates->v6
                                      : record.candidates->v4),
        context_{world, client, Random(draw.random), draw.sequence},
        recorder_(trace, context_),
        decision_(decision) {}

  void Run() {
    decision_.outcome = Answer();
    decision_.ttl_s = Ttl();
    decision_.scope = Scope();
    if constexpr (traced) {
      recorder_.WriteTtl(decision_, record_, ttl_cap_s_, capped_by_);
      recorder_.WriteScope(decision_, record_, reads());
    }
  }

 private:
  Outcome Answer() {
    GatherCandidates();
    if (family_.empty()) return Outcome::kNoFamily;
    const bool ignore_health = knobs_.static_when_stale && (seen_ & kStale) != 0;
    const StandingSet usable = ignore_health ? kNotTakenOut : knobs_.usable;
    if (UsePin(usable) || UseRemembered(usable) || Use(usable)) return Outcome::kAnswered;
    if (UseHeld(usable)) return Outcome::kAnswered;
    if (fenced_) return Outcome::kFenced;
    return AnswerWithAllDown(usable);
  }

  // The pool that an operator named answers alone while it can and may.
  bool UsePin(StandingSet usable) {
    const PoolIndex pin = context_.world.board->pin(record_.index);
    if (pin == liveness::Board::kNoPin) return false;
    Note("pin", pin, "is to answer alone");
    if (GatherAlone(pin) && Use(usable)) return true;
    Note("pin", pin, "cannot be used");
    fenced_ = false;
    GatherCandidates();
    return false;
  }

  // With what is known already of the gathered candidates. False: everything is still to be done,
  // with them.
  bool UseRemembered(StandingSet usable) {
    if constexpr (traced || service) return false;
    Front* const front = RememberedFront(usable);
    if (front == nullptr) return false;
    if (!front->is_known()) Remember(*front);
    if (front->places() == 0) return false;
    candidates_.KeepPlaces(front->places());
    Run(record_.chain->unsettled());
    if (Choose(usable)) return true;
    GatherCandidates();
    return false;
  }

  // Null: some candidate cannot be used, or nothing is ever remembered of such a record.
  Front* RememberedFront(StandingSet usable) const {
    const World& world = context_.world;
    if (world.fronts == nullptr) return nullptr;
    for (const Candidate& c : candidates_) {
      if ((c.standings & usable) == 0) return nullptr;
    }
    return world.fronts->Find(record_, want_, context_.client.located.class_id);
  }

  [[gnu::noinline, gnu::cold]] void Remember(Front& front) {
    Run(record_.chain->fences());
    Run(record_.chain->settled());
    uint8_t places = 0;
    for (const Candidate& c : candidates_.front()) places |= static_cast<uint8_t>(1U << c.ordinal);
    front.Remember(places);
    GatherCandidates();
  }

  // Nobody else can answer, so those whose client has moved away must.
  bool UseHeld(StandingSet usable) {
    if (!passed_held_) return false;
    Note("automation", "nobody else is up: those that are held answer");
    moves_ = false;
    return UseAgain(usable);
  }

  Outcome AnswerWithAllDown(StandingSet usable) {
    switch (knobs_.on_all_down) {
      case AllDown::kNone:
        Note("on_all_down", "none: no endpoints");
        return Outcome::kNone;
      case AllDown::kLastResort:
        return AnswerWithLastResort(usable);
      case AllDown::kAll:
        break;
    }
    Note("on_all_down", "all: answering as if all were up");
    return UseAgain(kNotTakenOut) || UseAgain(kAnyStanding) ? Outcome::kAllDown : Outcome::kNone;
  }

  bool UseAgain(StandingSet usable) {
    if (UsePin(usable)) return true;
    GatherCandidates();
    return Use(usable);
  }

  Outcome AnswerWithLastResort(StandingSet usable) {
    Note("on_all_down", knobs_.last_resort, "is the last resort");
    for (const StandingSet set : {usable, kNotTakenOut, kAnyStanding}) {
      if (GatherAlone(knobs_.last_resort) && Use(set)) return Outcome::kAllDown;
    }
    return fenced_ ? Outcome::kFenced : Outcome::kNone;
  }

  void GatherCandidates() {
    candidates_.Clear();
    for (const PoolIndex pool : family_) Gather(pool);
    if ((seen_ & Bit(Standing::kHeld)) != 0) [[unlikely]]
      PassOverHeld();
    if constexpr (traced) recorder_.WriteCandidates(record_, candidates_);
  }

  // False: the pool has no endpoints of the wanted type.
  bool GatherAlone(PoolIndex pool) {
    candidates_.Clear();
    const Topology& topology = context_.world.steering->topology;
    if (pool >= topology.pools.size()) return false;
    const Pool& p = topology.pools[pool];
    const auto [first, end] = RangeOf(p);
    if (first == end) return false;
    const bool has_names = !topology.endpoints[first].cname.is_root();
    if (!service && has_names != (want_ == Want::kCname)) return false;
    Gather(pool);
    if ((seen_ & Bit(Standing::kHeld)) != 0) [[unlikely]]
      PassOverHeld();
    if constexpr (traced) recorder_.Start(candidates_);
    return true;
  }

  void Gather(PoolIndex pool) {
    const liveness::PoolWord word = context_.world.board->pool(pool);
    const StandingSet standings = StandingsIn(word);
    candidates_.Add(pool, standings, word.weight);
    seen_ |= standings;
    if (word.ttl_cap_s >= ttl_cap_s_) return;
    ttl_cap_s_ = word.ttl_cap_s;
    capped_by_ = pool;
  }

  // Of a pool that is held each client either has moved away or not: its network and the pool's
  // share say which, so that it moves once. For those who have, what is held is as good as down.
  [[gnu::noinline, gnu::cold]] void PassOverHeld() {
    const Client& client = context_.client;
    const uint64_t place = HashNetwork(client.address, client.source_length, kHeldSalt);
    for (size_t i = 0; i < candidates_.size() && moves_; ++i) {
      const Candidate& c = candidates_[i];
      if ((c.standings & Bit(Standing::kHeld)) == 0 || place % kWholeRamp < HeldShare(c.pool))
        continue;
      candidates_.SetStandings(i, c.standings & ~Bit(Standing::kHeld));
      passed_held_ = true;
      Note("automation", c.pool, "is held, and this client has moved away");
    }
  }

  uint8_t HeldShare(PoolIndex pool) const {
    const auto [first, end] = RangeOf(context_.pool(pool));
    for (EndpointIndex e = first; e < end; ++e) {
      const liveness::EndpointWord word = context_.world.board->endpoint(e);
      if (word.standing == Standing::kHeld) return word.ramp;
    }
    return kWholeRamp;
  }

  StandingSet StandingsIn(const liveness::PoolWord& word) const {
    if constexpr (service) return word.v4 | word.v6;
    return want_ == Want::kAaaa ? word.v6 : word.v4;
  }

  // The endpoints of the wanted type: first and end.
  std::pair<EndpointIndex, EndpointIndex> RangeOf(const Pool& p) const {
    if constexpr (service) return {p.first, p.first + p.v4 + p.v6};
    const EndpointIndex first = want_ == Want::kAaaa ? p.first + p.v4 : p.first;
    return {first, first + (want_ == Want::kAaaa ? p.v6 : p.v4)};
  }

  // Runs the chain over the gathered candidates; `usable` are the standings that count as up. True
  // if that answers.
  bool Use(StandingSet usable) {
    Run(record_.chain->fences());
    fenced_ = candidates_.empty();
    candidates_.KeepOnly([&](const Candidate& c) { return (c.standings & usable) != 0; });
    if constexpr (traced) recorder_.WriteHealth(candidates_, usable);
    if (candidates_.empty()) return false;
    Run(record_.chain->steps());
    return Choose(usable);
  }

  void Run(Chain::Links links) {
    for (const Chain::Link& link : links) {
      // People and services want to know what is behind.
      context_.front_only = link.front_only && !traced && !service;
      link.step->Apply(candidates_, context_);
      if constexpr (traced) recorder_.WriteStep(*link.step, candidates_);
    }
  }

  // The front group answers. Those behind have a say only if the board changed under our eyes, so
  // that no endpoint of the front is up any more.
  bool Choose(StandingSet usable) {
    const uint64_t draw = context_.random.Next();
    if constexpr (service) return ChooseTiers(usable, draw);
    const std::span<const Candidate> front = candidates_.front();
    if (ChooseFrom(front, usable, draw)) return true;
    for (size_t first = front.size(), end = 0; first < candidates_.size(); first = end) {
      end = candidates_.GroupEnd(first);
      if (ChooseFrom(candidates_.all().subspan(first, end - first), usable, draw)) return true;
    }
    return false;
  }

  bool ChooseFrom(std::span<const Candidate> group, StandingSet usable, uint64_t draw) {
    const size_t room = want_ == Want::kCname ? 1 : knobs_.max_answers;
    EndpointChoice choice(std::span(decision_.endpoints).first(room), draw);
    for (const Candidate& c : group) Collect(c.pool, usable, draw, choice);
    if (choice.empty() && passed_over_) CollectPassedOver(group, usable, choice);
    if (choice.empty()) return false;
    decision_.count = static_cast<uint8_t>(choice.Finish());
    const auto& endpoints = context_.world.steering->topology.endpoints;
    if (record_.shared_addresses) DropDoubles(endpoints);
    decision_.pool = endpoints[decision_.endpoints[0]].pool;
    if constexpr (traced) recorder_.WriteAnswer(decision_, candidates_);
    return true;
  }

  // Each group is a tier, as long as the answer takes more.
  bool ChooseTiers(StandingSet usable, uint64_t draw) {
    const size_t tiers = record_.service->tiers;
    const size_t room = std::min<size_t>(knobs_.max_answers, kMaxAnswers / tiers);
    for (size_t first = 0, end = 0; first < candidates_.size() && decision_.tiers < tiers;
         first = end) {
      end = candidates_.GroupEnd(first);
      EndpointChoice choice(std::span(decision_.endpoints).subspan(decision_.count, room), draw);
      for (size_t i = first; i < end; ++i) Collect(candidates_[i].pool, usable, draw, choice);
      if (choice.empty() && passed_over_) {
        CollectPassedOver(candidates_.all().subspan(first, end - first), usable, choice);
      }
      if (!choice.empty()) AddTier(choice);
    }
    if (decision_.tiers == 0) return false;
    decision_.pool = context_.world.steering->topology.endpoints[decision_.endpoints[0]].pool;
    if constexpr (traced) recorder_.WriteAnswer(decision_, candidates_);
    return true;
  }

  void AddTier(EndpointChoice& choice) {
    const size_t start = decision_.count;
    decision_.count = static_cast<uint8_t>(start + choice.Finish());
    if (record_.shared_addresses) DropDoubles(context_.world.steering->topology.endpoints);
    if (decision_.count == start) return;
    decision_.tier_ends[decision_.tiers++] = decision_.count;
  }

  void Collect(PoolIndex pool, StandingSet usable, uint64_t draw, EndpointChoice& choice) {
    const auto [first, end] = RangeOf(context_.pool(pool));
    for (EndpointIndex e = first; e < end; ++e) {
      const liveness::EndpointWord word = context_.world.board->endpoint(e);
      if ((Bit(word.standing) & usable) == 0) continue;
      if (word.ramp != kWholeRamp && IsPassedOver(e, word, draw)) [[unlikely]]
        continue;
      choice.Add(e, word.weight);
    }
  }

  // During a slow start an endpoint takes part in its share of the decisions.
  [[gnu::noinline, gnu::cold]] bool IsPassedOver(EndpointIndex e, liveness::EndpointWord word,
                                                 uint64_t draw) {
    if (word.standing == Standing::kHeld) return false;  // its pool was passed over, or takes part
    const bool takes_part = Mix64(~draw + Mix64(e)) % kWholeRamp < word.ramp;
    passed_over_ = passed_over_ || !takes_part;
    return !takes_part;
  }

  // Nobody else can answer.
  [[gnu::noinline, gnu::cold]] void CollectPassedOver(std::span<const Candidate> group,
                                                      StandingSet usable, EndpointChoice& choice) {
    for (const Candidate& c : group) {
      const auto [first, end] = RangeOf(context_.pool(c.pool));
      for (EndpointIndex e = first; e < end; ++e) {
        const liveness::EndpointWord word = context_.world.board->endpoint(e);
        if ((Bit(word.standing) & usable) != 0) choice.Add(e, word.weight);
      }
    }
  }

  void DropDoubles(const std::vector<Endpoint>& endpoints) {
    size_t kept = 0;
    for (size_t i = 0; i < decision_.count; ++i) {
      const EndpointIndex e = decision_.endpoints[i];
      const bool is_double = std::any_of(
          decision_.endpoints.begin(), decision_.endpoints.begin() + kept,
          [&](EndpointIndex k) { return endpoints[k].address == endpoints[e].address; });
      if (!is_double) decision_.endpoints[kept++] = e;
    }
    decision_.count = static_cast<uint8_t>(kept);
  }

  uint32_t Ttl() const {
    if (ttl_cap_s_ == kNoCap) return record_.ttl_max_s;
    return std::clamp<uint32_t>(ttl_cap_s_, record_.ttl_min_s, record_.ttl_max_s);
  }

  Reads reads() const {
    Reads reads = family_.empty() ? Reads{} : record_.chain->reads(family_.size() == 1);
    if ((seen_ & Bit(Standing::kHeld)) != 0) [[unlikely]]
      reads.network = true;
    return reads;
  }

  uint8_t Scope() const {
    if (!record_.ecs) return 0;
    const IpAddress& address = context_.client.address;
    uint8_t scope = reads().class_of_client ? context_.client.located.prefix_length : 0;
    if (reads().network) scope = std::max(scope, NetworkBits(address.family()));
    return std::min(scope, address.bits());
  }

  void Note(const char* step, const char* text) {
    if constexpr (traced) recorder_.WriteNote(step, text);
  }
  void Note(const char* step, PoolIndex pool, const char* text) {
    if constexpr (traced) {
      const auto& pools = context_.world.steering->topology.pools;
      recorder_.WriteNote(step, (pool < pools.size() ? pools[pool].name : "?") + " " + text);
    }
  }

  const Record& record_;
  const Knobs& knobs_;
  const Want want_;
  const std::vector<PoolIndex>& family_;
  StepContext context_;
  std::conditional_t<traced, Recorder, NoRecorder> recorder_;
  Decision& decision_;

  StandingSet seen_ = 0;  // union over the candidates
  uint16_t ttl_cap_s_ = kNoCap;
  PoolIndex capped_by_ = kNoPool;
  bool fenced_ = false;       // the fences left nobody
  bool passed_over_ = false;  // an endpoint in its slow start did not take part
  bool passed_held_ = false;  // a pool that is held did not
  bool moves_ = true;         // the client may move away from what is held
  Candidates candidates_;
};

template <bool service>
Decision Run(const Record& record, Want want, const Client& client, const World& world,
             const Draw& draw, Trace* trace) {
  Decision decision;
  if (trace == nullptr) {
    Decider<false, service>(record, want, client, world, draw, nullptr, decision).Run();
  } else {
    Decider<true, service>(record, want, client, world, draw, trace, decision).Run();
  }
  return decision;
}

}  // namespace

Decision Decide(const Record& record, Want want, const Client& client, const World& world,
                const Draw& draw, Trace* trace) {
  if (want == Want::kService) return Run<true>(record, want, client, world, draw, trace);
  return Run<false>(record, want, client, world, draw, trace);
}

}  // namespace waypost::steer
