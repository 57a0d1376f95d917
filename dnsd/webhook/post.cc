#include "dnsd/webhook/post.h"

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

namespace waypost::webhook {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = asio::ssl;
using asio::ip::tcp;
using Code = boost::system::error_code;
using Outcome = Attempt::Outcome;
using Request = http::request<http::string_body>;

Attempt Failed(const char* what, const Code& code) {
  const bool is_late = code == beast::error::timeout || code == asio::error::operation_aborted;
  return {Outcome::kFailed, fmt::format("{}: {}", what, is_late ? "timeout" : code.message())};
}

std::string HostHeader(const Target& target) {
  const bool is_v6 = target.host.find(':') != std::string::npos;
  const std::string host = is_v6 ? "[" + target.host + "]" : target.host;
  return target.port == (target.is_tls ? 443 : 80) ? host : fmt::format("{}:{}", host, target.port);
}

Request RequestFor(const Target& target, const Event& event, int64_t unix_time) {
  Request request(http::verb::post, target.path, 11);
  request.set(http::field::host, HostHeader(target));
  request.set(http::field::user_agent, "waypost-dnsd/" WAYPOST_VERSION);
  request.set(http::field::content_type, "application/json");
  request.set(http::field::connection, "close");
  request.set("Waypost-Event", event.kind);
  request.set("Waypost-Delivery", event.id);
  request.body() = BodyOf(event, target.format, target.routing_key);
  if (!target.secret.empty()) {
    request.set("Waypost-Timestamp", fmt::format("{}", unix_time));
    request.set("Waypost-Signature", "v1=" + SignatureOf(target.secret, unix_time, request.body()));
  }
  request.prepare_payload();
  return request;
}

/// What 4xx but these two refuse (RFC 9110 section 15.5), they will refuse again.
Attempt Judge(unsigned status) {
  if (status >= 200 && status < 300) return {Outcome::kDelivered, ""};
  const bool is_final = status >= 400 && status < 500 && status != 408 && status != 429;
  return {is_final ? Outcome::kRefused : Outcome::kFailed, fmt::format("status {}", status)};
}

template <typename Stream>
asio::awaitable<Attempt> Exchange(Stream& stream, const Request& request) {
  Code code;
  auto token = asio::redirect_error(asio::use_awaitable, code);
  co_await http::async_write(stream, request, token);
  if (code) co_return Failed("request", code);
  beast::flat_buffer buffer;
  http::response_parser<http::empty_body> parser;
  co_await http::async_read_header(stream, buffer, parser, token);
  if (code) co_return Failed("response", code);
  co_return Judge(parser.get().result_int());
}

/// The resolver knows no timeout of its own.
asio::awaitable<tcp::resolver::results_type> Resolve(const Target& target, Code& code) {
  const auto executor = co_await asio::this_coro::executor;
  tcp::resolver resolver(executor);
  asio::steady_timer timer(executor, target.timeout);
  timer.async_wait([&resolver](const Code& stopped) {
    if (!stopped) resolver.cancel();
  });
  auto token = asio::redirect_error(asio::use_awaitable, code);
  const std::string port = std::to_string(target.port);
  auto found = co_await resolver.async_resolve(target.host, port, token);
  co_return found;
}

Code Prepare(const Target& target, ssl::context& context) {
  Code code;
  context.set_verify_mode(ssl::verify_peer, code);
  if (!code && target.ca_file.empty()) context.set_default_verify_paths(code);
  if (!code && !target.ca_file.empty()) context.load_verify_file(target.ca_file, code);
  return code;
}

/// The certificate must be the receiver's. An address is no server name (RFC 6066 section 3).
/// False: no certificate can have such a name.
bool ExpectName(const std::string& host, SSL* tls) {
  Code no_address;
  asio::ip::make_address(host, no_address);
  if (!no_address) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), host.c_str()) == 1;
  return SSL_set1_host(tls, host.c_str()) == 1 && SSL_set_tlsext_host_name(tls, host.c_str()) == 1;
}

Attempt NoHandshake(SSL* tls, const Code& code) {
  const int64_t doubt = SSL_get_verify_result(tls);
  if (doubt == X509_V_OK) return Failed("tls", code);
  return {Outcome::kFailed,
          fmt::format("tls: certificate refused: {}", X509_verify_cert_error_string(doubt))};
}

asio::awaitable<Attempt> PostOverTls(const Target& target, const Request& request,
                                     beast::tcp_stream& tcp_stream) {
  ssl::context context(ssl::context::tls_client);
  Code code = Prepare(target, context);
  if (code) co_return Failed("ca_file", code);
  beast::ssl_stream<beast::tcp_stream&> stream(tcp_stream, context);
  if (!ExpectName(target.host, stream.native_handle()))
    co_return Attempt{Outcome::kFailed, "tls: no certificate can be for this host"};
  auto token = asio::redirect_error(asio::use_awaitable, code);
  co_await stream.async_handshake(ssl::stream_base::client, token);
  if (code) co_return NoHandshake(stream.native_handle(), code);
  Attempt attempt = co_await Exchange(stream, request);
  co_return attempt;
}

}  // namespace

asio::awaitable<Attempt> Post(const Target& target, const Event& event, int64_t unix_time) {
  const Request request = RequestFor(target, event, unix_time);
  const auto executor = co_await asio::this_coro::executor;
  const auto deadline = std::chrono::steady_clock::now() + target.timeout;
  Code code;
  const auto found = co_await Resolve(target, code);
  if (code) co_return Failed("resolve", code);
  beast::tcp_stream stream(executor);
  stream.expires_at(deadline);
  auto token = asio::redirect_error(asio::use_awaitable, code);
  co_await stream.async_connect(found, token);
  if (code) co_return Failed("connect", code);
  if (target.is_tls) {
    Attempt attempt = co_await PostOverTls(target, request, stream);
    co_return attempt;
  }
  Attempt attempt = co_await Exchange(stream, request);
  co_return attempt;
}

}  // namespace waypost::webhook
