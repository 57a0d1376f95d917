#include "healthd/probe/icmp_attempt.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/ip/icmp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "healthd/probe/endpoint.h"

namespace waypost::probe {
namespace {

namespace asio = boost::asio;

int OpenSocket(bool is_v4, int type) {
  return socket(is_v4 ? AF_INET : AF_INET6, type | SOCK_NONBLOCK | SOCK_CLOEXEC,
                is_v4 ? static_cast<int>(IPPROTO_ICMP) : static_cast<int>(IPPROTO_ICMPV6));
}

}  // namespace

IcmpAttempt::IcmpAttempt(asio::io_context& io, uint64_t nonce, std::shared_ptr<const Spec> spec,
                         Prober::Done done)
    : Attempt(io, std::move(spec), std::move(done)),
      identity_{this->spec().address.address.family(), static_cast<uint16_t>(nonce), nonce},
      socket_(io),
      gap_(io) {}

void IcmpAttempt::Close() {
  Error ignored;
  socket_.close(ignored);
  gap_.cancel();
}

Attempt::Awaitable<void> IcmpAttempt::Run() {
  if (!Open()) co_return;
  for (uint16_t i = 0; i < icmp().count; ++i) {
    const bool is_last = i + 1U == icmp().count;
    if (!Send(i)) co_return;
    const Steady until = is_last ? Steady::max() : std::chrono::steady_clock::now() + icmp().gap;
    const bool goes_on = co_await Receive(until, is_last);
    if (!goes_on) break;
  }
  if (!outcome().failure) Judge();
}

bool IcmpAttempt::Open() {
  const bool is_v4 = identity_.family == IpFamily::kV4;
  int made = OpenSocket(is_v4, SOCK_DGRAM);
  is_raw_ = made < 0;
  if (is_raw_) made = OpenSocket(is_v4, SOCK_RAW);
  if (made < 0) return Reject(v1::LAYER_CONNECT, LastError());
  socket_.assign(made);
  SocketAddress target = spec().address;
  target.port = 0;
  const auto endpoint = ToEndpoint<asio::ip::icmp>(target);
  if (connect(made, endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0) return true;
  return Reject(v1::LAYER_ROUTE, LastError());
}

bool IcmpAttempt::Send(uint16_t sequence) {
  const std::string packet = BuildEcho(identity_, sequence);
  window_.Sent(std::chrono::steady_clock::now());
  if (send(socket_.native_handle(), packet.data(), packet.size(), 0) >= 0) return true;
  return Reject(v1::LAYER_ROUTE, LastError());
}

void IcmpAttempt::StopWaitingAt(Steady until) {
  gap_.expires_at(until);
  if (until == Steady::max()) return;
  const auto self = std::static_pointer_cast<IcmpAttempt>(shared_from_this());
  gap_.async_wait([self](const Error& error) {
    const bool is_due = self->gap_.expiry() <= std::chrono::steady_clock::now();
    if (!error && is_due && self->socket_.is_open()) self->socket_.cancel();
  });
}

Attempt::Awaitable<bool> IcmpAttempt::Receive(Steady until, bool is_last) {
  StopWaitingAt(until);
  while (!is_last || window_.received() < window_.sent()) {
    Error error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    const auto readable = asio::posix::stream_descriptor::wait_read;
    co_await socket_.async_wait(readable, token);
    if (error) break;
    if (!Drain()) co_return false;
  }
  co_return socket_.is_open();
}

/// False: the network said that it is of no use.
bool IcmpAttempt::Drain() {
  std::array<char, 512> bytes;
  for (;;) {
    const ssize_t count = recv(socket_.native_handle(), bytes.data(), bytes.size(), 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (count < 0) return Reject(v1::LAYER_ROUTE, LastError());
    const bool has_ip_header = is_raw_ && identity_.family == IpFamily::kV4;
    const auto sequence =
        ParseEchoReply(identity_, {bytes.data(), static_cast<size_t>(count)}, has_ip_header);
    if (sequence) window_.Received(*sequence, std::chrono::steady_clock::now());
  }
}

void IcmpAttempt::Judge() {
  const Measured measured = window_.Measure();
  outcome().measured = measured;
  outcome().phases.first_byte_us = measured.rtt_us;
  outcome().failure = JudgeWindow(measured);
}

Failure IcmpAttempt::JudgeWindow(const Measured& measured) const {
  if (window_.received() == 0)
    return {v1::LAYER_ROUTE, v1::FAULT_TIMEOUT,
            fmt::format("no reply to {} packets", window_.sent())};
  if (measured.loss_percent > static_cast<float>(icmp().max_loss_percent))
    return {v1::LAYER_ROUTE, v1::FAULT_LOSS,
            fmt::format("{:.0f} % of {} packets lost, want at most {} %", measured.loss_percent,
                        window_.sent(), icmp().max_loss_percent)};
  const std::chrono::microseconds rtt(measured.rtt_us);
  if (icmp().max_rtt.count() > 0 && rtt > icmp().max_rtt)
    return {v1::LAYER_ROUTE, v1::FAULT_SLOW,
            "round trip of " + InMilliseconds(rtt) + ", want at most " +
                InMilliseconds(icmp().max_rtt)};
  const std::chrono::microseconds jitter(measured.jitter_us);
  if (icmp().max_jitter.count() > 0 && jitter > icmp().max_jitter)
    return {v1::LAYER_ROUTE, v1::FAULT_JITTER,
            "jitter of " + InMilliseconds(jitter) + ", want at most " +
                InMilliseconds(icmp().max_jitter)};
  return {};
}

}  // namespace waypost::probe
