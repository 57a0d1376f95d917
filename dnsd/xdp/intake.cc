#include "dnsd/xdp/intake.h"

#include <fmt/format.h>
#include <sys/capability.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace waypost::xdp {
namespace {

bool IsWildcard(const IpAddress& address) { return address.high() == 0 && address.low() == 0; }

std::string Describe(const Interface& interface, Filter::Mode mode, bool is_zero_copy) {
  return fmt::format("{}: {} mode, {} queue{}, frames are {}", interface.name,
                     mode == Filter::Mode::kNative ? "native" : "generic", interface.queues,
                     interface.queues == 1 ? "" : "s", is_zero_copy ? "not copied" : "copied");
}

}  // namespace

Result<std::unique_ptr<Intake>> Intake::Open(const std::string& interface,
                                             std::span<const SocketAddress> listen) {
  auto intake = std::make_unique<Intake>();
  auto found = Interface::Find(interface);
  if (!found) return tl::unexpected(found.error());
  intake->interface_ = *std::move(found);
  auto filter = Filter::Load(intake->interface_);
  if (!filter) return tl::unexpected(filter.error());
  intake->filter_ = *std::move(filter);
  if (Status status = intake->AddDestinations(listen); !status)
    return tl::unexpected(status.error());
  if (Status status = intake->Bind(); !status) return tl::unexpected(status.error());
  return intake;
}

Status Intake::Bind() {
  // Attached first: a driver may allocate other queues for XDP.
  const auto mode = filter_->Attach();
  if (!mode) return tl::unexpected(mode.error());
  for (unsigned queue = 0; queue < interface_.queues; ++queue) {
    auto ring = RingSocket::Open(interface_, queue);
    if (!ring) return tl::unexpected(ring.error());
    if (Status status = filter_->AddSocket(queue, (*ring)->descriptor()); !status) return status;
    rings_.push_back(*std::move(ring));
  }
  description_ = Describe(interface_, *mode, rings_.front()->is_zero_copy());
  return {};
}

Status Intake::AddDestinations(std::span<const SocketAddress> listen) {
  size_t count = 0;
  for (const SocketAddress& one : listen) {
    if (one.port == 0) {
      return Fail(ErrorCode::kInvalid,
                  fmt::format("{}: {}: needs a port", interface_.name, one.ToString()));
    }
    for (const SocketAddress& destination : Spell(one)) {
      if (++count > kMaxDestinations) {
        return Fail(ErrorCode::kInvalid, fmt::format("{}: more than {} addresses to listen on",
                                                     interface_.name, kMaxDestinations));
      }
      if (Status status = filter_->AddDestination(destination); !status) return status;
    }
  }
  return {};
}

std::vector<SocketAddress> Intake::Spell(const SocketAddress& listen) const {
  if (!IsWildcard(listen.address)) return {listen};
  std::vector<SocketAddress> spelled;
  for (const IpAddress& address : interface_.addresses) {
    if (address.family() == listen.address.family()) spelled.push_back({address, listen.port});
  }
  return spelled;
}

Status DropPrivileges() {
  constexpr std::array<cap_value_t, 5> kDropped = {CAP_NET_ADMIN, CAP_NET_RAW, CAP_BPF, CAP_PERFMON,
                                                   CAP_SYS_ADMIN};
  const std::unique_ptr<_cap_struct, int (*)(void*)> held(cap_get_proc(), cap_free);
  const bool is_dropped =
      held != nullptr &&
      cap_set_flag(held.get(), CAP_EFFECTIVE, kDropped.size(), kDropped.data(), CAP_CLEAR) == 0 &&
      cap_set_flag(held.get(), CAP_PERMITTED, kDropped.size(), kDropped.data(), CAP_CLEAR) == 0 &&
      cap_set_flag(held.get(), CAP_INHERITABLE, kDropped.size(), kDropped.data(), CAP_CLEAR) == 0 &&
      cap_set_proc(held.get()) == 0;
  if (is_dropped) return {};
  return Fail(ErrorCode::kUnavailable, fmt::format("drop privileges: {}", std::strerror(errno)));
}

}  // namespace waypost::xdp
