#include "dnsd/control/admin_server.h"

#include <fmt/format.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <thread>
#include <utility>

#include "dnsd/base/thread_name.h"

namespace waypost::control {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

constexpr int kMaxConnections = 64;
constexpr size_t kMaxRequestBytes = 8192;
constexpr auto kRequestTime = std::chrono::seconds(2);

using Reply = http::response<http::string_body>;

Reply MakeReply(http::status status, std::string body,
                const char* type = "text/plain; charset=utf-8") {
  Reply reply(status, 11);
  reply.set(http::field::content_type, type);
  reply.set(http::field::server, "waypost-dnsd");
  reply.keep_alive(false);
  reply.body() = std::move(body);
  reply.prepare_payload();
  return reply;
}

Reply Answer(const http::request<http::empty_body>& request, const AdminPages& pages) {
  if (request.method() != http::verb::get)
    return MakeReply(http::status::method_not_allowed, "only GET\n");
  if (request.target() == "/metrics") {
    return MakeReply(http::status::ok, pages.metrics(), "text/plain; version=0.0.4; charset=utf-8");
  }
  if (request.target() == "/healthz") return MakeReply(http::status::ok, "ok\n");
  if (request.target() == "/readyz") {
    const std::string why = pages.not_ready_because();
    return why.empty() ? MakeReply(http::status::ok, "ready\n")
                       : MakeReply(http::status::service_unavailable, "not ready: " + why + "\n");
  }
  return MakeReply(http::status::not_found, "here are /metrics, /healthz and /readyz\n");
}

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, const AdminPages& pages, int& open)
      : stream_(std::move(socket)), pages_(pages), open_(open) {
    ++open_;
    parser_.header_limit(kMaxRequestBytes);
  }
  ~Connection() { --open_; }

  void Run() {
    stream_.expires_after(kRequestTime);
    http::async_read(stream_, buffer_, parser_,
                     [self = shared_from_this()](beast::error_code error, size_t) {
                       if (!error) self->Write();
                     });
  }

 private:
  void Write() {
    reply_ = Answer(parser_.get(), pages_);
    http::async_write(stream_, reply_, [self = shared_from_this()](beast::error_code, size_t) {
      beast::error_code ignored;
      self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    });
  }

  beast::tcp_stream stream_;
  const AdminPages& pages_;
  int& open_;
  beast::flat_buffer buffer_{kMaxRequestBytes};
  http::request_parser<http::empty_body> parser_;
  Reply reply_;
};

class BeastAdminServer final : public AdminServer {
 public:
  explicit BeastAdminServer(AdminPages pages) : pages_(std::move(pages)) {}
  ~BeastAdminServer() override {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }

  Status Listen(const SocketAddress& address) {
    beast::error_code error;
    const tcp::endpoint endpoint(asio::ip::make_address(address.address.ToString()), address.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(kMaxConnections, error);
    if (error) {
      return Fail(ErrorCode::kUnavailable, fmt::format("cannot listen on admin address {}: {}",
                                                       address.ToString(), error.message()));
    }
    bound_ = {address.address, acceptor_.local_endpoint().port()};
    Accept();
    thread_ = std::thread([this] {
      NameThread("admin");
      context_.run();
    });
    return {};
  }

  SocketAddress address() const override { return bound_; }

 private:
  void Accept() {
    acceptor_.async_accept([this](beast::error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (!error && open_ < kMaxConnections)
        std::make_shared<Connection>(std::move(socket), pages_, open_)->Run();
      Accept();
    });
  }

  const AdminPages pages_;
  int open_ = 0;
  asio::io_context context_{1};
  tcp::acceptor acceptor_{context_};
  SocketAddress bound_;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<AdminServer>> AdminServer::Start(const SocketAddress& address,
                                                        AdminPages pages) {
  auto server = std::make_unique<BeastAdminServer>(std::move(pages));
  if (Status status = server->Listen(address); !status) return tl::unexpected(status.error());
  return server;
}

}  // namespace waypost::control
