// The way back of a datagram: to whom, and from which of our addresses.
//
// Thread safety: values. Errors: what cannot be sent is told by false; sending never waits.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "dnsd/base/ip.h"
#include "dnsd/serve/handler.h"
#include "dnsd/serve/sockets.h"

namespace waypost::serve {

/// The note that a datagram came or leaves with: which of our addresses it is about.
union PacketNote {
  alignas(cmsghdr) std::array<uint8_t, CMSG_SPACE(sizeof(in6_pktinfo))> octets;
  cmsghdr header;
};

/// Makes the note "arrived at this address" one that says "leave from this address".
void TurnAround(cmsghdr& note) noexcept;

/// Where a reply goes that is sent later.
struct UdpReturn {
  KernelAddress to;
  socklen_t to_octets = 0;
  alignas(cmsghdr) std::array<uint8_t, sizeof(PacketNote)> note;
  size_t note_octets = 0;  // 0: the socket is bound to one address, from which it sends

  /// For a socket that need not be bound to `ours`.
  static UdpReturn Between(const SocketAddress& peer, const IpAddress& ours) noexcept;
  /// False: it could not be sent.
  bool Send(int socket, std::span<const uint8_t> message) const noexcept;
};

/// Sends the first message of a reply as a datagram.
class UdpReply final : public ReplyTo {
 public:
  UdpReply(int socket, const UdpReturn& back) : socket_(socket), back_(back) {}
  void Reply(std::unique_ptr<ReplySource> source) override;

 private:
  const int socket_;
  const UdpReturn back_;
};

}  // namespace waypost::serve
