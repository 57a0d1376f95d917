// Answers over TCP (RFC 7766) or TLS (RFC 7858): one thread for all connections, with epoll and
// sockets that never block, so no peer can hold up another.
//
// A connection is accepted with its first octets, or about a second after it was made (sockets.h);
// before that it counts for no limit but the kernel's. One that is refused then may see a reset
// instead of an end.
//
// Limits and what happens at them: more than `max_per_client` connections of one client: the new
// one is closed and counted. More than `max_clients`: the one that has been idle for longest makes
// room (RFC 7766 section 6.2.3), so that silent clients keep out nobody; where all have a query in
// work or replies on their way, the new one is closed; both are counted. No whole query received
// and no replies fully taken for `idle_timeout`: closed and counted; single octets do not count, so
// a slow sender or reader cannot keep a place. When three quarters of all places are taken, a tenth
// of that time must do. A reader that leaves its replies waiting is not read from (TcpStream). Out
// of descriptors: accepting pauses for a moment. A message that gets no reply (shorter than a
// header, or itself a reply), a front without its header, a failed handshake: closed.
//
// Messages for a handler (serve/handler.h) leave and come back through a mailbox; a connection with
// kMaxAwaited of them is not read from meanwhile, and is not idle.
//
// Thread safety: Run on one thread; tally and generation may be read by any. Ownership: borrows
// the service.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <vector>

#include "dnsd/base/clock.h"
#include "dnsd/base/file_descriptor.h"
#include "dnsd/base/result.h"
#include "dnsd/serve/client_counts.h"
#include "dnsd/serve/lookahead.h"
#include "dnsd/serve/mailbox.h"
#include "dnsd/serve/responder.h"
#include "dnsd/serve/service.h"
#include "dnsd/serve/tcp_connection.h"
#include "dnsd/serve/tcp_limits.h"

namespace waypost::serve {

class TcpServer {
 public:
  /// `transport`: kTcp or kTls; for kTls connections without credentials (Protection) are closed.
  /// Errors: the system has no epoll descriptor for us.
  static Result<std::unique_ptr<TcpServer>> Make(std::vector<FileDescriptor> listeners,
                                                 Transport transport, const TcpLimits& limits,
                                                 const Service& service, uint64_t seed);

  /// Until `stop`; then answers what has already been received and closes all connections.
  void Run(const std::atomic<bool>& stop);

  const Tally& tally() const noexcept { return tally_; }
  uint64_t generation() const noexcept { return reader_.seen(); }

 private:
  TcpServer(FileDescriptor epoll, std::vector<FileDescriptor> listeners, Transport transport,
            const TcpLimits& limits, const Service& service, uint64_t seed);

  bool WatchListeners(uint32_t events) noexcept;
  void Tick();
  bool IsListener(int fd) const noexcept;
  void AcceptAll(int listener);
  void Accept(FileDescriptor socket, const IpAddress& peer);
  bool HasRoomFor(const IpAddress& peer, bool from_front);
  /// Closes the connection that has been idle for longest; false: none is.
  bool MakeRoom();
  /// The connection is of use just now.
  void Touch(TcpConnection& connection) noexcept;
  bool Begin(TcpConnection& connection);
  void Add(std::unique_ptr<TcpConnection> connection);
  bool is_crowded() const noexcept;
  /// Null: the descriptor is none of a connection.
  TcpConnection* ConnectionAt(int fd) const noexcept;
  void ServeReady(std::span<const epoll_event> ready);
  void Serve(int fd, uint32_t events);
  /// Takes in what has arrived, or sends what has been waiting for the reader.
  Fate TakeIn(TcpConnection& connection, uint32_t events);
  /// Answers, and closes the connection if that is its fate.
  void Conclude(TcpConnection& connection, Fate fate);
  /// Answers what has arrived and can be sent at once.
  void CloseAll();
  Fate Pump(TcpConnection& connection);
  /// Answers whole messages, up to what is none; true: there was at least one.
  bool AnswerAll(TcpConnection& connection);
  Horizon HorizonOf(TcpConnection& connection) noexcept;
  /// Of the message that was looked ahead for, once, and as long as nothing new was published.
  const Hint& HintOf(TcpConnection& connection, std::span<const uint8_t> message) noexcept;
  void HandOver(std::span<const uint8_t> message, TcpConnection& connection);
  /// RFC 7828 section 3.1 counts in 100 ms.
  uint16_t keepalive_100ms() const noexcept;
  /// Puts replies that came back from the handler to their connections.
  void CollectMail();
  /// The next message of a long reply; false: there is none.
  bool AppendNext(TcpConnection& connection);
  static uint32_t WantedEvents(const TcpConnection& connection) noexcept;
  Fate Flush(TcpConnection& connection) noexcept;
  Fate Watch(TcpConnection& connection) noexcept;
  void Close(int fd);

  const FileDescriptor epoll_;
  const std::vector<FileDescriptor> listeners_;
  const Transport transport_;
  const TcpLimits limits_;
  SnapshotCell<Snapshot>::Reader reader_;
  SnapshotCell<Protection>::Reader protections_;
  Tally tally_;
  Responder responder_;
  Lookahead lookahead_;
  uint64_t looked_at_ = 0;  // generation of the snapshot
  Handler* const handler_;  // null: nothing is handed over
  const std::shared_ptr<Mailbox> mailbox_;
  uint64_t accepted_ = 0;
  std::vector<std::unique_ptr<TcpConnection>> connections_;  // by descriptor
  std::list<int> by_deadline_;  // descriptors of all connections, the longest idle one first
  ClientCounts clients_;
  size_t open_ = 0;
  bool accepting_ = true;
  Steady now_;
  Steady next_tick_;
  std::array<uint8_t, wire::kMaxMessageOctets> reply_;
};

}  // namespace waypost::serve
