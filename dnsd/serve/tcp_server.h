// Answers over TCP (RFC 7766): one thread for all connections, with epoll and sockets that never
// block, so no peer can hold up another.
//
// Limits and what happens at them: more than `max_clients` connections: the new one is closed and
// counted. No whole query received and no replies fully taken for `idle_timeout`: closed and
// counted; single octets do not count, so a slow sender or reader cannot keep a place. A reader
// that leaves its replies waiting is not read from (TcpStream). Out of descriptors: accepting
// pauses for a moment. A message that gets no reply (shorter than a header, or itself a reply):
// closed.
//
// Messages for a handler (serve/handler.h) leave and come back through a mailbox; a connection with
// kMaxAwaited of them is not read from meanwhile, and is not idle.
//
// Thread safety: Run on one thread; tally and generation may be read by any. Ownership: borrows
// the service.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "dnsd/base/clock.h"
#include "dnsd/base/result.h"
#include "dnsd/serve/file_descriptor.h"
#include "dnsd/serve/mailbox.h"
#include "dnsd/serve/responder.h"
#include "dnsd/serve/service.h"
#include "dnsd/serve/tcp_stream.h"

namespace waypost::serve {

struct TcpLimits {
  uint32_t max_clients = 1000;
  std::chrono::milliseconds idle_timeout{10000};
};

class TcpServer {
 public:
  /// Errors: the system has no epoll descriptor for us.
  static Result<std::unique_ptr<TcpServer>> Make(std::vector<FileDescriptor> listeners,
                                                 const TcpLimits& limits, const Service& service,
                                                 uint64_t seed);

  /// Until `stop`; then answers what has already been received and closes all connections.
  void Run(const std::atomic<bool>& stop);

  const Tally& tally() const noexcept { return tally_; }
  uint64_t generation() const noexcept { return reader_.seen(); }

 private:
  struct Connection {
    FileDescriptor socket;
    IpAddress peer;
    Steady deadline;
    bool ended = false;  // the peer sends no more
    uint32_t watched = 0;
    TcpStream stream;
    uint64_t ticket = 0;  // for the mailbox: never used again, unlike the descriptor in it
    size_t awaited = 0;   // replies that the handler owes
    std::deque<std::unique_ptr<ReplySource>> sources;  // the first one is being sent
  };
  /// RFC 7828 section 3.1 counts in 100 ms.
  uint16_t keepalive_100ms() const noexcept {
    return static_cast<uint16_t>(limits_.idle_timeout.count() / 100);
  }
  enum class Fate : uint8_t { kKeep, kClose };

  TcpServer(FileDescriptor epoll, std::vector<FileDescriptor> listeners, const TcpLimits& limits,
            const Service& service, uint64_t seed);

  bool WatchListeners(uint32_t events) noexcept;
  void Tick();
  bool IsListener(int fd) const noexcept;
  void AcceptAll(int listener);
  void Accept(FileDescriptor socket, const IpAddress& peer);
  void Serve(int fd, uint32_t events);
  /// Answers what has arrived and can be sent at once.
  void CloseAll();
  Fate Receive(Connection& connection);
  Fate Pump(Connection& connection);
  /// Answers whole messages; `answered`: there was at least one.
  Fate AnswerAll(Connection& connection, bool& answered);
  void HandOver(std::span<const uint8_t> message, Connection& connection);
  /// Puts replies that came back from the handler to their connections.
  void CollectMail();
  /// The next message of a long reply; false: there is none.
  bool AppendNext(Connection& connection);
  static uint32_t WantedEvents(const Connection& connection) noexcept;
  Fate Flush(Connection& connection) noexcept;
  Fate Watch(Connection& connection) noexcept;
  void Close(int fd);

  const FileDescriptor epoll_;
  const std::vector<FileDescriptor> listeners_;
  const TcpLimits limits_;
  SnapshotCell<Snapshot>::Reader reader_;
  SnapshotCell<Protection>::Reader protections_;
  Tally tally_;
  Responder responder_;
  Handler* const handler_;  // null: nothing is handed over
  const std::shared_ptr<Mailbox> mailbox_;
  uint64_t accepted_ = 0;
  std::vector<std::unique_ptr<Connection>> connections_;  // by descriptor
  size_t open_ = 0;
  bool accepting_ = true;
  Steady now_;
  Steady next_tick_;
  std::array<uint8_t, wire::kMaxMessageOctets> reply_;
};

}  // namespace waypost::serve
