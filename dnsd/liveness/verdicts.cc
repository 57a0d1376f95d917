#include "dnsd/liveness/verdicts.h"

#include <algorithm>
#include <deque>
#include <numeric>
#include <set>
#include <utility>

#include "dnsd/liveness/ballot.h"
#include "dnsd/liveness/deadlines.h"
#include "dnsd/liveness/endpoint_table.h"
#include "dnsd/liveness/holds.h"
#include "dnsd/liveness/load_table.h"
#include "dnsd/liveness/pool_table.h"
#include "dnsd/liveness/reason.h"
#include "dnsd/liveness/roster.h"
#include "dnsd/liveness/standing.h"

namespace waypost::liveness {
namespace {

/// Longer than a restart of a vantage beside that of its director; shorter than it takes to forget
/// by default (ten staleness bounds) that a vantage was taken away.
constexpr std::chrono::minutes kRemembered{2};

}  // namespace

struct Verdicts::State {
  Roster roster;
  EndpointTable endpoints;
  PoolTable pools;
  LoadTable loads;
  SignalTable signals;
  std::vector<bool> signal_up;    // as applied
  std::vector<bool> signal_over;  // its end was told
  std::shared_ptr<Board> board;
  Deadlines deadlines;
  Holds holds;
  std::deque<Verdict> changes;
  std::deque<News> dissents;
  Dropped dropped;
  Steady now{};                                 // the latest that any call was given
  std::map<std::string, std::string> expected;  // vantages of a former life, until Configure
  uint64_t arrivals = 0;

  // Of the call that runs.
  std::vector<uint32_t> dirty_pools;
  bool changed = false;
  bool all_anew = false;  // the board is a new one

  void Advance(Steady to) { now = std::max(now, to); }
  Tally CountOf(const Endpoint& endpoint, Steady at) const;
  std::string WhyOf(const Endpoint& endpoint, const Tally& tally, Steady at) const;
  bool Judge(uint32_t index);
  void TellDissent(Endpoint& endpoint, const Tally& tally);
  void Update(uint32_t index);
  void Show(uint32_t index, EndpointWord word);
  void Announce(uint32_t index, Standing before);
  void MarkPool(uint32_t pool);
  void ShowPool(uint32_t pool);
  void CombineDirtyPools();
  void ReadLoad(Endpoint& endpoint);
  void SettleLoads();
  bool IsSignalledDown(const EndpointSpec& spec) const;
  std::set<std::string> SignalsOver() const;
  void ApplySignals();
  void Finish();

  std::optional<Roster::Index> Hear(const std::string& vantage);
  void Expect();
  using Removal = bool (Ballot::*)(Roster::Index);
  void RemoveVotes(Roster::Index vantage, Removal remove = &Ballot::Remove);

  void Replace(std::vector<EndpointSpec> specs);
};

Tally Verdicts::State::CountOf(const Endpoint& endpoint, Steady at) const {
  return endpoint.ballot.Count(roster, endpoint.spec.rule, at);
}

std::string Verdicts::State::WhyOf(const Endpoint& endpoint, const Tally& tally, Steady at) const {
  const Standing standing = endpoint.own.standing;
  if (standing == Standing::kDown && IsSignalledDown(endpoint.spec)) {
    return SignalReason(signals.rows()[*endpoint.spec.signal], at);
  }
  if (standing == Standing::kDown && endpoint.temper.damped()) {
    return DampedReason(endpoint.temper, endpoint.verdict.standing(), at);
  }
  const std::string own =
      ReasonFor(standing, endpoint.ballot, tally, roster, endpoint.spec.rule, endpoint.dissent, at);
  return own + SlowStartReason(endpoint.own.ramp) +
         pools.ReasonFor(endpoint.pool, endpoint.word.standing, at);
}

/// Brings an endpoint's verdict, own word and deadline up to `now`; true: its word changed.
bool Verdicts::State::Judge(uint32_t index) {
  Endpoint& endpoint = endpoints[index];
  const EndpointSpec& spec = endpoint.spec;
  const Tally tally = CountOf(endpoint, now);
  ReadLoad(endpoint);
  deadlines.NoLaterThan(index, endpoint.verdict.Update(spec.rule, tally, now));
  deadlines.NoLaterThan(
      index, endpoint.temper.Update(spec.damping, spec.slow_start, endpoint.verdict.last(), now));
  EndpointWord word = WordFor(spec, endpoint.verdict, endpoint.temper, tally);
  const bool is_operators = spec.drained || spec.forced != Forced::kNo;
  if (!is_operators && IsSignalledDown(spec)) word.standing = Standing::kDown;
  if (CountsAsUp(endpoint.own.standing) && !CountsAsUp(word.standing)) endpoint.fell_at = now;
  const bool differs = Board::Pack(std::exchange(endpoint.own, word)) != Board::Pack(word);
  TellDissent(endpoint, tally);
  return differs;
}

/// Begins and ends with what the vantages see; costs nothing where they agree.
void Verdicts::State::TellDissent(Endpoint& endpoint, const Tally& tally) {
  const bool is_possible = tally.down > 0 && endpoint.own.standing == Standing::kUp;
  if (!is_possible && !endpoint.dissent) return;
  const std::string trouble = is_possible ? PathTrouble(endpoint.ballot, tally, roster,
                                                        endpoint.spec.rule, endpoint.dissent, now)
                                          : "";
  if (endpoint.dissent == !trouble.empty()) return;
  endpoint.dissent = !trouble.empty();
  dissents.push_back({"dissent", "endpoint/" + endpoint.spec.id,
                      endpoint.dissent ? trouble : "over: " + WhyOf(endpoint, tally, now)});
  if (dissents.size() <= kMaxChanges) return;
  dissents.pop_front();
  ++dropped.changes;
}

void Verdicts::State::Update(uint32_t index) {
  if (Judge(index)) MarkPool(endpoints[index].pool);
}

/// Puts a word on the board. One that is new there has no past to announce.
void Verdicts::State::Show(uint32_t index, EndpointWord word) {
  Endpoint& endpoint = endpoints[index];
  const EndpointWord before = std::exchange(endpoint.word, word);
  if (Board::Pack(before) == Board::Pack(word) && !all_anew) return;
  board->SetEndpoint(index, word);
  changed = true;
  const bool has_past = !std::exchange(endpoint.is_new, false);
  if (has_past && before.standing != word.standing) Announce(index, before.standing);
}

void Verdicts::State::Announce(uint32_t index, Standing before) {
  Endpoint& endpoint = endpoints[index];
  const Standing after = endpoint.word.standing;
  endpoint.since = now;
  changes.push_back(
      {endpoint.spec.id, before, after, WhyOf(endpoint, CountOf(endpoint, now), now)});
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

void Verdicts::State::ShowPool(uint32_t pool) {
  const std::vector<EndpointWord> words = pools.WordsOf(pool, endpoints);
  for (uint32_t i = 0; i < words.size(); ++i) Show(pools.FirstOf(pool) + i, words[i]);
  board->CombinePool(pool, pools.WeightOf(pool, words));
  const bool is_down = IsDown(board->pool(pool));
  pools.PoolIsDown(pool, is_down, words);
  loads.Mark(pool);
  changed |= holds.PoolIs(pool, !is_down, now);
}

void Verdicts::State::CombineDirtyPools() {
  for (const uint32_t pool : pools.Settle(std::exchange(dirty_pools, {}), endpoints, now)) {
    ShowPool(pool);
  }
}

void Verdicts::State::ReadLoad(Endpoint& endpoint) {
  const Load load = LoadIn(endpoint.ballot, roster, endpoint.spec.rule, now);
  if (std::exchange(endpoint.load, load) != load) loads.Mark(endpoint.pool);
}

void Verdicts::State::SettleLoads() {
  changed |= loads.Settle(endpoints, pools.RegionLoads(now), *board);
}

bool Verdicts::State::IsSignalledDown(const EndpointSpec& spec) const {
  return spec.signal && !signal_up[*spec.signal];
}

/// Names of those whose end was told.
std::set<std::string> Verdicts::State::SignalsOver() const {
  std::set<std::string> over;
  for (uint32_t s = 0; s < signal_over.size(); ++s) {
    if (signal_over[s]) over.insert(signals.rows()[s].spec.name);
  }
  return over;
}

void Verdicts::State::ApplySignals() {
  for (uint32_t s = 0; s < signal_up.size(); ++s) {
    if (!signal_over[s] && signals.IsExpired(s, now)) {
      signal_over[s] = true;
      pools.Tell("signal", "signal/" + signals.rows()[s].spec.name, "was not renewed in time");
    }
    const bool up = signals.StateOf(s, now).value_or(true);
    if (signal_up[s] == up) continue;
    signal_up[s] = up;
    pools.SignalIs(s, up);
    for (uint32_t i = 0; i < endpoints.size(); ++i) {
      if (endpoints[i].spec.signal == s) Update(i);
    }
  }
}

/// Ends a call: what it changed becomes one new epoch.
void Verdicts::State::Finish() {
  CombineDirtyPools();
  all_anew = false;
  if (std::exchange(changed, false)) board->RaiseEpoch(board->epoch() + 1);
}

std::optional<Roster::Index> Verdicts::State::Hear(const std::string& vantage) {
  const Roster::Admission admission = roster.Hear(vantage, now);
  if (!admission.index) ++dropped.excess_vantages;
  if (admission.replaced) RemoveVotes(*admission.index);
  return admission.index;
}

/// Those of a former life are known, though not connected.
void Verdicts::State::Expect() {
  for (auto& [name, region] : std::exchange(expected, {})) {
    const auto index = Hear(name);
    if (!index) continue;
    roster.Place(*index, {region, 0});
    roster.Disconnect(name);
  }
}

void Verdicts::State::RemoveVotes(Roster::Index vantage, Removal remove) {
  for (uint32_t i = 0; i < endpoints.size(); ++i) {
    if ((endpoints[i].ballot.*remove)(vantage)) deadlines.NoLaterThan(i, now);
  }
}

void Verdicts::State::Replace(std::vector<EndpointSpec> specs) {
  endpoints.Replace(std::move(specs), board->layout().pools, now);
  deadlines = Deadlines(endpoints.size());
  for (uint32_t i = 0; i < endpoints.size(); ++i) Judge(i);
  all_anew = true;
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
  state_->endpoints.RestoreTempers(std::move(memory.tempers));
  state_->holds.Restore(std::move(memory.holds));
  state_->expected = std::move(memory.vantages);
  state_->pools.Restore(std::move(memory.pools));
  state_->signals.Restore(std::move(memory.signals));
}

Memory Verdicts::Remember() const {
  Memory memory;
  memory.last_up = state_->endpoints.Remember();
  memory.holds = state_->holds.Remember(state_->now);
  for (const Roster::Vantage& vantage : state_->roster.vantages()) {
    if (state_->now - vantage.heard > kRemembered) continue;
    memory.vantages[vantage.name] = vantage.origin.region;
  }
  memory.vantages.insert(state_->expected.begin(), state_->expected.end());
  memory.pools = state_->pools.Remember();
  memory.signals = state_->signals.Remember();
  memory.tempers = state_->endpoints.RememberTempers();
  return memory;
}

void Verdicts::Configure(Layout layout, std::shared_ptr<Board> board, Steady now) {
  State& state = *state_;
  state.Advance(now);
  const uint64_t epoch = state.board ? state.board->epoch() : 0;
  state.Expect();
  state.board = std::move(board);
  const std::set<std::string> over = state.SignalsOver();
  state.signals.Configure(layout.signals);
  state.pools.Configure(layout, state.board->layout().pools);
  state.loads.Configure(layout.pools, state.board->layout().pools);
  state.signal_up.assign(layout.signals.size(), true);
  state.signal_over.assign(layout.signals.size(), false);
  for (uint32_t i = 0; i < state.signal_up.size(); ++i) {
    state.signal_up[i] = state.signals.StateOf(i, state.now).value_or(true);
    state.signal_over[i] = over.contains(layout.signals[i].name);
    state.pools.SignalIs(i, state.signal_up[i]);
  }
  state.board->RaiseEpoch(std::max(epoch, state.board->epoch()));
  state.holds.Configure(std::move(layout.holds), state.pools.size(), *state.board, state.now);
  state.Replace(std::move(layout.endpoints));
  state.CombineDirtyPools();
  state.SettleLoads();
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

void Verdicts::Introduce(const std::string& vantage, Origin origin, Steady now) {
  state_->Advance(now);
  const bool is_new = !state_->roster.Find(vantage);
  const auto index = state_->Hear(vantage);
  if (!index) return;
  if (is_new) ++state_->arrivals;
  state_->roster.Place(*index, std::move(origin));
}

void Verdicts::Doubts(const std::string& vantage, Doubt doubt, Steady now) {
  State& state = *state_;
  state.Advance(now);
  const auto index = state.Hear(vantage);
  if (!index) return;
  // What it saw while it did not trust its eyes is no evidence; it looks anew.
  const bool trusts = doubt.cause == Doubt::Cause::kNone;
  const bool sees_again = trusts && state.roster.vantages()[*index].suspended;
  if (sees_again) state.RemoveVotes(*index, &Ballot::RemoveDown);
  if (!state.roster.SetDoubt(*index, std::move(doubt))) return;
  for (uint32_t i = 0; i < state.endpoints.size(); ++i) state.Update(i);
  if (state.board) state.Finish();
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
  state.ApplySignals();
  state.CombineDirtyPools();
  state.changed |= state.holds.Tick(state.now);
  state.SettleLoads();
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

bool Verdicts::SetSignal(const std::string& name, Told told, Steady now) {
  State& state = *state_;
  state.Advance(now);
  const auto index = state.signals.Find(name);
  if (!index) return false;
  const auto before = state.signals.StateOf(*index, state.now);
  const bool up = told.up;
  const std::string reason = told.reason.empty() ? "" : ": " + told.reason;
  state.signals.Set(name, std::move(told));
  if (before != up) state.pools.Tell("signal", "signal/" + name, (up ? "up" : "down") + reason);
  state.signal_over[*index] = false;
  state.ApplySignals();
  state.Finish();
  return true;
}

std::vector<SignalReport> Verdicts::Signals(Steady now) const {
  std::vector<SignalReport> reports;
  const SignalTable& signals = state_->signals;
  for (uint32_t i = 0; i < signals.rows().size(); ++i) {
    reports.push_back({signals.rows()[i].spec.name, signals.StateOf(i, now),
                       signals.IsExpired(i, now), signals.rows()[i].told});
  }
  return reports;
}

bool Verdicts::SetLoad(const std::string& region, double load, Steady until, Steady now) {
  state_->Advance(now);
  if (!state_->pools.SetLoad(region, load, until)) return false;
  state_->Finish();
  return true;
}

std::deque<News> Verdicts::TakeNews() {
  std::deque<News> news = state_->pools.TakeNews();
  std::move(state_->dissents.begin(), state_->dissents.end(), std::back_inserter(news));
  state_->dissents.clear();
  return news;
}

std::vector<AutomationReport> Verdicts::Automations(Steady now) const {
  return state_->pools.Automations(now);
}

bool Verdicts::IsMoving() const { return state_->pools.IsMoving(); }

std::optional<CalculatedHealth::State> Verdicts::RegionState(uint32_t region) const {
  return state_->pools.RegionState(region);
}

EndpointReport Verdicts::Report(const std::string& id, Steady now) const {
  const Endpoint* endpoint = state_->endpoints.Find(id);
  if (endpoint == nullptr) return {};
  const Tally tally = state_->CountOf(*endpoint, now);
  EndpointReport report;
  report.standing = endpoint->word.standing;
  report.reason = state_->WhyOf(*endpoint, tally, now);
  report.since = endpoint->since;
  report.votes_up = tally.up;
  report.votes_down = tally.down;
  report.votes_stale = tally.stale;
  report.ramp = endpoint->word.ramp;
  report.load = endpoint->load;
  if (tally.down > tally.up) {
    const Failure failure = FailureIn(endpoint->ballot);
    report.layer = failure.layer;
    report.fault = failure.fault;
  }
  if (report.standing == Standing::kUp) {
    report.path_trouble = PathTrouble(endpoint->ballot, tally, state_->roster, endpoint->spec.rule,
                                      endpoint->dissent, now);
  }
  return report;
}

std::vector<VoteReport> Verdicts::Votes(const std::string& id, Steady now) const {
  std::vector<VoteReport> reports;
  const Endpoint* endpoint = state_->endpoints.Find(id);
  if (endpoint == nullptr) return reports;
  const VoteRule& rule = endpoint->spec.rule;
  const Tally tally = state_->CountOf(*endpoint, now);
  for (const Vote& vote : endpoint->ballot.votes()) {
    reports.push_back({state_->roster.vantages()[vote.vantage].name, vote.evidence,
                       IsCounted(vote, tally, state_->roster, rule, now),
                       WhyCounted(vote, tally, state_->roster, rule, now)});
  }
  std::sort(reports.begin(), reports.end(),
            [](const VoteReport& a, const VoteReport& b) { return a.vantage < b.vantage; });
  return reports;
}

uint64_t Verdicts::arrivals() const { return state_->arrivals; }

std::vector<std::string> Verdicts::Held() const { return state_->holds.Held(); }

std::string Verdicts::Suspended(const std::string& vantage) const {
  const auto index = state_->roster.Find(vantage);
  if (!index || !state_->roster.vantages()[*index].suspended) return "";
  return state_->roster.vantages()[*index].doubt.why;
}

const Dropped& Verdicts::dropped() const { return state_->dropped; }

}  // namespace waypost::liveness
