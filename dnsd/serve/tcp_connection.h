// One connection of a client: its socket, what it has sent and what it still gets; with TLS in
// between where the listener speaks it, and behind the header of a trusted front.
//
// Thread safety: one thread. Errors: Fate::kClose; whatever the peer did, only its own connection
// ends.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>

#include "dnsd/base/clock.h"
#include "dnsd/base/file_descriptor.h"
#include "dnsd/serve/handler.h"
#include "dnsd/serve/lookahead.h"
#include "dnsd/serve/proxy_header.h"
#include "dnsd/serve/tcp_stream.h"
#include "dnsd/tls/session.h"

namespace waypost::serve {

enum class Fate : uint8_t { kKeep, kClose };

class TcpConnection {
 public:
  /// `from_front`: a PROXY header comes first, and says who the client is.
  TcpConnection(FileDescriptor socket, const IpAddress& from, bool from_front)
      : peer(from),
        ends{from, std::nullopt},
        is_counted(!from_front),
        socket_(std::move(socket)),
        awaits_header_(from_front) {}

  void StartTls(const tls::Credentials& credentials) {
    session_ = std::make_unique<tls::Session>(credentials);
  }

  /// Reads once from the socket, which never blocks, into `stream`. Precondition: nothing is
  /// pending, and `stream` has no whole message.
  Fate Receive();
  /// What was received before and did not fit; false: nothing more without the socket.
  bool Decrypt();
  /// The peer sent what is no query: it gets what it is owed, and nothing more is taken from it.
  void StopReading() noexcept;
  /// Sends what can be sent at once.
  Fate Flush();
  /// A header or a handshake was not what it should be.
  bool is_bad_front() const noexcept { return awaits_header_; }
  bool has_tls_failed() const noexcept {
    return session_ != nullptr && session_->state() == tls::Session::State::kFailed;
  }
  bool has_pending() const noexcept {
    return !stream.pending().empty() || (session_ != nullptr && !session_->outgoing().empty());
  }
  /// Has a query in work, or replies on their way.
  bool is_busy() const noexcept { return awaited > 0 || !sources.empty() || has_pending(); }
  /// Ends TLS in due form if the socket takes it.
  void SayGoodbye() noexcept;

  int fd() const noexcept { return socket_.get(); }
  /// The address of ours that is asked.
  const IpAddress& Asked() noexcept;

  // For the server, which drives the connection.
  const IpAddress peer;  // at the other end
  /// Who asks, and whom: the peer and us, or as a front says.
  Ends ends;
  const bool is_counted;  // among the peer's connections
  Steady deadline;
  std::list<int>::iterator place;   // among all, by deadline
  bool ended = false;               // nothing more is read: the peer sends no more, or rubbish
  std::optional<uint32_t> watched;  // epoll events, once epoll knows it
  TcpStream stream;
  size_t ahead = Lookahead::kMostQueries;  // place of its next message among those looked ahead
  uint64_t ticket = 0;  // for the mailbox: never used again, unlike the descriptor in it
  size_t awaited = 0;   // replies that the handler owes
  std::list<std::unique_ptr<ReplySource>> sources;  // the first one is being sent

 private:
  /// Octets received, 0: none now; `ended` is set at the end.
  Fate ReceiveRaw(std::span<uint8_t> room, size_t& octets);
  Fate ReceiveHeader();
  Fate ReceiveEncrypted();
  Fate SendRaw(std::span<const uint8_t> octets, size_t& sent) noexcept;
  Fate FlushEncrypted();

  const FileDescriptor socket_;
  bool has_stopped_ = false;
  bool awaits_header_;
  size_t header_octets_ = 0;
  std::array<uint8_t, kMaxProxyOctets> header_;
  std::unique_ptr<tls::Session> session_;  // null: plain TCP
};

}  // namespace waypost::serve
