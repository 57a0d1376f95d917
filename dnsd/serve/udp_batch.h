// Up to 31 datagrams that are received, answered and sent together: one system call each way.
//
// Thread safety: one thread. Errors: what cannot be received or sent is left out and counted by the
// return values. Nothing allocates after construction.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "dnsd/base/huge_pages.h"
#include "dnsd/base/ip.h"
#include "dnsd/serve/udp_return.h"
#include "dnsd/wire/header.h"

namespace waypost::serve {

class UdpBatch {
 public:
  /// The system calls' cost is spread thin at that, and the replies of a batch wait for one another
  /// for a few microseconds only. With 32, the beginnings of queries in one huge page would lie a
  /// multiple of the cache's size apart, and compete for the same lines of it.
  static constexpr size_t kSize = 31;
  /// All that UDP carries, however large the OPT in it is. The page, 2 MiB, is resident as a whole.
  static constexpr size_t kQueryOctets = kHugePageOctets / kSize / 64 * 64;
  static_assert(kQueryOctets > UINT16_MAX);
  static constexpr size_t kReplyOctets = wire::kUdpPayloadCeiling;

  UdpBatch();
  UdpBatch(const UdpBatch&) = delete;
  UdpBatch& operator=(const UdpBatch&) = delete;

  /// `flags`: MSG_WAITFORONE to wait for the first datagram, MSG_DONTWAIT not to wait. Returns how
  /// many came; 0 after the socket's timeout or an error.
  size_t Receive(int socket, int flags) noexcept;

  std::span<const uint8_t> query(size_t i) const noexcept {
    return {queries_.data() + i * kQueryOctets, in_[i].msg_len};
  }
  /// Where a later reply to query(i) goes, and from which of our addresses.
  UdpReturn way_back(size_t i) const noexcept;
  IpAddress sender(size_t i) const noexcept { return FromKernel(senders_[i]); }
  uint16_t sender_port(size_t i) const noexcept;
  /// Which of our addresses was asked, where the socket is bound to all of them; else nullopt.
  std::optional<IpAddress> destination(size_t i) const noexcept;
  /// Room for the next reply, behind the one before: a batch of short ones lies in few pages.
  std::span<uint8_t> NextReply() noexcept { return {&replies_[reply_octets_], kReplyOctets}; }
  /// The first `length` octets of NextReply() go to sender(i); 0: nothing does.
  void Reply(size_t i, size_t length) noexcept;

  /// Sends all replies, each from the address that was asked. Never waits: when the send queue is
  /// full, replies are lost as on any full link. Returns how many could not be sent.
  size_t Send(int socket) noexcept;

 private:
  // So many of in_ the kernel may have written to; at first none has its lengths.
  size_t received_ = kSize;
  size_t to_send_ = 0;
  std::array<mmsghdr, kSize> in_{};
  std::array<mmsghdr, kSize> out_{};
  std::array<iovec, kSize> in_vectors_{};
  std::array<iovec, kSize> out_vectors_{};
  std::array<KernelAddress, kSize> senders_;
  std::array<PacketNote, kSize> notes_;
  size_t reply_octets_ = 0;  // in replies_
  HugeVector<uint8_t> queries_ = HugeVector<uint8_t>(kHugePageOctets);
  std::array<uint8_t, kSize * kReplyOctets> replies_;
};

}  // namespace waypost::serve
