// A probe over TCP or TLS: connect, handshake, exchange; and where the connection is to be kept,
// what comes after.
//
// A new connection each time, because a kept one hides a server that accepts no more. It is closed
// by reset (SO_LINGER 0): the side that closes first otherwise holds its port in TIME_WAIT for a
// minute, and 500 probes a second to one server would use up all ephemeral ports. Everything worth
// reading was read by then, so nothing is lost.
//
// Thread safety, ownership: as Attempt; the Workshop must outlive it.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "healthd/probe/attempt.h"
#include "healthd/probe/dialogue.h"
#include "healthd/probe/tls_check.h"
#include "healthd/probe/workshop.h"

namespace waypost::probe {

class StreamAttempt final : public Attempt {
 public:
  StreamAttempt(boost::asio::io_context& io, Workshop& workshop, std::shared_ptr<const Spec> spec,
                Prober::Done done);

 private:
  Awaitable<void> Run() override;
  void Close() override;

  Awaitable<void> RunOnce();
  /// True: a redirect is to be followed, and `followed_` says where to.
  bool FollowRedirect();
  /// What is probed now: the spec, or where a redirect led.
  const Spec& here() const { return followed_ ? *followed_ : spec(); }
  bool Open();
  void WatchPeer();
  void TakeNotes();
  Awaitable<bool> Connect();
  Awaitable<void> RunTls();
  template <typename Stream>
  Awaitable<bool> Handshake(Stream& stream);
  template <typename Stream>
  Awaitable<void> Converse(Stream& stream);
  template <typename Stream>
  Awaitable<void> Hold(Stream& stream);
  template <typename Stream>
  Awaitable<bool> Say(Stream& stream);
  template <typename Stream>
  Awaitable<bool> Hear(Stream& stream);
  bool TakeHeld(size_t count);
  bool RejectRead(v1::Layer layer, const Error& error);

  Workshop& workshop_;
  std::unique_ptr<const Spec> followed_;
  boost::asio::ip::tcp::socket socket_;
  std::unique_ptr<TlsCheck> check_;     // null: plain
  std::unique_ptr<Dialogue> dialogue_;  // null: connecting is all
  size_t unasked_ = 0;                  // bytes that came on a connection without a dialogue
};

}  // namespace waypost::probe
