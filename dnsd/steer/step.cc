#include "dnsd/steer/step.h"

#include <type_traits>

#include "dnsd/steer/step_parser.h"
#include "waypost/v1/resource.pb.h"

namespace waypost::steer {

namespace {

template <typename T>
concept Narrowing = requires(const T& step) {
  step.fence();
};

template <typename Algorithm, typename Message>
std::shared_ptr<const Step> Make(const Message& message, const StepParser& parser) {
  return std::make_shared<const Step>(Algorithm::Parse(message, parser));
}

}  // namespace

std::shared_ptr<const Step> Step::Parse(const v1::Step& message, const StepParser& parser) {
  switch (message.step_case()) {
    case v1::Step::kGeo:
      return Make<Geo>(message.geo(), parser);
    case v1::Step::kResidency:
      return Make<Residency>(message.residency(), parser);
    case v1::Step::kCidr:
      return Make<Cidr>(message.cidr(), parser);
    case v1::Step::kLatency:
      return Make<Latency>(message.latency(), parser);
    case v1::Step::kGeoproximity:
      return Make<Geoproximity>(message.geoproximity(), parser);
    case v1::Step::kFailover:
      return Make<Failover>(message.failover(), parser);
    case v1::Step::kWeighted:
      return Make<Weighted>(message.weighted(), parser);
    case v1::Step::kHash:
      return Make<Hash>(message.hash(), parser);
    case v1::Step::kRoundRobin:
      return Make<RoundRobin>(message.round_robin(), parser);
    case v1::Step::kLeastLoaded:
      return Make<LeastLoaded>(message.least_loaded(), parser);
    case v1::Step::kSpill:
      return Make<Spill>(message.spill(), parser);
    case v1::Step::kAnswers:
    case v1::Step::kPolicy:
    case v1::Step::STEP_NOT_SET:
      break;
  }
  parser.report().Fail("", "names no step");
  return nullptr;
}

std::string_view Step::name() const {
  return std::visit([](const auto& step) { return std::decay_t<decltype(step)>::kName; },
                    algorithm_);
}

bool Step::is_fence() const {
  return std::visit(
      [](const auto& step) {
        if constexpr (Narrowing<std::decay_t<decltype(step)>>) return step.fence();
        return false;
      },
      algorithm_);
}

bool Step::may_pass_front() const {
  if (std::holds_alternative<Spill>(algorithm_)) return true;
  return std::visit([](const auto& step) { return Narrowing<std::decay_t<decltype(step)>>; },
                    algorithm_);
}

bool Step::is_settled_by_class() const {
  return std::holds_alternative<Geo>(algorithm_) || std::holds_alternative<Residency>(algorithm_) ||
         std::holds_alternative<Cidr>(algorithm_) || std::holds_alternative<Latency>(algorithm_) ||
         std::holds_alternative<Geoproximity>(algorithm_);
}

Reads Step::reads() const {
  if (const auto* weighted = std::get_if<Weighted>(&algorithm_)) {
    return {.network = weighted->sticky()};
  }
  if (const auto* least = std::get_if<LeastLoaded>(&algorithm_)) {
    return {.network = least->sticky()};
  }
  if (std::holds_alternative<Hash>(algorithm_) || std::holds_alternative<Spill>(algorithm_)) {
    return {.network = true};
  }
  const bool client_blind = std::holds_alternative<Failover>(algorithm_) ||
                            std::holds_alternative<RoundRobin>(algorithm_);
  return {.class_of_client = !client_blind};
}

std::optional<uint32_t> Step::TierOf(PoolIndex pool, std::span<const PoolIndex> candidates) const {
  const auto* failover = std::get_if<Failover>(&algorithm_);
  return failover == nullptr ? std::nullopt : std::optional(failover->TierOf(pool, candidates));
}

bool Step::Matters(std::span<const PoolIndex> candidates) const {
  return std::visit([&](const auto& step) { return step.Matters(candidates); }, algorithm_);
}

std::string Step::Summary(const Change& change, const StepContext& context) const {
  return std::visit([&](const auto& step) { return step.Summary(change, context); }, algorithm_);
}

std::string Step::Why(const Candidate& candidate, const StepContext& context) const {
  return std::visit([&](const auto& step) { return step.Why(candidate, context); }, algorithm_);
}

}  // namespace waypost::steer
