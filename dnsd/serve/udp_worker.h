// One worker: receives, answers and sends datagrams on its own sockets, one for each listen
// address.
//
// With one address it blocks in recvmmsg, so a batch costs two system calls. With several it waits
// in poll and takes one batch from each ready socket in turn; that third call keeps "N threads"
// meaning N threads, whatever the number of addresses.
//
// It learns of a stop, and lets go of an old snapshot when no query comes, by its receive timeout:
// that needs no signal, no extra descriptor and no help from the kernel's undocumented corners, and
// costs ten wake-ups a second.
//
// Thread safety: Run on one thread; tally and generation may be read by any. Ownership: identity,
// cell and handler must outlive it.
#pragma once

#include <poll.h>

#include <atomic>
#include <cstdint>
#include <vector>

#include "dnsd/base/file_descriptor.h"
#include "dnsd/serve/lookahead.h"
#include "dnsd/serve/responder.h"
#include "dnsd/serve/service.h"
#include "dnsd/serve/udp_batch.h"

namespace waypost::serve {

/// What a stopping worker still answers on each socket, so that a flood cannot keep it alive.
inline constexpr int kMaxDrainedBatches = 64;

/// Longest time in which a stop, or a new snapshot without queries, goes unnoticed.
inline constexpr int kIdleWakeMs = 100;

struct UdpSocket {
  FileDescriptor descriptor;
  SocketAddress address;  // as bound
};

class UdpWorker {
 public:
  UdpWorker(std::vector<UdpSocket> sockets, const Service& service, uint64_t seed);

  /// Until `stop`; then answers what has already been received.
  void Run(const std::atomic<bool>& stop) noexcept;

  const Tally& tally() const noexcept { return tally_; }
  uint64_t generation() const noexcept { return reader_.seen(); }

 private:
  void ServeReady() noexcept;
  /// Returns the number of queries taken.
  size_t ServeBatch(const UdpSocket& socket, int flags) noexcept;
  void ServeOne(size_t i, const UdpSocket& socket, const Snapshot* snapshot) noexcept;
  /// From port 0 or from ourselves: a reply would reach nobody, or us.
  bool IsToIgnore(size_t i, const UdpSocket& socket) const noexcept;
  void Drain() noexcept;
  void HandOver(size_t i, const UdpSocket& socket, std::span<const uint8_t> query,
                const Ends& ends) noexcept;
  IpAddress Asked(size_t i, const UdpSocket& socket, const Ends& ends) const noexcept {
    return ends.asked ? *ends.asked : batch_.destination(i).value_or(socket.address.address);
  }

  const std::vector<UdpSocket> sockets_;
  std::vector<pollfd> polled_;
  SnapshotCell<Snapshot>::Reader reader_;
  SnapshotCell<Protection>::Reader protections_;
  Tally tally_;
  Responder responder_;
  Handler* const handler_;  // null: nothing is handed over
  UdpBatch batch_;
  Lookahead lookahead_;
};

}  // namespace waypost::serve
