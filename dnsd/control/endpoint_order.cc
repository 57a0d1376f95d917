#include "dnsd/control/endpoint_order.h"

#include "dnsd/steer/steering.h"

namespace waypost::control {
namespace {

/// How it is spoken to counts, not what a vantage makes of it.
v1::Examination OrderFor(const config::Built& built, steer::EndpointIndex index) {
  v1::Examination order;
  order.set_host(config::ProbeAddressFor(built, index).ToString());
  const auto monitor = config::MonitorFor(built, index);
  if (!monitor) return order;
  *order.mutable_monitor() = *monitor;
  for (v1::Monitor& member : config::MembersFor(built, index))
    *order.add_members() = std::move(member);
  return order;
}

}  // namespace

std::optional<v1::Examination> BuildEndpointOrder(const v1::DiagnoseRequest& request,
                                                  const config::Built& built) {
  if (!request.protocol().empty()) return {};
  const auto& endpoints = built.steering->topology.endpoints;
  for (steer::EndpointIndex i = 0; i < endpoints.size(); ++i) {
    const std::string& id = endpoints[i].id;
    const bool is_meant = id == request.target() || id.substr(id.find('/') + 1) == request.target();
    if (is_meant) return OrderFor(built, i);
  }
  return {};
}

}  // namespace waypost::control
