#include "dnsd/steer/hash.h"

#include <fmt/format.h>

#include "dnsd/base/random.h"
#include "dnsd/steer/step_parser.h"
#include "waypost/v1/resource.pb.h"

namespace waypost::steer {

namespace {

IpPrefix NetworkOf(const Client& client) {
  const uint8_t length = std::min(client.source_length, NetworkBits(client.address.family()));
  return {client.address.Masked(length), length};
}

}  // namespace

Hash Hash::Parse(const v1::HashStep& message, const StepParser& parser) {
  Hash step;
  step.seed_ = Mix64(message.seed());  // neighbouring seeds map nothing alike
  step.race_ = PoolRace(parser.topology());
  return step;
}

void Hash::Apply(Candidates& candidates, StepContext& context) const {
  const auto front = candidates.front();
  if (front.size() < 2) return;
  const Client& client = context.client;
  const uint64_t key = HashNetwork(client.address, client.source_length, seed_);
  candidates.PutInFront(race_.WinnerOf(front, key));
}

std::string Hash::Summary(const Change& change, const StepContext& context) const {
  return fmt::format("{} maps to {}, one of {}", NetworkOf(context.client).ToString(),
                     context.pool(change.after.front().pool).name, FrontOf(change.before).size());
}

std::string Hash::Why(const Candidate& candidate, const StepContext& /*context*/) const {
  return fmt::format("weight {}", candidate.weight);
}

}  // namespace waypost::steer
