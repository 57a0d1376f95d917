#include "tests/support/udp_server.h"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <mutex>
#include <thread>

namespace waypost::test {
namespace {

namespace asio = boost::asio;
using asio::ip::udp;

}  // namespace

struct UdpServer::State {
  State(Reply reply_, const std::string& address)
      : reply(std::move(reply_)), socket(io, udp::endpoint(asio::ip::make_address(address), 0)) {
    endpoint = socket.local_endpoint();
    ReceiveNext();
    thread = std::thread([this] { io.run(); });
  }
  ~State() {
    io.stop();
    thread.join();
  }

  void ReceiveNext() {
    socket.async_receive_from(asio::buffer(bytes), from, [this](const auto& error, size_t count) {
      if (error) return;
      for (const std::string& datagram : RepliesTo({bytes.data(), count})) {
        boost::system::error_code ignored;
        socket.send_to(asio::buffer(datagram), from, 0, ignored);
      }
      ReceiveNext();
    });
  }

  std::vector<std::string> RepliesTo(const std::string& datagram) {
    const std::lock_guard lock(mutex);
    return reply(datagram);
  }

  asio::io_context io{1};
  std::mutex mutex;
  Reply reply;  // guarded by mutex
  udp::socket socket;
  udp::endpoint endpoint;
  udp::endpoint from;
  std::array<char, 4096> bytes{};
  std::thread thread;
};

UdpServer::UdpServer(Reply reply, const std::string& address)
    : state_(std::make_unique<State>(std::move(reply), address)) {}

UdpServer::~UdpServer() = default;

uint16_t UdpServer::port() const { return state_->endpoint.port(); }

void UdpServer::Answer(Reply reply) {
  const std::lock_guard lock(state_->mutex);
  state_->reply = std::move(reply);
}

}  // namespace waypost::test
