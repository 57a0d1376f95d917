// What the schema says of steps that look at loads, slow and obvious.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "dnsd/base/random.h"
#include "dnsd/steer/rendezvous.h"
#include "tests/unit/steer/facts.h"
#include "waypost/v1/resource.pb.h"

namespace waypost::steer {

/// The client does from this pool.
inline bool MovesOn(const std::string& pool, const v1::SpillStep& step, const Facts& facts) {
  const auto load = facts.pool_loads.find(pool);
  if (load == facts.pool_loads.end()) return false;
  const double at = step.at() == 0 ? 80 : step.at();
  const double full = step.full() == 0 ? 100 : step.full();
  const double used = 100.0 * load->second.used / load->second.capacity;
  const double place =
      static_cast<double>(Mix64(facts.spill_hash ^ HashName(pool))) / std::pow(2.0, 64);
  return place < (used - at) / (full - at);
}

/// Of the candidates' free capacity in thousandths of the most, times the weight; else the weight.
inline std::map<std::string, uint32_t> Lots(const std::vector<std::string>& pools,
                                            const Facts& facts) {
  double most = 0;
  double sum = 0;
  double known = 0;
  for (const std::string& pool : pools) {
    const auto load = facts.pool_loads.find(pool);
    if (load == facts.pool_loads.end()) continue;
    const double free = std::max(0.0F, load->second.capacity - load->second.used);
    most = std::max(most, free);
    sum += free;
    ++known;
  }
  std::map<std::string, uint32_t> lots;
  uint64_t total = 0;
  for (const std::string& pool : pools) {
    const auto load = facts.pool_loads.find(pool);
    const double free = load == facts.pool_loads.end()
                            ? sum / std::max(1.0, known)
                            : std::max(0.0F, load->second.capacity - load->second.used);
    double parts = 1000;
    if (most > 0) parts = free > 0 ? std::max(1.0, std::floor(1000 * free / most)) : 0;
    lots[pool] = facts.pool_weights.at(pool) * static_cast<uint32_t>(parts);
    total += lots[pool];
  }
  if (total > 0) return lots;
  for (const std::string& pool : pools) lots[pool] = facts.pool_weights.at(pool);
  return lots;
}

}  // namespace waypost::steer
