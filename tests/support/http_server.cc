#include "tests/support/http_server.h"

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <list>
#include <mutex>
#include <thread>

namespace waypost::test {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Error = boost::system::error_code;
using Kind = Behaviour::Kind;

asio::ssl::context MakeContext(const HttpServer::Options& options) {
  asio::ssl::context context(asio::ssl::context::tls_server);
  context.use_certificate_chain(asio::buffer(options.certificate->certificate));
  context.use_private_key(asio::buffer(options.certificate->key), asio::ssl::context::pem);
  if (options.max_protocol == "TLSv1.2")
    SSL_CTX_set_max_proto_version(context.native_handle(), TLS1_2_VERSION);
  if (!options.ciphers.empty())
    SSL_CTX_set_cipher_list(context.native_handle(), options.ciphers.c_str());
  if (options.client_authority.empty()) return context;
  context.add_certificate_authority(asio::buffer(options.client_authority));
  context.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
  return context;
}

void CloseByReset(tcp::socket& socket) {
  Error ignored;
  socket.set_option(tcp::socket::linger(true, 0), ignored);
  socket.close(ignored);
}

}  // namespace

struct HttpServer::State {
  using Connections = std::list<tcp::socket>;

  explicit State(Options options_)
      : options(std::move(options_)),
        endpoint(asio::ip::make_address(options.address), options.port) {
    if (options.certificate) tls.emplace(MakeContext(options));
    Listen();
    thread = std::thread([this] { io.run(); });
  }

  ~State() {
    asio::post(io, [this] {
      Close();
      io.stop();
    });
    thread.join();
  }

  void Listen() {
    acceptor.emplace(io, endpoint);
    endpoint = acceptor->local_endpoint();
    AcceptNext();
  }

  void AcceptNext() {
    acceptor->async_accept([this](Error error, tcp::socket socket) {
      if (error) return;
      ++accepted;
      const auto connection = connections.emplace(connections.end(), std::move(socket));
      ++open;
      asio::co_spawn(io, Serve(*connection), [this, connection](const std::exception_ptr&) {
        connections.erase(connection);
        --open;
      });
      AcceptNext();
    });
  }

  void Close() {
    acceptor.reset();
    for (tcp::socket& socket : connections) CloseByReset(socket);
  }

  asio::awaitable<void> Serve(tcp::socket& socket) {
    const Behaviour now = behaviour_now();
    if (now.kind == Kind::kReset) {
      CloseByReset(socket);
      co_return;
    }
    if (now.kind == Kind::kHangAtConnect) co_await WaitForEnd(socket);
    if (now.kind == Kind::kHangAtConnect) co_return;
    if (tls)
      co_await ServeTls(socket, now);
    else
      co_await Converse(socket, socket, now);
  }

  asio::awaitable<void> ServeTls(tcp::socket& socket, const Behaviour& now) {
    asio::ssl::stream<tcp::socket&> stream(socket, *tls);
    Error error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    const auto role = asio::ssl::stream_base::server;
    co_await stream.async_handshake(role, token);
    if (!error) co_await Converse(stream, socket, now);
  }

  template <typename Stream>
  asio::awaitable<void> Converse(Stream& stream, tcp::socket& socket, const Behaviour& now) {
    if (now.kind == Kind::kGreet) {
      co_await Send(stream, now.bytes);
      co_await WaitForEnd(socket);
      co_return;
    }
    std::string request;
    auto buffer = asio::dynamic_buffer(request, 65536);
    Error error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    co_await asio::async_read_until(stream, buffer, "\r\n\r\n", token);
    if (error) co_return;
    Remember(request);
    if (now.kind == Kind::kHang) co_await WaitForEnd(socket);
    if (now.kind == Kind::kReply) co_await Send(stream, now.bytes);
    if (now.kind == Kind::kDrip) co_await Drip(stream, now);
  }

  template <typename Stream>
  asio::awaitable<bool> Send(Stream& stream, const std::string& bytes) {
    Error error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    const auto buffer = asio::buffer(bytes);
    co_await asio::async_write(stream, buffer, token);
    co_return !error;
  }

  template <typename Stream>
  asio::awaitable<void> Drip(Stream& stream, const Behaviour& now) {
    asio::steady_timer timer(io);
    bool sent = true;
    for (size_t i = 0; sent && i < now.bytes.size(); ++i) {
      const std::string byte(1, now.bytes[i]);
      sent = co_await Send(stream, byte);
      timer.expires_after(now.pause);
      co_await timer.async_wait(asio::use_awaitable);
    }
  }

  asio::awaitable<void> WaitForEnd(tcp::socket& socket) {
    Error error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    co_await socket.async_wait(tcp::socket::wait_error, token);
  }

  Behaviour behaviour_now() const {
    const std::lock_guard lock(mutex);
    return behaviour;
  }

  void Remember(const std::string& request) {
    const std::lock_guard lock(mutex);
    last_request = request;
  }

  const Options options;
  asio::io_context io{1};
  // Refuse leaves nothing to wait for; Accept must still find the thread.
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  tcp::endpoint endpoint;
  std::optional<asio::ssl::context> tls;
  std::optional<tcp::acceptor> acceptor;
  Connections connections;  // owned by `thread`
  std::atomic<uint64_t> accepted{0};
  std::atomic<uint64_t> open{0};
  mutable std::mutex mutex;
  Behaviour behaviour{Kind::kReply, HttpReply(200, "ok")};  // guarded by mutex
  std::string last_request;                                 // guarded by mutex
  std::thread thread;
};

HttpServer::HttpServer(Options options) : state_(std::make_unique<State>(std::move(options))) {}

HttpServer::~HttpServer() = default;

uint16_t HttpServer::port() const { return state_->endpoint.port(); }

void HttpServer::Behave(Behaviour behaviour) {
  const std::lock_guard lock(state_->mutex);
  state_->behaviour = std::move(behaviour);
}

void HttpServer::Reply(int status, const std::string& body) {
  Behave({Kind::kReply, HttpReply(status, body)});
}

void HttpServer::Refuse() {
  asio::dispatch(state_->io, asio::use_future([this] { state_->Close(); })).get();
}

void HttpServer::Accept() {
  asio::dispatch(state_->io, asio::use_future([this] { state_->Listen(); })).get();
}

uint64_t HttpServer::accepted() const { return state_->accepted; }

uint64_t HttpServer::open() const { return state_->open; }

std::string HttpServer::last_request() const {
  const std::lock_guard lock(state_->mutex);
  return state_->last_request;
}

struct FullBacklog::State {
  asio::io_context io{1};
  tcp::acceptor acceptor{io};
  std::list<tcp::socket> fillers;
};

FullBacklog::FullBacklog() : state_(std::make_unique<State>()) {
  tcp::acceptor& acceptor = state_->acceptor;
  acceptor.open(tcp::v4());
  acceptor.bind({asio::ip::address_v4::loopback(), 0});
  acceptor.listen(0);
  // Linux takes one connection more than the backlog says; further handshakes are not answered.
  for (int i = 0; i < 4; ++i) {
    tcp::socket& filler = state_->fillers.emplace_back(state_->io);
    filler.open(tcp::v4());
    filler.native_non_blocking(true);
    const tcp::endpoint endpoint = acceptor.local_endpoint();
    connect(filler.native_handle(), endpoint.data(), static_cast<socklen_t>(endpoint.size()));
  }
}

FullBacklog::~FullBacklog() = default;

uint16_t FullBacklog::port() const { return state_->acceptor.local_endpoint().port(); }

uint16_t FreePort() {
  asio::io_context io;
  const tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
  return acceptor.local_endpoint().port();
}

std::string HttpReply(int status, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status) +
         " Status\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace waypost::test
