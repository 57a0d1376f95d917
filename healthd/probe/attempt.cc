#include "healthd/probe/attempt.h"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "healthd/probe/response_check.h"
#include "healthd/probe/tls_check.h"

namespace waypost::probe {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Error = boost::system::error_code;

tcp::endpoint ToEndpoint(const SocketAddress& address) {
  if (address.address.is_v4()) return {asio::ip::address_v4(address.address.v4()), address.port};
  asio::ip::address_v6::bytes_type bytes;
  address.address.WriteBytes(bytes.data());
  return {asio::ip::address_v6(bytes), address.port};
}

uint32_t MicrosecondsBetween(Steady from, Steady to) {
  const auto passed = std::chrono::duration_cast<std::chrono::microseconds>(to - from).count();
  return static_cast<uint32_t>(std::max<int64_t>(1, passed));
}

/// What this machine lacks, not the target.
bool IsLocal(const Error& error) {
  namespace errc = boost::system::errc;
  for (const auto code :
       {errc::too_many_files_open, errc::too_many_files_open_in_system, errc::no_buffer_space,
        errc::not_enough_memory, errc::address_not_available, errc::operation_not_permitted,
        errc::permission_denied})
    if (error == code) return true;
  return false;
}

bool IsEnd(const Error& error) {
  return error == asio::error::eof || error == asio::ssl::error::stream_truncated;
}

bool IsUnreachable(const Error& error) {
  return error == asio::error::host_unreachable || error == asio::error::network_unreachable ||
         error == asio::error::address_family_not_supported;
}

/// As it reads within a sentence.
std::string InWords(const Error& error) {
  if (error == asio::error::connection_reset) return "connection reset";
  std::string text = error.message();
  if (text.size() > 1 && text[1] >= 'a' && text[0] >= 'A' && text[0] <= 'Z') text[0] |= 0x20;
  return text;
}

std::string InMilliseconds(std::chrono::microseconds time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(time).count()) +
         " ms";
}

}  // namespace

Attempt::Attempt(asio::io_context& io, Trust& trust, std::shared_ptr<const Spec> spec,
                 Prober::Done done)
    : spec_(std::move(spec)),
      trust_(trust),
      done_(std::move(done)),
      socket_(io),
      deadline_(io),
      started_(std::chrono::steady_clock::now()),
      lap_(started_) {}

void Attempt::Start() {
  ArmDeadline();
  const auto begin = [self = shared_from_this()] {
    const auto end = [self](const std::exception_ptr& thrown) {
      if (thrown) self->RejectLocal(make_error_code(boost::system::errc::not_enough_memory));
      self->Finish();
    };
    asio::co_spawn(self->socket_.get_executor(), self->Run(), end);
  };
  asio::post(socket_.get_executor(), begin);
}

void Attempt::Stop() {
  done_ = nullptr;
  Error ignored;
  socket_.close(ignored);
  deadline_.cancel();
}

void Attempt::ArmDeadline() {
  deadline_.expires_at(started_ + spec_->timeout);
  deadline_.async_wait([self = shared_from_this()](const Error& error) {
    if (error) return;
    self->timed_out_ = true;
    Error ignored;
    self->socket_.close(ignored);
  });
}

void Attempt::Finish() {
  deadline_.cancel();
  Error ignored;
  socket_.close(ignored);
  outcome_.phases.total_us = MicrosecondsBetween(started_, std::chrono::steady_clock::now());
  const Prober::Done done = std::exchange(done_, nullptr);
  if (done) done(outcome_);
}

Attempt::Awaitable<void> Attempt::Run() {
  if (!done_) co_return;
  const bool connected = co_await Connect();
  if (!connected) co_return;
  switch (spec_->kind) {
    case Kind::kTcp:
      break;
    case Kind::kHttp:
      co_await Exchange(socket_);
      break;
    case Kind::kHttps:
      co_await ExchangeTls();
      break;
  }
}

bool Attempt::Open() {
  Error error;
  const tcp::endpoint endpoint = ToEndpoint(spec_->address);
  socket_.open(endpoint.protocol(), error);
  if (!error) socket_.set_option(tcp::socket::linger(true, 0), error);
  return !error || Reject(v1::LAYER_CONNECT, error, "");
}

Attempt::Awaitable<bool> Attempt::Connect() {
  if (!Open()) co_return false;
  Error error;
  const tcp::endpoint endpoint = ToEndpoint(spec_->address);
  auto token = asio::redirect_error(asio::use_awaitable, error);
  co_await socket_.async_connect(endpoint, token);
  outcome_.phases.connect_us = TakeLap();
  if (error) co_return Reject(v1::LAYER_CONNECT, error, "");
  co_return true;
}

Attempt::Awaitable<void> Attempt::ExchangeTls() {
  const auto context = trust_.Find(spec_->ca_file);
  if (!context) {
    Reject(v1::LAYER_TLS, context.error().message);
    co_return;
  }
  asio::ssl::stream<tcp::socket&> stream(socket_, **context);
  const bool secured = co_await Handshake(stream);
  if (secured) co_await Exchange(stream);
}

template <typename Stream>
Attempt::Awaitable<bool> Attempt::Handshake(Stream& stream) {
  TlsCheck check(*spec_);
  check.Attach(stream);
  Error error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  const auto role = asio::ssl::stream_base::client;
  co_await stream.async_handshake(role, token);
  outcome_.phases.tls_us = TakeLap();
  outcome_.certificate_expires_in_s = check.expires_in_s();
  if (!error) co_return true;
  if (!check.problem().empty() && !timed_out_) {
    Reject(v1::LAYER_TLS, check.problem());
    co_return false;
  }
  co_return Reject(v1::LAYER_TLS, error, "connection closed within the handshake");
}

template <typename Stream>
Attempt::Awaitable<void> Attempt::Exchange(Stream& stream) {
  Error error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  const auto request = asio::buffer(spec_->request);
  co_await asio::async_write(stream, request, token);
  TakeLap();
  if (error)
    Reject(v1::LAYER_REQUEST, error, "connection closed within the request");
  else
    co_await ReadResponse(stream);
}

template <typename Stream>
Attempt::Awaitable<void> Attempt::ReadResponse(Stream& stream) {
  ResponseCheck check(*spec_);
  std::array<char, 4096> bytes;
  const auto buffer = asio::buffer(bytes);
  for (bool decided = false; !decided;) {
    Error error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    const size_t count = co_await stream.async_read_some(buffer, token);
    if (count > 0 && outcome_.phases.first_byte_us == 0) outcome_.phases.first_byte_us = TakeLap();
    if (error && !IsEnd(error)) {
      Reject(v1::LAYER_RESPONSE, error, "");
      co_return;
    }
    decided = check.Feed({bytes.data(), count});
    if (error && !std::exchange(decided, true)) check.End();
  }
  if (check.failed_layer() != v1::LAYER_NONE) Reject(check.failed_layer(), check.detail());
}

bool Attempt::Reject(v1::Layer layer, const Error& error, const char* at_end) {
  if (timed_out_)
    Reject(layer, "timed out after " + InMilliseconds(spec_->timeout));
  else if (IsLocal(error))
    return RejectLocal(error);
  else if (IsEnd(error))
    Reject(layer, at_end);
  else
    Reject(IsUnreachable(error) ? v1::LAYER_ROUTE : layer, InWords(error));
  return false;
}

void Attempt::Reject(v1::Layer layer, std::string detail) {
  outcome_.failed_layer = layer;
  outcome_.detail = std::move(detail);
}

bool Attempt::RejectLocal(const Error& error) {
  Reject(v1::LAYER_CONNECT, InWords(error));
  outcome_.conclusive = false;
  return false;
}

uint32_t Attempt::TakeLap() {
  const Steady now = std::chrono::steady_clock::now();
  return MicrosecondsBetween(std::exchange(lap_, now), now);
}

}  // namespace waypost::probe
