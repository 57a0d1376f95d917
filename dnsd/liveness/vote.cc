#include "dnsd/liveness/vote.h"

#include <algorithm>

namespace waypost::liveness {
namespace {

/// Where so many are fresh, one of them alone decides nothing.
constexpr auto kMany = 3;

std::optional<bool> Majority(std::ptrdiff_t up, std::ptrdiff_t down) noexcept {
  if (up == down) return std::nullopt;
  return up > down;
}

}  // namespace

std::optional<bool> IsUp(Quorum quorum, std::span<const Opinion> fresh) noexcept {
  const auto up = std::count(fresh.begin(), fresh.end(), Opinion::kUp);
  const auto down = std::count(fresh.begin(), fresh.end(), Opinion::kDown);
  if (up + down == 0) return std::nullopt;
  switch (quorum) {
    case Quorum::kMajority:
      return Majority(up, down);
    case Quorum::kAny:
      return down < (up + down >= kMany ? 2 : 1);
    case Quorum::kAll:
      return up > 0;
  }
  return std::nullopt;
}

}  // namespace waypost::liveness
