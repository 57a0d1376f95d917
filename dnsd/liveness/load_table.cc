#include "dnsd/liveness/load_table.h"

#include <cmath>
#include <utility>

#include "dnsd/liveness/standing.h"

namespace waypost::liveness {
namespace {

/// Less than this share of the capacity moves no client worth a word on the board.
constexpr float kNoticeable = 0.001F;

bool IsNoticeable(const Load& before, const Load& after) {
  if (before.capacity != after.capacity) return true;
  return after.is_known() && std::abs(after.used - before.used) >= kNoticeable * after.capacity;
}

Load LoadOf(const RegionLoad& region) {
  if (!region.load || region.capacity <= 0) return {};
  return {static_cast<float>(*region.load), static_cast<float>(region.capacity)};
}

}  // namespace

void LoadTable::Configure(const std::vector<PoolSpec>& pools,
                          std::vector<BoardLayout::Pool> shapes) {
  pools_.clear();
  for (const PoolSpec& pool : pools) pools_.push_back({.region = pool.region});
  shapes_ = std::move(shapes);
}

void LoadTable::Mark(uint32_t pool) {
  if (pool < pools_.size()) pools_[pool].is_marked = true;
}

Load LoadTable::Sum(uint32_t pool, const EndpointTable& endpoints) const {
  const BoardLayout::Pool& shape = shapes_[pool];
  Load sum;
  for (uint32_t i = shape.first; i < shape.first + shape.v4 + shape.v6; ++i) {
    const Endpoint& endpoint = endpoints[i];
    if (!endpoint.load.is_known() || !CountsAsUp(endpoint.word.standing)) continue;
    sum.used += endpoint.load.used;
    sum.capacity += endpoint.load.capacity;
  }
  return sum;
}

bool LoadTable::Settle(const EndpointTable& endpoints, const std::vector<RegionLoad>& regions,
                       Board& board) {
  bool changed = false;
  for (uint32_t i = 0; i < pools_.size(); ++i) {
    Pool& pool = pools_[i];
    if (std::exchange(pool.is_marked, false)) pool.read = Sum(i, endpoints);
    const bool has_region = pool.region < regions.size();
    const Load load =
        pool.read.is_known() || !has_region ? pool.read : LoadOf(regions[pool.region]);
    if (!IsNoticeable(pool.shown, load)) continue;
    pool.shown = load;
    board.SetLoad(i, load);
    changed = true;
  }
  return changed;
}

}  // namespace waypost::liveness
