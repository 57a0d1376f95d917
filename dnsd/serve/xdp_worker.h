// One worker that answers from the frames of one receive queue (xdp/), before the kernel's network
// stack has seen them. Answers as UdpWorker does, from the same Responder.
//
// Thread safety: Run on one thread; tally and generation may be read by any. Ownership: what
// Service has must outlive it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "dnsd/base/file_descriptor.h"
#include "dnsd/serve/lookahead.h"
#include "dnsd/serve/responder.h"
#include "dnsd/serve/service.h"
#include "dnsd/serve/udp_worker.h"
#include "dnsd/xdp/frame.h"
#include "dnsd/xdp/ring_socket.h"

namespace waypost::serve {

class XdpWorker {
 public:
  /// `sockets`: of the same listen addresses; replies of the handler leave by them. `mtu`: of the
  /// interface, in octets; longer replies are truncated.
  XdpWorker(std::unique_ptr<xdp::RingSocket> ring, std::vector<UdpSocket> sockets, unsigned mtu,
            const Service& service, uint64_t seed);

  /// Until `stop`; then answers what has already been received.
  void Run(const std::atomic<bool>& stop) noexcept;

  const Tally& tally() const noexcept { return tally_; }
  uint64_t generation() const noexcept { return reader_.seen(); }
  /// Frames that found no room. Any thread.
  uint64_t lost() const noexcept { return ring_->lost(); }

 private:
  /// Returns the number of frames taken.
  size_t ServeBatch() noexcept;
  void LookAhead(std::span<const std::span<const uint8_t>> frames,
                 const Snapshot* snapshot) noexcept;
  void ServeFrame(std::span<const uint8_t> frame, const std::optional<xdp::Datagram>& asked,
                  const Snapshot* snapshot, size_t place) noexcept;
  Horizon HorizonOf(const Snapshot* snapshot, const xdp::Datagram& asked,
                    const Ends& ends) const noexcept;
  void HandOver(const xdp::Datagram& asked, std::span<const uint8_t> query,
                const Ends& ends) noexcept;
  const UdpSocket* SocketFor(const SocketAddress& asked) const noexcept;

  const std::unique_ptr<xdp::RingSocket> ring_;
  const std::vector<UdpSocket> sockets_;
  const unsigned mtu_;
  SnapshotCell<Snapshot>::Reader reader_;
  SnapshotCell<Protection>::Reader protections_;
  Tally tally_;
  Responder responder_;
  Lookahead lookahead_;
  std::array<std::optional<xdp::Datagram>, xdp::RingSocket::kBatch> read_;  // of this batch
  Handler* const handler_;  // null: nothing is handed over
};

}  // namespace waypost::serve
