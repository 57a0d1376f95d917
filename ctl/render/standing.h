// The words in which the director tells how an endpoint stands, sorted into good and bad.
//
// Thread safety: pure.
#pragma once

#include <string>

#include "ctl/render/style.h"
#include "waypost/v1/control.pb.h"

namespace waypost::render {

/// Counts as up unless a policy says otherwise: up, stale-up, last-up, forced-up, unmonitored,
/// no-data.
bool IsUp(const std::string& standing);
/// Good: up by evidence or without a monitor; bad: down; warning: all that a human should know of.
Tone ToneOfStanding(const std::string& standing);

/// Why in words, after `separator`; empty where it says no more than the standing itself.
std::string ReasonAfter(const std::string& separator, const v1::EndpointStatus& status);

/// "2/3 up", with its tone.
struct UpCount {
  uint32_t up = 0;
  uint32_t total = 0;
  std::string ToString() const;
  Tone tone() const;
};
UpCount CountUp(const v1::PoolStatus& pool);

}  // namespace waypost::render
