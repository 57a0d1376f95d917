#include "dnsd/steer/round_robin.h"

#include <fmt/format.h>

#include "waypost/v1/resource.pb.h"

namespace waypost::steer {

RoundRobin RoundRobin::Parse(const v1::RoundRobinStep& /*message*/, const StepParser& /*parser*/) {
  return {};
}

void RoundRobin::Apply(Candidates& candidates, StepContext& context) const {
  const size_t in_front = candidates.front().size();
  if (in_front > 1) candidates.PutInFront(context.sequence % in_front);
}

std::string RoundRobin::Summary(const Change& change, const StepContext& context) const {
  return fmt::format("query {}: the turn of {}, one of {}", context.sequence,
                     context.pool(change.after.front().pool).name, FrontOf(change.before).size());
}

std::string RoundRobin::Why(const Candidate& /*candidate*/, const StepContext& /*context*/) const {
  return "takes turns";
}

}  // namespace waypost::steer
