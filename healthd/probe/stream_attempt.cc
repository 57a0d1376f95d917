#include "healthd/probe/stream_attempt.h"

#include <netinet/tcp.h>

#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "healthd/probe/endpoint.h"
#include "healthd/probe/http_dialogue.h"
#include "healthd/probe/make_dialogue.h"
#include "healthd/probe/redirect.h"

namespace waypost::probe {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

template <int kName>
using TcpOption = asio::detail::socket_option::integer<IPPROTO_TCP, kName>;

}  // namespace

StreamAttempt::StreamAttempt(asio::io_context& io, Workshop& workshop,
                             std::shared_ptr<const Spec> spec, Prober::Done done)
    : Attempt(io, std::move(spec), std::move(done)), workshop_(workshop), socket_(io) {}

void StreamAttempt::Close() {
  Error ignored;
  socket_.close(ignored);
}

Attempt::Awaitable<void> StreamAttempt::Run() {
  for (bool goes_on = true; goes_on;) {
    co_await RunOnce();
    goes_on = FollowRedirect();
  }
}

bool StreamAttempt::FollowRedirect() {
  const auto* http = dynamic_cast<const HttpDialogue*>(dialogue_.get());
  if (http == nullptr || timed_out() || http->location().empty()) return false;
  auto next = Follow(here(), http->location());
  if (!next) return Reject(v1::LAYER_CONTENT, std::move(next).error());
  Close();
  dialogue_.reset();
  followed_ = std::make_unique<const Spec>(*std::move(next));
  outcome().failure = {};
  outcome().phases = {};
  return true;
}

Attempt::Awaitable<void> StreamAttempt::RunOnce() {
  auto made = MakeDialogue(here(), workshop_);
  if (!made) {
    Reject(v1::LAYER_CONTENT, std::move(made).error());
    co_return;
  }
  dialogue_ = *std::move(made);
  BeginPhase(here().limits.connect);
  const bool connected = co_await Connect();
  if (!connected) co_return;
  if (here().tls)
    co_await RunTls();
  else
    co_await Converse(socket_);
}

bool StreamAttempt::Open() {
  Error error;
  const tcp::endpoint endpoint = ToEndpoint<tcp>(here().address);
  socket_.open(endpoint.protocol(), error);
  if (!error) socket_.set_option(tcp::socket::linger(true, 0), error);
  if (error) return Reject(v1::LAYER_CONNECT, error);
  if (is_kept()) WatchPeer();
  return true;
}

/// Lets the kernel ask an idle peer whether it is still there, and give up after the timeout.
void StreamAttempt::WatchPeer() {
  using std::chrono::duration_cast;
  const auto interval = duration_cast<std::chrono::seconds>(here().interval).count();
  const auto timeout = duration_cast<std::chrono::milliseconds>(here().timeout).count();
  const int idle_s = std::max(1, static_cast<int>(interval));
  Error ignored;
  socket_.set_option(tcp::socket::keep_alive(true), ignored);
  socket_.set_option(TcpOption<TCP_KEEPIDLE>(idle_s), ignored);
  socket_.set_option(TcpOption<TCP_KEEPINTVL>(1), ignored);
  socket_.set_option(TcpOption<TCP_USER_TIMEOUT>(static_cast<int>(timeout)), ignored);
}

Attempt::Awaitable<bool> StreamAttempt::Connect() {
  if (!Open()) co_return false;
  Error error;
  const tcp::endpoint endpoint = ToEndpoint<tcp>(here().address);
  auto token = asio::redirect_error(asio::use_awaitable, error);
  co_await socket_.async_connect(endpoint, token);
  outcome().phases.connect_us = TakeLap();
  if (error) co_return Reject(v1::LAYER_CONNECT, error);
  co_return true;
}

Attempt::Awaitable<void> StreamAttempt::RunTls() {
  const TlsSpec& tls = *here().tls;
  const auto context = workshop_.trust.Find(tls.ca_file, tls.identity);
  if (!context) {
    RejectLocal({v1::LAYER_TLS, v1::FAULT_OTHER, context.error().message});
    co_return;
  }
  check_ = std::make_unique<TlsCheck>(tls);
  asio::ssl::stream<tcp::socket&> stream(socket_, **context);
  BeginPhase(here().limits.tls);
  const bool secured = co_await Handshake(stream);
  if (secured) co_await Converse(stream);
  check_.reset();
}

template <typename Stream>
Attempt::Awaitable<bool> StreamAttempt::Handshake(Stream& stream) {
  check_->Attach(stream);
  Error error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  const auto role = asio::ssl::stream_base::client;
  co_await stream.async_handshake(role, token);
  outcome().phases.tls_us = TakeLap();
  outcome().certificate_expires_in_s = check_->expires_in_s();
  outcome().warning = check_->Warning();
  if (IsLocal(error)) co_return RejectLocal(error);
  if (!error) {
    outcome().tls_version = check_->version();
    outcome().tls_cipher = check_->cipher();
  }
  Failure failure = error ? check_->Explain(v1::LAYER_TLS, error) : check_->Judge();
  co_return !failure || Reject(v1::LAYER_TLS, std::move(failure));
}

template <typename Stream>
Attempt::Awaitable<void> StreamAttempt::Converse(Stream& stream) {
  BeginPhase(here().limits.exchange);
  while (dialogue_) {
    const bool said = co_await Say(stream);
    if (!said) co_return;
    if (dialogue_->decided()) break;
    const bool heard = co_await Hear(stream);
    if (!heard) co_return;
  }
  if (dialogue_ && dialogue_->failure()) Reject(v1::LAYER_CONTENT, dialogue_->failure());
  if (dialogue_) TakeNotes();
  const bool goes_on = !dialogue_ || !dialogue_->is_over();
  if (is_kept() && goes_on) co_await Hold(stream);
}

void StreamAttempt::TakeNotes() {
  outcome().load = dialogue_->load();
  if (outcome().warning.empty()) outcome().warning = dialogue_->warning();
}

template <typename Stream>
Attempt::Awaitable<void> StreamAttempt::Hold(Stream& stream) {
  Settle();
  std::array<char, 4096> bytes;
  const auto buffer = asio::buffer(bytes);
  for (bool stands = true; stands;) {
    Error error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    const size_t count = co_await stream.async_read_some(buffer, token);
    if (error) {
      RejectRead(v1::LAYER_CONNECT, error);
      co_return;
    }
    if (dialogue_) dialogue_->Feed({bytes.data(), count});
    stands = TakeHeld(count);
    if (stands && dialogue_) stands = co_await Say(stream);
  }
}

/// False: what came ends it.
bool StreamAttempt::TakeHeld(size_t count) {
  if (!dialogue_) {
    unasked_ += count;
    if (unasked_ <= kMaxBody) return true;
    return Reject(v1::LAYER_RESPONSE, {v1::LAYER_RESPONSE, v1::FAULT_MALFORMED,
                                       "more than 64 KiB came on an idle connection"});
  }
  if (dialogue_->is_over()) return Reject(v1::LAYER_RESPONSE, dialogue_->failure());
  if (dialogue_->failure().detail == outcome().failure.detail) return true;
  outcome().failure = dialogue_->failure();
  Announce();
  return true;
}

template <typename Stream>
Attempt::Awaitable<bool> StreamAttempt::Say(Stream& stream) {
  const std::string_view text = dialogue_->Output();
  if (text.empty()) co_return true;
  Error error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  const auto buffer = asio::buffer(text);
  co_await asio::async_write(stream, buffer, token);
  TakeLap();
  if (error) co_return Reject(v1::LAYER_REQUEST, error, "connection closed within the request");
  co_return true;
}

template <typename Stream>
Attempt::Awaitable<bool> StreamAttempt::Hear(Stream& stream) {
  std::array<char, 4096> bytes;
  const auto buffer = asio::buffer(bytes);
  Error error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  const size_t count = co_await stream.async_read_some(buffer, token);
  if (count > 0 && outcome().phases.first_byte_us == 0) outcome().phases.first_byte_us = TakeLap();
  if (error && !IsEnd(error)) co_return RejectRead(v1::LAYER_RESPONSE, error);
  dialogue_->Feed({bytes.data(), count});
  if (error && !dialogue_->decided()) dialogue_->End();
  co_return true;
}

bool StreamAttempt::RejectRead(v1::Layer layer, const Error& error) {
  if (check_ && !IsLocal(error) && !IsEnd(error))
    return Reject(layer, check_->Explain(layer, error));
  return Reject(layer, error);
}

}  // namespace waypost::probe
