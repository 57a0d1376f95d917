#include "tests/sim/moves.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace waypost::sim {
namespace {

using liveness::EndpointWord;
using liveness::Standing;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr milliseconds kPulse{250};
constexpr minutes kLength{20};
constexpr minutes kWindow{1};
/// The board shows shares in steps.
constexpr double kBoardStep = 1.0 / liveness::Automation::kSteps;
constexpr double kRounding = 0.01;

bool Happens(Random& random, seconds mean) {
  return random.Below(static_cast<uint64_t>(mean / kPulse)) == 0;
}

}  // namespace

Moves::Moves(uint64_t seed) : seed_(seed), random_(seed) {
  DrawPools();
  DrawBounds();
  Configure();
}

void Moves::DrawPools() {
  regions_ = static_cast<uint32_t>(2 + random_.Below(3));
  const auto count = static_cast<uint32_t>(regions_ + random_.Below(3));
  double total = 0;
  for (uint32_t i = 0; i < count; ++i) {
    Pool& pool = pools_.emplace_back();
    pool.region = i % regions_;
    pool.part = 1.0 + static_cast<double>(random_.Below(100));
    total += pool.part;
    bounds_.members.push_back({i, pools_[i].region, pools_[i].part});
    layout_.pools.push_back({.name = fmt::format("p{}", i), .region = pools_[i].region});
    liveness::EndpointSpec& endpoint = layout_.endpoints.emplace_back();
    endpoint.id = fmt::format("p{}/1", i);
    endpoint.rule.staleness = std::chrono::hours(1);
  }
  for (Pool& pool : pools_) pool.part /= total;
  for (uint32_t r = 0; r < regions_; ++r) {
    layout_.regions.emplace_back().name = fmt::format("r{}", r);
  }
}

void Moves::DrawBounds() {
  bounds_.name = "all";
  if (random_.Below(3) > 0) bounds_.max_shift = (1 + static_cast<double>(random_.Below(60))) / 100;
  if (random_.Below(2) > 0) bounds_.min_regions = static_cast<uint32_t>(random_.Below(regions_));
  if (random_.Below(2) > 0) bounds_.cool_down = seconds(random_.Below(180));
}

void Moves::Configure() {
  layout_.automations = {bounds_};
  for (uint32_t i = 0; i < pools_.size(); ++i) layout_.endpoints[i].drained = pools_[i].drained;
  liveness::BoardLayout shape;
  for (uint32_t i = 0; i < pools_.size(); ++i) shape.pools.push_back({i, 1, 0});
  shape.endpoints = static_cast<uint32_t>(pools_.size());
  board_ = std::make_shared<liveness::Board>(shape);
  verdicts_.Configure(layout_, board_, now_);
}

/// Pools fall alone and with their region; operators drain some, and change other things.
void Moves::StepWorld() {
  for (Pool& pool : pools_) {
    if (Happens(random_, seconds(pool.up ? 120 : 60))) pool.up = !pool.up;
  }
  const auto region = static_cast<uint32_t>(random_.Below(regions_));
  const bool burns = Happens(random_, seconds(120));
  for (Pool& pool : pools_) pool.up = pool.up && !(burns && pool.region == region);
  Pool& pool = pools_[random_.Below(pools_.size())];
  const bool is_drain = Happens(random_, seconds(200));
  if (is_drain) {
    pool.drained = !pool.drained;
    ++figures_.drains;
  }
  if (is_drain || Happens(random_, seconds(120))) Configure();
}

void Moves::Observe() {
  for (uint32_t i = 0; i < pools_.size(); ++i) {
    liveness::Evidence evidence;
    evidence.opinion = pools_[i].up ? liveness::Opinion::kUp : liveness::Opinion::kDown;
    evidence.observed = now_;
    evidence.sequence = ++sequence_;
    verdicts_.Observe("v", layout_.endpoints[i].id, evidence, now_);
  }
  verdicts_.Tick(now_);
  verdicts_.TakeChanges();
  verdicts_.TakeNews();
}

double Moves::ShareOf(uint32_t pool) const {
  const EndpointWord word = board_->endpoint(pool);
  if (word.standing == Standing::kHeld) return word.ramp / 255.0;
  return word.standing == Standing::kUp ? 1 : 0;
}

uint32_t Moves::RegionsInUse() const {
  std::set<uint32_t> in_use;
  for (const Pool& pool : pools_) {
    if (pool.share > 0) in_use.insert(pool.region);
  }
  return static_cast<uint32_t>(in_use.size());
}

Moves::Wrong Moves::Check() {
  const uint32_t regions_before = RegionsInUse();
  std::vector<double> before;
  for (uint32_t i = 0; i < pools_.size(); ++i) {
    before.push_back(std::exchange(pools_[i].share, ShareOf(i)));
  }
  const size_t moves_before = moves_.size();
  for (uint32_t i = 0; i < pools_.size(); ++i) {
    const bool is_operators = pools_[i].drained;
    if (is_operators || pools_[i].share >= before[i]) continue;
    if (auto wrong = CheckMove(pools_[i], before[i], regions_before)) return wrong;
  }
  if (moves_.size() > moves_before) {
    if (auto wrong = CheckShift()) return wrong;
  }
  return CheckHeld();
}

Moves::Wrong Moves::CheckMove(const Pool& pool, double before, uint32_t regions_before) {
  ++figures_.moves;
  const uint32_t regions = RegionsInUse();
  if (regions < bounds_.min_regions && regions < regions_before) {
    return fmt::format("a move left {} regions in use, {} must stay on", regions,
                       bounds_.min_regions);
  }
  for (const Move& move : moves_) {
    if (move.region == pool.region || now_ - move.at >= bounds_.cool_down) continue;
    return fmt::format(
        "a move away from region {} {} ms after one away from region {}, cool-down "
        "is {} ms",
        pool.region, (now_ - move.at) / milliseconds(1), move.region, bounds_.cool_down.count());
  }
  moves_.push_back({now_, pool.part * (before - pool.share), pool.region});
  return std::nullopt;
}

/// What the board shows may lag behind by a step of each pool.
Moves::Wrong Moves::CheckShift() const {
  if (bounds_.max_shift <= 0) return std::nullopt;
  double moved = 0;
  for (const Move& move : moves_) moved += now_ - move.at < kWindow ? move.weight : 0;
  if (moved <= bounds_.max_shift + kBoardStep + kRounding) return std::nullopt;
  return fmt::format("{:.1f} % of the weight moved in a minute, {:.1f} % may", 100 * moved,
                     100 * bounds_.max_shift);
}

Moves::Wrong Moves::CheckHeld() {
  const auto report = verdicts_.Automations(now_).at(0);
  for (const auto& held : report.held) {
    ++figures_.held;
    if (held.why.empty()) return fmt::format("{} is held back and does not say why", held.pool);
  }
  const bool is_shift_alone = bounds_.min_regions == 0 && bounds_.cool_down.count() == 0;
  for (Pool& pool : pools_) {
    if (pool.share == 0 || pool.share == 1) pool.lost.reset();
    if (pool.share == 0 || pool.share == 1 || !is_shift_alone) continue;
    // All of the weight moves in so many minutes, and each pool may have fallen twice before it.
    const auto most = kWindow * static_cast<int>(3 / bounds_.max_shift + 2);
    if (now_ - pool.lost.value_or(now_) > most) return "what was lost is still answered";
    if (!pool.lost) pool.lost = now_;
  }
  return std::nullopt;
}

Moves::Wrong Moves::Run() {
  Observe();
  for (uint32_t i = 0; i < pools_.size(); ++i) pools_[i].share = ShareOf(i);
  for (const Steady end = now_ + kLength; now_ < end;) {
    now_ += kPulse;
    if (Happens(random_, seconds(300))) now_ += milliseconds(random_.Below(20'000));
    StepWorld();
    Observe();
    if (auto wrong = Check()) return fmt::format("{} [{}]", *wrong, ToString());
    while (!moves_.empty() && now_ - moves_.front().at > minutes(5)) moves_.pop_front();
  }
  return std::nullopt;
}

std::string Moves::ToString() const {
  return fmt::format(
      "seed {}, after {} s: {} pools in {} regions, max_shift {:.0f} %, min_regions {}, cool_down "
      "{} s",
      seed_, (now_ - Steady{std::chrono::hours(1)}) / seconds(1), pools_.size(), regions_,
      100 * bounds_.max_shift, bounds_.min_regions, bounds_.cool_down.count() / 1000);
}

}  // namespace waypost::sim
