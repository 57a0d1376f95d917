#include "ctl/render/status_part.h"

#include <algorithm>

#include "dnsd/config/catalog.h"

namespace waypost::render {
namespace {

template <typename Repeated, typename Wanted>
void CopyIf(const Repeated& from, Repeated& to, Wanted wanted) {
  for (const auto& item : from) {
    if (wanted(item)) *to.Add() = item;
  }
}

void CopyOverrides(const std::string& target, const v1::StatusReply& from, v1::StatusReply& to) {
  CopyIf(from.overrides(), *to.mutable_overrides(), [&](const v1::Override& override) {
    return override.target() == target || override.target().rfind(target + "/", 0) == 0;
  });
}

void SelectRegion(const std::string& name, const v1::StatusReply& from, v1::StatusReply& to) {
  CopyIf(from.regions(), *to.mutable_regions(),
         [&](const v1::RegionStatus& region) { return region.name() == name; });
  CopyIf(from.pools(), *to.mutable_pools(),
         [&](const v1::PoolStatus& pool) { return pool.region() == name; });
  CopyIf(from.vantages(), *to.mutable_vantages(),
         [&](const v1::VantageStatus& vantage) { return vantage.region() == name; });
  CopyOverrides("region/" + name, from, to);
}

void SelectPool(const std::string& name, const v1::StatusReply& from, v1::StatusReply& to) {
  CopyIf(from.pools(), *to.mutable_pools(),
         [&](const v1::PoolStatus& pool) { return pool.name() == name; });
  CopyOverrides("pool/" + name, from, to);
  CopyOverrides("endpoint/" + name, from, to);
}

void SelectMonitor(const std::string& name, const v1::StatusReply& from, v1::StatusReply& to) {
  for (const v1::PoolStatus& pool : from.pools()) {
    v1::PoolStatus part = pool;
    part.clear_endpoints();
    CopyIf(pool.endpoints(), *part.mutable_endpoints(),
           [&](const v1::EndpointStatus& endpoint) { return endpoint.monitor() == name; });
    if (!part.endpoints().empty()) *to.add_pools() = std::move(part);
  }
}

void SelectRecord(const v1::Record& record, const std::string& name, const v1::StatusReply& from,
                  v1::StatusReply& to) {
  for (const std::string& pool : record.pools()) {
    CopyIf(from.pools(), *to.mutable_pools(),
           [&](const v1::PoolStatus& status) { return status.name() == pool; });
  }
  CopyOverrides("record/" + name, from, to);
}

/// Also as views see it.
void SelectZone(const std::string& name, const v1::StatusReply& from, v1::StatusReply& to) {
  CopyIf(from.zones(), *to.mutable_zones(), [&](const v1::ZoneStatus& zone) {
    return zone.origin() == name || config::Scoped::Parse(zone.origin()).name == name;
  });
}

void SelectView(const std::string& name, const v1::StatusReply& from, v1::StatusReply& to) {
  CopyIf(from.zones(), *to.mutable_zones(), [&](const v1::ZoneStatus& zone) {
    return config::Scoped::Parse(zone.origin()).view == name;
  });
}

}  // namespace

v1::StatusReply SelectStatus(const v1::Resource& resource, const v1::StatusReply& status) {
  v1::StatusReply part;
  switch (resource.kind_case()) {
    case v1::Resource::kRegion:
      SelectRegion(resource.region().name(), status, part);
      break;
    case v1::Resource::kMonitor:
      SelectMonitor(resource.monitor().name(), status, part);
      break;
    case v1::Resource::kPool:
      SelectPool(resource.pool().name(), status, part);
      break;
    case v1::Resource::kRecord:
      SelectRecord(resource.record(), config::NameOf(resource), status, part);
      break;
    case v1::Resource::kZone:
      SelectZone(config::NameOf(resource), status, part);
      break;
    case v1::Resource::kView:
      SelectView(resource.view().name(), status, part);
      break;
    case v1::Resource::kOverride:
      CopyOverrides(resource.override().target(), status, part);
      break;
    default:
      break;
  }
  return part;
}

}  // namespace waypost::render
