#include "dnsd/steer/weighted.h"

#include <fmt/format.h>

#include "dnsd/steer/step_parser.h"
#include "waypost/v1/resource.pb.h"

namespace waypost::steer {

namespace {

size_t DrawOne(std::span<const Candidate> front, Random& random) {
  const uint64_t total = TotalWeight(front);
  if (total == 0) return random.Below(front.size());
  uint64_t rest = random.Below(total);
  size_t i = 0;
  while (rest >= front[i].weight) rest -= front[i++].weight;
  return i;
}

}  // namespace

Weighted Weighted::Parse(const v1::WeightedStep& message, const StepParser& parser) {
  Weighted step;
  step.sticky_ = message.sticky();
  if (step.sticky_) step.race_ = PoolRace(parser.topology());
  return step;
}

void Weighted::Apply(Candidates& candidates, StepContext& context) const {
  const auto front = candidates.front();
  if (front.size() < 2) return;
  if (sticky_) {
    const Client& client = context.client;
    const uint64_t key = HashNetwork(client.address, client.source_length, 0);
    candidates.PutInFront(race_.WinnerOf(front, key));
  } else {
    candidates.PutInFront(DrawOne(front, context.random));
  }
}

std::string Weighted::Summary(const Change& change, const StepContext& context) const {
  const auto drawn_from = FrontOf(change.before);
  const Candidate& chosen = change.after.front();
  if (drawn_from.size() < 2) return "only " + context.pool(chosen.pool).name + " is in front";
  return fmt::format("drew {} (weight {} of {}) {}", context.pool(chosen.pool).name, chosen.weight,
                     TotalWeight(drawn_from),
                     sticky_ ? "for the client's network" : "for this query");
}

std::string Weighted::Why(const Candidate& candidate, const StepContext& /*context*/) const {
  return fmt::format("weight {}", candidate.weight);
}

}  // namespace waypost::steer
