#include "dnsd/liveness/vote.h"

namespace waypost::liveness {
namespace {

/// Where so many are fresh, one of them alone decides nothing.
constexpr uint32_t kMany = 3;

std::optional<bool> Majority(const Poll& poll) noexcept {
  if (poll.votes_up == poll.votes_down) return std::nullopt;
  return poll.votes_up > poll.votes_down;
}

std::optional<bool> Count(uint32_t count, const Poll& poll) noexcept {
  if (poll.votes_down >= count) return false;
  if (poll.down > 0 && poll.votes_up + poll.votes_down < count) return std::nullopt;
  return true;
}

}  // namespace

std::optional<bool> IsUp(Quorum quorum, uint32_t count, const Poll& poll) noexcept {
  if (poll.fresh() == 0) return std::nullopt;
  switch (quorum) {
    case Quorum::kMajority:
      return Majority(poll);
    case Quorum::kAny:
      return poll.down < (poll.fresh() >= kMany ? 2U : 1U);
    case Quorum::kAll:
      return poll.up > 0;
    case Quorum::kCount:
      return Count(count, poll);
  }
  return std::nullopt;
}

}  // namespace waypost::liveness
