// Ethernet frames with a UDP datagram inside, as XDP sees them before the kernel does: read, and
// turned round into the frame of a reply.
//
// Thread safety: pure. Errors: a frame that is not whole, or that no honest sender makes, is
// nullopt. The UDP checksum is not looked at: cards check it before XDP, and virtual links do not
// fill it in.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "dnsd/base/ip.h"

namespace waypost::xdp {

/// What a frame carries, by offsets into it.
struct Datagram {
  SocketAddress from;
  SocketAddress to;
  uint32_t network_at = 0;  // the IP header, after Ethernet and up to two VLAN tags
  uint32_t payload_at = 0;
  uint32_t payload_octets = 0;
};

/// Ethernet, two VLAN tags, IPv6 and UDP.
inline constexpr size_t kMaxHeaderOctets = 14 + 2 * 4 + 40 + 8;

std::optional<Datagram> ReadFrame(std::span<const uint8_t> frame) noexcept;

/// The headers of a reply are that many octets; its payload comes after them.
size_t ReplyHeaderOctets(const Datagram& asked) noexcept;

/// Writes the headers of the reply to `asked`, which was read from `frame`; the payload already
/// stands in `reply`. It goes back to where the frame came from, in the same VLAN. Returns the
/// length of the frame.
size_t WriteReplyHeaders(std::span<const uint8_t> frame, const Datagram& asked,
                         std::span<uint8_t> reply, size_t payload_octets) noexcept;

}  // namespace waypost::xdp
