#include "tests/sim/oracle.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace waypost::sim {
namespace {

using liveness::Board;
using liveness::Opinion;
using liveness::Quorum;
using liveness::Standing;

bool IsPlain(Standing standing) { return standing == Standing::kUp || standing == Standing::kDown; }

/// The verdict that a standing tells; unset: it tells none.
std::optional<bool> VerdictIn(Standing standing) {
  if (standing == Standing::kUp || standing == Standing::kStaleUp) return true;
  if (standing == Standing::kDown || standing == Standing::kStaleDown) return false;
  return std::nullopt;
}

bool IsOperators(Standing standing) {
  return standing == Standing::kDrained || standing == Standing::kForcedUp ||
         standing == Standing::kForcedDown;
}

bool IsDownForSure(Standing standing) {
  return standing == Standing::kDown || standing == Standing::kStaleDown ||
         standing == Standing::kLastDown || standing == Standing::kForcedDown ||
         standing == Standing::kDrained;
}

int AsInt(Standing standing) { return static_cast<int>(standing); }

}  // namespace

void Oracle::Restore(const liveness::Memory& memory, Steady now) {
  remembered_ = memory.last_up;
  for (const auto& [vantage, region] : memory.vantages) {
    heard_[vantage] = now;
    regions_[vantage] = region;
  }
  for (const auto& [id, up_for_s] : memory.holds) {
    holds_[id] = {true, now - std::chrono::seconds(up_for_s)};
  }
}

void Oracle::Configure(const liveness::Layout& layout, const Board& board) {
  layout_ = layout;
  words_.clear();
  epoch_ = board.epoch();
  std::map<std::string, Hold> kept;
  for (const auto& hold : layout.holds) kept[hold.id] = holds_[hold.id];
  holds_ = std::move(kept);
}

void Oracle::Observe(const std::string& vantage, const std::string& endpoint,
                     const liveness::Evidence& evidence, Steady now) {
  Delivered& word = delivered_[endpoint][vantage];
  const bool is_late = evidence.sequence < word.sequence ||
                       (evidence.sequence == word.sequence && evidence.observed < word.observed);
  if (is_late) return;
  word = {evidence.opinion, std::min(evidence.observed, now), evidence.sequence};
  Steady& newest = newest_.try_emplace(endpoint, Steady::min()).first->second;
  newest = std::max(newest, word.observed);
}

/// What it saw down while it doubted itself is no evidence when it does no more.
void Oracle::Doubts(const std::string& vantage, bool doubts) {
  if (!std::exchange(doubts_[vantage], doubts) || doubts) return;
  for (auto& [endpoint, words] : delivered_) {
    const auto word = words.find(vantage);
    if (word != words.end() && word->second.opinion == Opinion::kDown) words.erase(word);
  }
}

void Oracle::Forget(const std::string& vantage) {
  for (auto& [endpoint, words] : delivered_) words.erase(vantage);
}

Oracle::Count Oracle::CountOf(const std::string& endpoint, Steady now) const {
  Count count;
  for (const auto& [vantage, at] : heard_) {
    if (now - at > 10 * scenario_.rule.staleness) continue;
    ++count.known;
    const auto region = regions_.find(vantage);
    count.regions[region == regions_.end() ? "" : region->second];
  }
  const auto words = delivered_.find(endpoint);
  if (words == delivered_.end()) return count;
  for (const auto& [vantage, word] : words->second) {
    const auto doubts = doubts_.find(vantage);
    if (doubts != doubts_.end() && doubts->second) continue;
    if (now - word.observed > scenario_.rule.staleness || word.opinion == Opinion::kNone) continue;
    Sides& region = count.regions[regions_.at(vantage)];
    ++(word.opinion == Opinion::kUp ? count.up : count.down);
    ++(word.opinion == Opinion::kUp ? region.up : region.down);
  }
  return count;
}

/// Who has a vote: vantages, or regions, which say what more than half of theirs say.
Oracle::Sides Oracle::VotersOf(const Count& count) const {
  if (!scenario_.rule.by_region) return count;
  Sides voters;
  for (const auto& [name, region] : count.regions) {
    if (region.up > region.down) ++voters.up;
    if (region.down > region.up) ++voters.down;
  }
  return voters;
}

bool Oracle::IsEnough(const Count& count) const {
  if (count.up + count.down < (count.known >= 3 ? 2U : 1U)) return false;
  if (!scenario_.rule.by_region) return true;
  const Sides voters = VotersOf(count);
  return voters.up + voters.down >= (count.regions.size() >= 3 ? 2U : 1U);
}

/// Whether the votes allow a verdict to become this.
bool Oracle::HasQuorum(bool up, bool is_first, const Count& count) const {
  if (!IsEnough(count)) return false;
  const Sides voters = VotersOf(count);
  const uint32_t fresh = voters.up + voters.down;
  const uint32_t supporters = up ? voters.up : voters.down;
  const bool may_be_alone = is_first && up;
  if (count.known >= 3 && (up ? count.up : count.down) < 2 && !may_be_alone) return false;
  const bool many_regions = scenario_.rule.by_region && count.regions.size() >= 3;
  if (many_regions && supporters < 2 && !may_be_alone) return false;
  const uint32_t needed_for_any = fresh >= 3 ? 2 : 1;
  switch (scenario_.rule.quorum) {
    case Quorum::kMajority:
      return 2 * supporters > fresh;
    case Quorum::kAny:
      return up ? voters.down < needed_for_any : voters.down >= needed_for_any;
    case Quorum::kAll:
      return up ? voters.up > 0 : voters.up == 0;
    case Quorum::kCount:
      return up ? voters.down < scenario_.rule.count : voters.down >= scenario_.rule.count;
  }
  return false;
}

std::optional<bool> Oracle::Outcome(const std::string& endpoint, Steady now) const {
  const Count count = CountOf(endpoint, now);
  const bool up = HasQuorum(true, false, count), down = HasQuorum(false, false, count);
  const Sides voters = VotersOf(count);
  const bool are_too_few = scenario_.rule.quorum == Quorum::kCount && voters.down > 0 &&
                           voters.up + voters.down < scenario_.rule.count;
  if (up == down || are_too_few) return std::nullopt;
  return up;
}

/// Damping as declared: each fall costs 1, halved every 30 s, and above 3 an endpoint stays down
/// until below 1.5. So after four quick falls two more need at least a half-life each time; one
/// more where the first verdict was down.
std::optional<std::string> Oracle::CheckFalls(const std::string& endpoint, Steady now) {
  std::vector<Steady>& falls = falls_[endpoint];
  falls.push_back(now);
  ++figures_.falls;
  for (size_t i = 0; i < falls.size(); ++i) {
    const size_t count = falls.size() - i;
    const auto half_lives = (now - falls[i]) / std::chrono::seconds(30);
    if (count > 5 + 2 * static_cast<size_t>(half_lives + 1)) {
      return fmt::format("{} fell {} times in {} half-lives", endpoint, count, half_lives);
    }
  }
  return std::nullopt;
}

std::optional<std::string> Oracle::CheckChange(const liveness::Verdict& change, Steady now) {
  const auto up = VerdictIn(change.after);
  if (!up) return std::nullopt;
  const auto former = verdicts_.find(change.endpoint);
  const bool is_first = former == verdicts_.end();
  // An endpoint that was damped before a restart is down from the start, without being announced.
  const bool was_damped = scenario_.damped && is_first && change.before == Standing::kDown;
  const bool is_flip = was_damped ? *up : is_first || former->second != *up;
  verdicts_[change.endpoint] = *up;
  if (scenario_.damped && is_flip && !*up) {
    if (auto wrong = CheckFalls(change.endpoint, now)) return wrong;
  }
  // An endpoint that damping lets go was found to be up before, by a quorum of then.
  if (scenario_.damped && *up) return std::nullopt;
  // What an operator's word hid may have changed meanwhile, when there was a quorum for it.
  if (!is_flip || IsOperators(change.before)) return std::nullopt;
  ++figures_.flips;
  const Count count = CountOf(change.endpoint, now);
  if (IsPlain(change.after) && HasQuorum(*up, is_first, count)) return std::nullopt;
  return fmt::format("{} became {} without quorum: {} up, {} down, {} vantages known ({})",
                     change.endpoint, *up ? "up" : "down", count.up, count.down, count.known,
                     change.reason);
}

std::optional<std::string> Oracle::CheckMemory(const std::string& endpoint,
                                               Standing standing) const {
  const auto seen = remembered_.find(endpoint);
  const bool is_last = standing == Standing::kLastUp || standing == Standing::kLastDown;
  if (is_last && (seen == remembered_.end() || seen->second != (standing == Standing::kLastUp))) {
    return endpoint + ": the memory is wrong";
  }
  if (standing == Standing::kNoData && seen != remembered_.end()) {
    return endpoint + ": the memory is lost";
  }
  if ((is_last || standing == Standing::kNoData) && verdicts_.contains(endpoint)) {
    return endpoint + ": the verdict is lost";
  }
  return std::nullopt;
}

std::optional<std::string> Oracle::CheckStaleness(const std::string& endpoint, Standing standing,
                                                  Steady now) {
  const auto newest = newest_.find(endpoint);
  const bool has_fresh =
      newest != newest_.end() && now - newest->second <= scenario_.rule.staleness;
  const Count count = CountOf(endpoint, now);
  const bool has_enough = IsEnough(count);
  const bool is_stale = standing == Standing::kStaleUp || standing == Standing::kStaleDown;
  if (is_stale) ++figures_.stale;
  const bool may_be_damped = scenario_.damped && standing == Standing::kDown;
  if (IsPlain(standing) && !has_fresh && !may_be_damped) {
    return fmt::format("{} has a verdict without any fresh evidence", endpoint);
  }
  if (!is_stale || !has_enough) {
    enough_since_.erase(endpoint);
  } else if (now - enough_since_.try_emplace(endpoint, now).first->second > step_) {
    return fmt::format("{} is stale with fresh evidence", endpoint);
  }
  return std::nullopt;
}

std::optional<std::string> Oracle::CheckEndpoint(const liveness::Verdicts& verdicts,
                                                 const Board& board, uint32_t index, Steady now) {
  const liveness::EndpointSpec& spec = layout_.endpoints[index];
  const liveness::EndpointWord word = board.endpoint(index);
  const liveness::EndpointReport report = verdicts.Report(spec.id, now);
  if (word.standing != report.standing) {
    return fmt::format("{}: the board says {}, the report {}", spec.id, AsInt(word.standing),
                       AsInt(report.standing));
  }
  if (spec.drained != (word.standing == Standing::kDrained)) return spec.id + ": drain is ignored";
  const bool is_forced =
      word.standing == Standing::kForcedUp || word.standing == Standing::kForcedDown;
  if (!spec.drained && is_forced != (spec.forced != liveness::Forced::kNo)) {
    return spec.id + ": force is ignored";
  }
  if (word.weight != spec.weight) return spec.id + ": weight in effect is wrong";
  const size_t votes = verdicts.Votes(spec.id, now).size();
  if (votes > scenario_.vantages.size()) return spec.id + ": more votes than vantages";
  if (auto wrong = CheckMemory(spec.id, word.standing)) return wrong;
  return CheckStaleness(spec.id, word.standing, now);
}

std::optional<std::string> Oracle::CheckPool(const Board& board, uint32_t pool) {
  const auto& shape = board.layout().pools[pool];
  liveness::StandingSet v4 = 0, v6 = 0;
  uint16_t cap = 0xFFFF;
  bool has_weight = false;
  for (uint32_t i = shape.first; i < shape.first + shape.v4 + shape.v6; ++i) {
    const liveness::EndpointWord word = board.endpoint(i);
    (i < shape.first + shape.v4 ? v4 : v6) |= Bit(word.standing);
    cap = std::min(cap, word.ttl_cap_s);
    has_weight |= word.weight > 0;
  }
  ++figures_.pools;
  const liveness::PoolWord word = board.pool(pool);
  const uint16_t weight = has_weight ? layout_.pools[pool].weight : 0;
  if (word.v4 == v4 && word.v6 == v6 && word.ttl_cap_s == cap && word.weight == weight) {
    return std::nullopt;
  }
  return fmt::format("pool {} is not the union of its endpoints", layout_.pools[pool].name);
}

bool Oracle::IsPoolDown(const Board& board, uint32_t pool) const {
  const auto& shape = board.layout().pools[pool];
  for (uint32_t i = shape.first; i < shape.first + shape.v4 + shape.v6; ++i) {
    if (!IsDownForSure(board.endpoint(i).standing)) return false;
  }
  return true;
}

std::optional<std::string> Oracle::CheckHolds(const Board& board, Steady now) {
  for (uint32_t i = 0; i < layout_.holds.size(); ++i) {
    const liveness::HoldSpec& spec = layout_.holds[i];
    Hold& hold = holds_[spec.id];
    const bool down = IsPoolDown(board, spec.pool);
    if (down) {
      hold = {true, std::nullopt};
    } else if (hold.active && !hold.up_since) {
      hold.up_since = now;
    }
    if (!down && released_.contains(spec.id)) hold.active = false;
    const bool can_end = hold.active && !spec.manual && hold.up_since;
    // It ends at a tick, so for a step both are right.
    if (can_end && now - *hold.up_since >= spec.delay && !board.held(i)) hold.active = false;
    if (can_end && now - *hold.up_since >= spec.delay + 2 * step_) hold.active = false;
    if (hold.active) ++figures_.held;
    if (board.held(i) != hold.active) {
      return fmt::format("hold {} is {}", spec.id, board.held(i) ? "set" : "not set");
    }
  }
  released_.clear();
  return std::nullopt;
}

/// Equal epochs mean equal words.
std::optional<std::string> Oracle::CheckEpoch(const Board& board) {
  std::vector<uint64_t> words;
  for (uint32_t i = 0; i < board.layout().endpoints; ++i) {
    words.push_back(Board::Pack(board.endpoint(i)));
  }
  for (uint32_t i = 0; i < board.layout().holds; ++i) words.push_back(board.held(i) ? 1 : 0);
  const bool changed = !words_.empty() && words != words_;
  words_ = std::move(words);
  const uint64_t before = std::exchange(epoch_, board.epoch());
  if (board.epoch() < before) return "the epoch went back";
  if (changed && board.epoch() == before) return "words changed within an epoch";
  return std::nullopt;
}

std::optional<std::string> Oracle::CheckCall(liveness::Verdicts& verdicts, const Board& board,
                                             Steady now) {
  for (const liveness::Verdict& change : verdicts.TakeChanges()) {
    if (auto wrong = CheckChange(change, now)) return wrong;
  }
  if (auto wrong = CheckHolds(board, now)) return wrong;
  return CheckEpoch(board);
}

std::optional<std::string> Oracle::CheckBoard(const liveness::Verdicts& verdicts,
                                              const Board& board, Steady now) {
  step_ = std::max<Steady::duration>(kStep, last_step_ ? now - *last_step_ : kStep);
  last_step_ = now;
  for (uint32_t i = 0; i < layout_.endpoints.size(); ++i) {
    if (auto wrong = CheckEndpoint(verdicts, board, i, now)) return wrong;
  }
  for (uint32_t i = 0; i < layout_.pools.size(); ++i) {
    if (auto wrong = CheckPool(board, i)) return wrong;
  }
  return std::nullopt;
}

}  // namespace waypost::sim
