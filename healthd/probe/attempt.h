// One probe under way: connect, TLS handshake, request, response, each a coroutine, under one
// deadline for all of them.
//
// A new connection each time, because a kept one hides a server that accepts no more. It is closed
// by reset (SO_LINGER 0): the side that closes first otherwise holds its port in TIME_WAIT for a
// minute, and 500 probes a second to one server would use up all ephemeral ports. Everything worth
// reading was read by then, so nothing is lost.
//
// Thread safety: one thread. Ownership: lives until its coroutine ends, by shared_from_this; the
// Trust must outlive it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>

#include "dnsd/base/clock.h"
#include "healthd/probe/prober.h"
#include "healthd/probe/trust.h"

namespace waypost::probe {

class Attempt : public std::enable_shared_from_this<Attempt> {
 public:
  Attempt(boost::asio::io_context& io, Trust& trust, std::shared_ptr<const Spec> spec,
          Prober::Done done);

  void Start();
  /// Closes the socket at once; `done` will not be called.
  void Stop();

 private:
  template <typename T>
  using Awaitable = boost::asio::awaitable<T>;
  using Error = boost::system::error_code;

  Awaitable<void> Run();
  Awaitable<bool> Connect();
  Awaitable<void> ExchangeTls();
  template <typename Stream>
  Awaitable<bool> Handshake(Stream& stream);
  template <typename Stream>
  Awaitable<void> Exchange(Stream& stream);
  template <typename Stream>
  Awaitable<void> ReadResponse(Stream& stream);

  bool Open();
  void ArmDeadline();
  void Finish();
  bool Reject(v1::Layer layer, const Error& error, const char* at_end);
  void Reject(v1::Layer layer, std::string detail);
  bool RejectLocal(const Error& error);
  /// Microseconds since the last call, at least 1.
  uint32_t TakeLap();

  const std::shared_ptr<const Spec> spec_;
  Trust& trust_;
  Prober::Done done_;  // empty once stopped or called
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer deadline_;
  bool timed_out_ = false;
  Steady started_;
  Steady lap_;
  Outcome outcome_;
};

}  // namespace waypost::probe
