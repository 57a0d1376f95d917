#include "dnsd/serve/udp_return.h"

#include <cstddef>

#include "dnsd/wire/header.h"

namespace waypost::serve {

void TurnAround(cmsghdr& note) noexcept {
  // The interface is left to the routing table, except for link-local addresses, which mean nothing
  // without it.
  if (note.cmsg_level == IPPROTO_IP && note.cmsg_type == IP_PKTINFO) {
    auto& info = *reinterpret_cast<in_pktinfo*>(CMSG_DATA(&note));
    info.ipi_spec_dst = info.ipi_addr;
    info.ipi_ifindex = 0;
  } else if (note.cmsg_level == IPPROTO_IPV6 && note.cmsg_type == IPV6_PKTINFO) {
    auto& info = *reinterpret_cast<in6_pktinfo*>(CMSG_DATA(&note));
    if (!IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr)) info.ipi6_ifindex = 0;
  }
}

UdpReturn UdpReturn::Between(const SocketAddress& peer, const IpAddress& ours) noexcept {
  UdpReturn back{};
  back.to_octets = ToKernel(peer, back.to);
  auto& note = *reinterpret_cast<cmsghdr*>(back.note.data());
  if (ours.is_v4()) {
    note = {.cmsg_len = CMSG_LEN(sizeof(in_pktinfo)),
            .cmsg_level = IPPROTO_IP,
            .cmsg_type = IP_PKTINFO};
    ours.WriteBytes(CMSG_DATA(&note) + offsetof(in_pktinfo, ipi_spec_dst));
    back.note_octets = CMSG_SPACE(sizeof(in_pktinfo));
  } else {
    note = {.cmsg_len = CMSG_LEN(sizeof(in6_pktinfo)),
            .cmsg_level = IPPROTO_IPV6,
            .cmsg_type = IPV6_PKTINFO};
    ours.WriteBytes(CMSG_DATA(&note) + offsetof(in6_pktinfo, ipi6_addr));
    back.note_octets = CMSG_SPACE(sizeof(in6_pktinfo));
  }
  return back;
}

bool UdpReturn::Send(int socket, std::span<const uint8_t> message) const noexcept {
  iovec vector = {.iov_base = const_cast<uint8_t*>(message.data()), .iov_len = message.size()};
  msghdr header{};
  header.msg_name = const_cast<KernelAddress*>(&to);
  header.msg_namelen = to_octets;
  header.msg_iov = &vector;
  header.msg_iovlen = 1;
  if (note_octets > 0) {
    header.msg_control = const_cast<uint8_t*>(note.data());
    header.msg_controllen = note_octets;
  }
  return sendmsg(socket, &header, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

void UdpReply::Reply(std::unique_ptr<ReplySource> source) {
  std::array<uint8_t, wire::kMaxUdpPayload> message;
  const size_t octets = source->Next(message);
  if (octets > 0) back_.Send(socket_, std::span(message).first(octets));
}

}  // namespace waypost::serve
