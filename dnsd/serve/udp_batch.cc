#include "dnsd/serve/udp_batch.h"

#include <cstddef>

#include "dnsd/wire/octets.h"

namespace waypost::serve {

UdpBatch::UdpBatch() {
  for (size_t i = 0; i < kSize; ++i) {
    in_vectors_[i] = {.iov_base = queries_.data() + i * kQueryOctets, .iov_len = kQueryOctets};
    in_[i].msg_hdr.msg_iov = &in_vectors_[i];
    in_[i].msg_hdr.msg_iovlen = 1;
    in_[i].msg_hdr.msg_name = &senders_[i];
    in_[i].msg_hdr.msg_control = &notes_[i];
    out_[i].msg_hdr.msg_iov = &out_vectors_[i];
    out_[i].msg_hdr.msg_iovlen = 1;
  }
}

size_t UdpBatch::Receive(int socket, int flags) noexcept {
  // The others were not written to since.
  for (mmsghdr& message : std::span(in_).first(received_)) {
    message.msg_hdr.msg_namelen = sizeof(KernelAddress);
    message.msg_hdr.msg_controllen = sizeof(PacketNote);
  }
  to_send_ = 0;
  reply_octets_ = 0;
  const int received = recvmmsg(socket, in_.data(), kSize, flags, nullptr);
  received_ = received > 0 ? static_cast<size_t>(received) : 0;
  return received_;
}

uint16_t UdpBatch::sender_port(size_t i) const noexcept {
  // The port stands at the same place in both families.
  return wire::ReadU16(reinterpret_cast<const uint8_t*>(&senders_[i].v4.sin_port));
}

std::optional<IpAddress> UdpBatch::destination(size_t i) const noexcept {
  if (in_[i].msg_hdr.msg_controllen == 0) return std::nullopt;
  const cmsghdr& note = notes_[i].header;
  const uint8_t* const data = CMSG_DATA(&note);
  if (note.cmsg_level == IPPROTO_IP && note.cmsg_type == IP_PKTINFO) {
    return IpAddress::FromBytes(IpFamily::kV4, data + offsetof(in_pktinfo, ipi_addr));
  }
  if (note.cmsg_level == IPPROTO_IPV6 && note.cmsg_type == IPV6_PKTINFO) {
    return IpAddress::FromBytes(IpFamily::kV6, data + offsetof(in6_pktinfo, ipi6_addr));
  }
  return std::nullopt;
}

UdpReturn UdpBatch::way_back(size_t i) const noexcept {
  const msghdr& header = in_[i].msg_hdr;
  UdpReturn back{.to = senders_[i],
                 .to_octets = header.msg_namelen,
                 .note = notes_[i].octets,
                 .note_octets = header.msg_controllen};
  if (back.note_octets > 0) TurnAround(*reinterpret_cast<cmsghdr*>(back.note.data()));
  return back;
}

void UdpBatch::Reply(size_t i, size_t length) noexcept {
  if (length == 0) return;
  out_vectors_[to_send_] = {.iov_base = &replies_[reply_octets_], .iov_len = length};
  reply_octets_ += length;
  msghdr& header = out_[to_send_].msg_hdr;
  header.msg_name = &senders_[i];
  header.msg_namelen = in_[i].msg_hdr.msg_namelen;
  header.msg_controllen = in_[i].msg_hdr.msg_controllen;
  // Without a note of the destination the socket is bound to one address, from which it sends.
  if (header.msg_controllen == 0) {
    header.msg_control = nullptr;
  } else {
    header.msg_control = &notes_[i];
    TurnAround(notes_[i].header);
  }
  ++to_send_;
}

size_t UdpBatch::Send(int socket) noexcept {
  size_t failed = 0;
  for (size_t at = 0; at < to_send_;) {
    const int sent = sendmmsg(socket, out_.data() + at, static_cast<unsigned>(to_send_ - at),
                              MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) {
      at += static_cast<size_t>(sent);
    } else {
      // The first one could not be sent; the others may.
      ++failed;
      ++at;
    }
  }
  return failed;
}

}  // namespace waypost::serve
