#include "ctl/render/standing.h"

#include <fmt/format.h>

namespace waypost::render {

bool IsUp(const std::string& standing) {
  return standing == "up" || standing == "stale-up" || standing == "last-up" ||
         standing == "forced-up" || standing == "unmonitored" || standing == "no-data" ||
         standing == "panic";
}

Tone ToneOfStanding(const std::string& standing) {
  if (standing == "up" || standing == "unmonitored") return Tone::kGood;
  return standing == "down" || standing == "last-down" ? Tone::kBad : Tone::kWarning;
}

std::string ReasonAfter(const std::string& separator, const v1::EndpointStatus& status) {
  if (status.reason().empty() || status.reason() == status.standing()) return "";
  return separator + Clean(status.reason());
}

std::string UpCount::ToString() const { return fmt::format("{}/{} up", up, total); }

Tone UpCount::tone() const {
  if (up == total) return Tone::kGood;
  return up == 0 ? Tone::kBad : Tone::kWarning;
}

UpCount CountUp(const v1::PoolStatus& pool) {
  UpCount count;
  for (const v1::EndpointStatus& endpoint : pool.endpoints()) {
    ++count.total;
    if (IsUp(endpoint.standing())) ++count.up;
  }
  return count;
}

}  // namespace waypost::render
