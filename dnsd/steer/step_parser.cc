#include "dnsd/steer/step_parser.h"

#include <google/protobuf/repeated_field.h>

namespace waypost::steer {

HoldIndex HoldBook::Book(const Hold& hold) {
  const auto [at, is_new] =
      places_.emplace(std::pair(hold.policy, hold.pool), static_cast<HoldIndex>(holds_.size()));
  if (is_new) holds_.push_back(hold);
  return at->second;
}

std::optional<PoolIndex> StepParser::FindPool(const std::string& name,
                                              const std::string& field) const {
  if (const auto index = FindByName(topology().pools, name)) {
    return static_cast<PoolIndex>(*index);
  }
  report_.Fail(field, Quoted("pool", name) + " does not exist");
  return std::nullopt;
}

std::optional<RegionIndex> StepParser::FindRegion(const std::string& name,
                                                  const std::string& field) const {
  if (const auto index = FindByName(topology().regions, name)) {
    return static_cast<RegionIndex>(*index);
  }
  report_.Fail(field, Quoted("region", name) + " does not exist");
  return std::nullopt;
}

PoolSet StepParser::ParsePools(const google::protobuf::RepeatedPtrField<std::string>& pools,
                               const google::protobuf::RepeatedPtrField<std::string>& regions,
                               const std::string& field) const {
  const auto& all = topology().pools;
  PoolSet set(all.size());
  for (int i = 0; i < pools.size(); ++i) {
    if (const auto pool = FindPool(pools[i], field + ".pools[" + std::to_string(i) + "]")) {
      set.Add(*pool);
    }
  }
  for (int i = 0; i < regions.size(); ++i) {
    const auto region = FindRegion(regions[i], field + ".regions[" + std::to_string(i) + "]");
    for (size_t pool = 0; region && pool < all.size(); ++pool) {
      if (all[pool].region == *region) set.Add(static_cast<PoolIndex>(pool));
    }
  }
  if (pools.empty() && regions.empty()) report_.Fail(field, "keeps no pools and no regions");
  return set;
}

uint16_t StepParser::FindSubdivision(const std::string& text) const {
  const auto& all = vocabulary().subdivisions;
  const auto at = std::lower_bound(all.begin(), all.end(), text);
  return at == all.end() || *at != text ? 0 : static_cast<uint16_t>(at - all.begin() + 1);
}

}  // namespace waypost::steer
