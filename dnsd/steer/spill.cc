#include "dnsd/steer/spill.h"

#include <fmt/format.h>

#include <algorithm>

#include "dnsd/base/random.h"
#include "dnsd/steer/rendezvous.h"
#include "dnsd/steer/step_parser.h"
#include "waypost/v1/resource.pb.h"

namespace waypost::steer {

namespace {

constexpr uint32_t kDefaultAt = 80;
constexpr uint32_t kDefaultFull = 100;
/// Per cent; a load may be far above what counts as the capacity.
constexpr uint32_t kMaxPercent = 1000;
/// Clients are told apart by so many bits of their hash.
constexpr int kPlaceBits = 24;

}  // namespace

Spill Spill::Parse(const v1::SpillStep& message, const StepParser& parser) {
  const uint32_t at = message.at() == 0 ? kDefaultAt : message.at();
  const uint32_t full = message.full() == 0 ? kDefaultFull : message.full();
  if (at > kMaxPercent || full > kMaxPercent) {
    parser.report().Fail(at > kMaxPercent ? "at" : "full",
                         fmt::format("{} is not within 1 and {}", std::max(at, full), kMaxPercent));
  } else if (full <= at) {
    parser.report().Fail("full", fmt::format("{} is not above at ({})", full, at));
  }
  Spill step;
  step.at_ = static_cast<float>(at) / 100;
  step.full_ = static_cast<float>(full) / 100;
  for (const Pool& pool : parser.topology().pools) step.names_.push_back(HashName(pool.name));
  return step;
}

float Spill::ShareMoving(PoolIndex pool, const StepContext& context) const {
  const liveness::Load load = context.world.board->load(pool);
  if (!load.is_known()) return 0;
  return std::clamp((load.utilisation() - at_) / (full_ - at_), 0.0F, 1.0F);
}

bool Spill::MovesOn(PoolIndex pool, const StepContext& context) const {
  const float share = ShareMoving(pool, context);
  if (share <= 0) return false;
  const Client& client = context.client;
  const uint64_t network = HashNetwork(client.address, client.source_length, kSeed);
  const uint64_t place = Mix64(network ^ names_[pool]) >> (64 - kPlaceBits);
  return static_cast<float>(place) < share * (1U << kPlaceBits);
}

void Spill::Apply(Candidates& candidates, StepContext& context) const {
  candidates.PutBehind([&](const Candidate& c) { return MovesOn(c.pool, context); });
}

std::string Spill::Summary(const Change& change, const StepContext& context) const {
  const auto moves = [&](const Candidate& c) { return MovesOn(c.pool, context); };
  std::vector<Candidate> left;
  std::copy_if(change.before.begin(), change.before.end(), std::back_inserter(left), moves);
  if (left.empty()) return "no pool sends this client on";
  if (left.size() == change.before.size()) return "all are too full for this client: all stay";
  return fmt::format("this client moves on from {}", PoolsText(left, context));
}

std::string Spill::Why(const Candidate& candidate, const StepContext& context) const {
  const liveness::Load load = context.world.board->load(candidate.pool);
  if (!load.is_known()) return "load unknown";
  const float share = ShareMoving(candidate.pool, context);
  const std::string used = LoadText(load);
  if (share <= 0) return fmt::format("{}, less than {:.0f} %", used, at_ * 100);
  return fmt::format("{}: {:.0f} % of the clients move on, {}", used, share * 100,
                     MovesOn(candidate.pool, context) ? "this one too" : "this one stays");
}

}  // namespace waypost::steer
