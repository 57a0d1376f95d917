#include "dnsd/liveness/verdicts.h"

#include <algorithm>
#include <deque>
#include <numeric>
#include <utility>

#include "dnsd/liveness/ballot.h"
#include "dnsd/liveness/deadlines.h"
#include "dnsd/liveness/endpoint_table.h"
#include "dnsd/liveness/holds.h"
#include "dnsd/liveness/reason.h"
#include "dnsd/liveness/roster.h"
#include "dnsd/liveness/standing.h"

namespace waypost::liveness {
struct Verdicts::State {
  Roster roster;
  EndpointTable endpoints;
  std::vector<PoolSpec> pools;
  std::shared_ptr<Board> board;
  Deadlines deadlines;
  Holds holds;
  std::deque<Verdict> changes;
  Dropped dropped;
  Steady now{};  // the latest that any call was given

  // Of the call that runs.
  std::vector<uint32_t> dirty_pools;
  bool changed = false;

  void Advance(Steady to) { now = std::max(now, to); }
  Tally CountOf(const Endpoint& endpoint, Steady at) const;
  EndpointWord Judge(uint32_t index, const Tally& tally);
  void Update(uint32_t index);
  void Start(uint32_t index, bool is_new);
  void Store(uint32_t index);
  void Announce(uint32_t index, Standing before, const Tally& tally);
  void MarkPool(uint32_t pool);
  void CombineDirtyPools();
  void Finish();

  std::optional<Roster::Index> Hear(const std::string& vantage);
  void RemoveVotes(Roster::Index vantage);

  void Replace(std::vector<EndpointSpec> specs);
};

Tally Verdicts::State::CountOf(const Endpoint& endpoint, Steady at) const {
  return endpoint.ballot.Count(roster, endpoint.spec.rule.staleness, at);
}

/// Brings an endpoint's verdict, word and deadline up to `now`; returns the former word.
EndpointWord Verdicts::State::Judge(uint32_t index, const Tally& tally) {
  Endpoint& endpoint = endpoints[index];
  deadlines.NoLaterThan(index, endpoint.verdict.Update(endpoint.spec.rule, tally, now));
  return std::exchange(endpoint.word, WordFor(endpoint.spec, endpoint.verdict, tally));
}

void Verdicts::State::Update(uint32_t index) {
  const Endpoint& endpoint = endpoints[index];
  const Tally tally = CountOf(endpoint, now);
  const EndpointWord before = Judge(index, tally);
  if (Board::Pack(before) == Board::Pack(endpoint.word)) return;
  Store(index);
  if (before.standing != endpoint.word.standing) Announce(index, before.standing, tally);
}

/// Puts an endpoint on a new board. One that is new itself has no past to announce.
void Verdicts::State::Start(uint32_t index, bool is_new) {
  const Endpoint& endpoint = endpoints[index];
  const Tally tally = CountOf(endpoint, now);
  const EndpointWord before = Judge(index, tally);
  Store(index);
  if (!is_new && before.standing != endpoint.word.standing) Announce(index, before.standing, tally);
}

void Verdicts::State::Store(uint32_t index) {
  board->SetEndpoint(index, endpoints[index].word);
  MarkPool(endpoints[index].pool);
  changed = true;
}

void Verdicts::State::Announce(uint32_t index, Standing before, const Tally& tally) {
  Endpoint& endpoint = endpoints[index];
  const Standing after = endpoint.word.standing;
  endpoint.since = now;
  changes.push_back(
      {endpoint.spec.id, before, after, ReasonFor(after, endpoint.ballot, tally, now)});
  if (changes.size() <= kMaxChanges) return;
  changes.pop_front();
  ++dropped.changes;
}

void Verdicts::State::MarkPool(uint32_t pool) {
  // Endpoints of a pool stand side by side, so repeats follow one another.
  if (pool != Endpoint::kNoPool && (dirty_pools.empty() || dirty_pools.back() != pool)) {
    dirty_pools.push_back(pool);
  }
}

void Verdicts::State::CombineDirtyPools() {
  for (const uint32_t pool : dirty_pools) {
    board->CombinePool(pool, pools[pool].weight);
    changed |= holds.PoolIs(pool, !IsDown(board->pool(pool)), now);
  }
  dirty_pools.clear();
}

/// Ends a call: what it changed becomes one new epoch.
void Verdicts::State::Finish() {
  CombineDirtyPools();
  if (std::exchange(changed, false)) board->RaiseEpoch(board->epoch() + 1);
}

std::optional<Roster::Index> Verdicts::State::Hear(const std::string& vantage) {
  const Roster::Admission admission = roster.Hear(vantage, now);
  if (!admission.index) ++dropped.excess_vantages;
  if (admission.replaced) RemoveVotes(*admission.index);
  return admission.index;
}

void Verdicts::State::RemoveVotes(Roster::Index vantage) {
  for (uint32_t i = 0; i < endpoints.size(); ++i) {
    if (endpoints[i].ballot.Remove(vantage)) deadlines.NoLaterThan(i, now);
  }
}

void Verdicts::State::Replace(std::vector<EndpointSpec> specs) {
  const std::vector<bool> is_new = endpoints.Replace(std::move(specs), board->layout().pools);
  deadlines = Deadlines(endpoints.size());
  for (uint32_t i = 0; i < endpoints.size(); ++i) Start(i, is_new[i]);
  dirty_pools.resize(pools.size());
  std::iota(dirty_pools.begin(), dirty_pools.end(), 0U);
  changed = true;
}

Verdicts::Verdicts() : state_(std::make_unique<State>()) {}
Verdicts::~Verdicts() = default;
Verdicts::Verdicts(Verdicts&&) noexcept = default;
Verdicts& Verdicts::operator=(Verdicts&&) noexcept = default;

Verdicts Verdicts::Clone() const {
  Verdicts clone;
  *clone.state_ = *state_;
  return clone;
}

void Verdicts::Restore(Memory memory) {
  state_->endpoints.Restore(std::move(memory.last_up));
  state_->holds.Restore(std::move(memory.holds));
}

Memory Verdicts::Remember() const {
  Memory memory;
  memory.last_up = state_->endpoints.Remember();
  memory.holds = state_->holds.Remember(state_->now);
  return memory;
}

void Verdicts::Configure(Layout layout, std::shared_ptr<Board> board, Steady now) {
  State& state = *state_;
  state.Advance(now);
  const uint64_t epoch = state.board ? state.board->epoch() : 0;
  state.board = std::move(board);
  state.pools = std::move(layout.pools);
  state.board->RaiseEpoch(std::max(epoch, state.board->epoch()));
  state.holds.Configure(std::move(layout.holds), state.pools.size(), *state.board, state.now);
  state.Replace(std::move(layout.endpoints));
  state.Finish();
}

void Verdicts::Observe(const std::string& vantage, const std::string& endpoint, Evidence evidence,
                       Steady now) {
  State& state = *state_;
  state.Advance(now);
  const auto witness = state.Hear(vantage);
  if (!witness) return;
  const auto index = state.endpoints.IndexOf(endpoint);
  if (!index || !state.endpoints[*index].spec.monitored) {
    ++state.dropped.unknown_endpoints;
    return;
  }
  if (!state.endpoints[*index].ballot.Put(*witness, std::move(evidence), state.now)) {
    ++state.dropped.late;
    return;
  }
  state.Update(*index);
  state.Finish();
}

void Verdicts::Heartbeat(const std::string& vantage, Steady now) {
  state_->Advance(now);
  state_->Hear(vantage);
}

void Verdicts::Disconnect(const std::string& vantage, Steady now) {
  state_->Advance(now);
  state_->roster.Disconnect(vantage);
}

void Verdicts::Forget(const std::string& vantage) {
  if (const auto index = state_->roster.Find(vantage)) state_->RemoveVotes(*index);
}

void Verdicts::Tick(Steady now) {
  State& state = *state_;
  state.Advance(now);
  if (!state.board) return;
  while (const auto due = state.deadlines.TakeDue(state.now)) state.Update(*due);
  state.CombineDirtyPools();
  state.changed |= state.holds.Tick(state.now);
  state.Finish();
}

std::vector<std::string> Verdicts::Release(const std::vector<std::string>& hold_ids) {
  auto released = state_->holds.Release(hold_ids);
  if (!released.empty()) state_->changed = true;
  if (state_->board) state_->Finish();
  return released;
}

std::vector<Verdict> Verdicts::TakeChanges() {
  const auto taken = std::exchange(state_->changes, {});
  return {taken.begin(), taken.end()};
}

EndpointReport Verdicts::Report(const std::string& id, Steady now) const {
  const Endpoint* endpoint = state_->endpoints.Find(id);
  if (endpoint == nullptr) return {};
  const Tally tally = state_->CountOf(*endpoint, now);
  EndpointReport report;
  report.standing = endpoint->word.standing;
  report.reason = ReasonFor(report.standing, endpoint->ballot, tally, now);
  report.since = endpoint->since;
  report.votes_up = tally.up;
  report.votes_down = tally.down;
  report.votes_stale = tally.stale;
  return report;
}

std::vector<VoteReport> Verdicts::Votes(const std::string& id, Steady now) const {
  std::vector<VoteReport> reports;
  const Endpoint* endpoint = state_->endpoints.Find(id);
  if (endpoint == nullptr) return reports;
  const auto staleness = endpoint->spec.rule.staleness;
  const Tally tally = state_->CountOf(*endpoint, now);
  for (const Vote& vote : endpoint->ballot.votes()) {
    reports.push_back({state_->roster.vantages()[vote.vantage].name, vote.evidence,
                       IsCounted(vote.evidence, tally, staleness, now),
                       WhyCounted(vote.evidence, tally, staleness, now)});
  }
  std::sort(reports.begin(), reports.end(),
            [](const VoteReport& a, const VoteReport& b) { return a.vantage < b.vantage; });
  return reports;
}

std::vector<std::string> Verdicts::Held() const { return state_->holds.Held(); }

const Dropped& Verdicts::dropped() const { return state_->dropped; }

}  // namespace waypost::liveness
