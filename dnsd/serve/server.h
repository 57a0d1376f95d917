// The data plane: worker threads that receive, answer and send. UDP: one blocking SO_REUSEPORT
// socket per worker and listen address family, recvmmsg/sendmmsg in batches. TCP: RFC 7766, its own
// threads, with limits.
//
// Thread safety: Start and Stop from one controlling thread, the others from any; workers are
// inside. Ownership: the snapshot cell must outlive the server. Errors: Start says which address
// cannot be bound and why.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "dnsd/base/ip.h"
#include "dnsd/base/result.h"
#include "dnsd/base/snapshot_cell.h"
#include "dnsd/serve/figures.h"
#include "dnsd/serve/handler.h"
#include "dnsd/serve/protection.h"
#include "dnsd/serve/snapshot.h"
#include "dnsd/serve/tcp_limits.h"
#include "dnsd/xdp/intake.h"

namespace waypost::serve {

struct ServerOptions {
  std::vector<SocketAddress> listen;      // port 0: the kernel chooses, the same for UDP and TCP
  std::vector<SocketAddress> listen_tls;  // DNS over TLS (RFC 7858)
  unsigned threads = 1;                   // workers that answer UDP
  std::string nsid;                       // RFC 5001, at most 128 octets; empty: not sent
  std::string version;                    // CH TXT version.bind and version.server; empty: REFUSED
  uint64_t seed = 0;                      // of the workers' random draws
  TcpLimits tcp;                          // of TCP, and again of TLS
  /// Interfaces whose queries are answered from AF_XDP; the sockets serve what they pass on.
  std::vector<std::shared_ptr<xdp::Intake>> intakes;
  std::shared_ptr<const Protection> protection = std::make_shared<Protection>();  // never null
};

class Server {
 public:
  virtual ~Server() = default;

  /// `handler`: null, or who answers what the workers do not; it must outlive the server.
  static Result<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                               const SnapshotCell<Snapshot>& cell,
                                               Handler* handler = nullptr);

  /// As bound, with real ports, in the order of ServerOptions::listen.
  virtual const std::vector<SocketAddress>& listening() const = 0;
  virtual const std::vector<SocketAddress>& listening_tls() const = 0;
  /// Sum over all workers.
  virtual Figures Read() const = 0;
  /// All workers that answered anything since hold at least this generation of the cell; older
  /// snapshots may be freed once it has passed them. Idle workers are woken to move on.
  virtual uint64_t oldest_generation() const = 0;
  /// Obeyed from the next batch of every worker on. Not null.
  virtual void Protect(std::shared_ptr<const Protection> protection) = 0;
  /// Answers what was received, then ends all workers. Idempotent.
  virtual void Stop() = 0;
};

}  // namespace waypost::serve
