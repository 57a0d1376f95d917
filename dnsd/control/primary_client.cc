#include "dnsd/control/primary_client.h"

#include <fmt/format.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "dnsd/wire/header.h"
#include "dnsd/wire/octets.h"
#include "dnsd/zone/zone.h"

namespace waypost::control {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;
using transfer::Failed;
using transfer::Layer;
using transfer::Tried;
using Code = boost::system::error_code;
using std::chrono::milliseconds;

template <typename Endpoint>
Endpoint EndpointOf(const SocketAddress& address) {
  if (address.address.is_v4()) return {asio::ip::address_v4(address.address.v4()), address.port};
  asio::ip::address_v6::bytes_type bytes;
  address.address.WriteBytes(bytes.data());
  return {asio::ip::address_v6(bytes), address.port};
}

/// Ends what a socket waits for once the time is up.
template <typename Socket>
class Deadline {
 public:
  Deadline(Socket& socket, milliseconds time)
      : state_(std::make_shared<State>(State{&socket, false})), timer_(socket.get_executor()) {
    timer_.expires_after(time);
    timer_.async_wait([state = state_](const Code& code) {
      if (code || state->socket == nullptr) return;
      state->is_over = true;
      Code ignored;
      state->socket->cancel(ignored);
    });
  }
  ~Deadline() { state_->socket = nullptr; }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  bool is_over() const { return state_->is_over; }

 private:
  struct State {
    Socket* socket;
    bool is_over;
  };
  const std::shared_ptr<State> state_;
  asio::steady_timer timer_;
};

/// As it reads within a sentence.
std::string InWords(const Code& code) {
  if (code == asio::error::connection_refused) return "connection refused";
  if (code == asio::error::connection_reset) return "connection reset";
  if (code == asio::error::eof) return "the primary closed the connection";
  return code.message();
}

template <typename Socket>
tl::unexpected<transfer::Trouble> TroubleOf(const Code& code, const Deadline<Socket>& deadline,
                                            const char* what) {
  if (deadline.is_over()) return Failed(Layer::kTimeout, what);
  return Failed(Layer::kConnect, InWords(code));
}

/// An error too: Knot answers for catalog zones over TCP only, and over UDP anybody can say no.
bool IsWorthTcp(const transfer::Trouble& trouble) {
  return trouble.layer == Layer::kConnect || trouble.layer == Layer::kTimeout ||
         trouble.layer == Layer::kFormat || trouble.layer == Layer::kRcode;
}

}  // namespace

PrimaryClient::PrimaryClient(asio::io_context& io, const Clock& clock, Random& random,
                             const SocketAddress& address,
                             std::shared_ptr<const transfer::TsigKey> key, PrimaryTimes times)
    : io_(io),
      clock_(clock),
      random_(random),
      address_(address),
      key_(std::move(key)),
      times_(times) {}

transfer::Request PrimaryClient::RequestFor(const std::string& origin, uint16_t type,
                                            const std::string& known_soa) {
  const auto id = static_cast<uint16_t>(random_.Next());
  return transfer::Request(id, {origin, type, wire::kClassIn}, known_soa, key_);
}

PrimaryClient::Awaited<uint32_t> PrimaryClient::AskSerial(std::string origin) {
  Tried<uint32_t> serial = co_await AskOverUdp(origin);
  if (!serial && IsWorthTcp(serial.error())) serial = co_await AskOverTcp(origin);
  co_return serial;
}

PrimaryClient::Awaited<uint32_t> PrimaryClient::AskOverUdp(std::string origin) {
  Code code;
  udp::socket socket(io_);
  const auto endpoint = EndpointOf<udp::endpoint>(address_);
  socket.open(endpoint.protocol(), code);
  // Connected, so that only the primary's datagrams come in, and its refusals are seen.
  if (!code) socket.connect(endpoint, code);
  if (code) co_return Failed(Layer::kConnect, InWords(code));
  Octets buffer(wire::kMaxMessageOctets);
  for (int i = 0; i < times_.datagrams; ++i) {
    transfer::Request request = RequestFor(origin, zone::kSoa, "");
    const std::string asked = request.Write(clock_.WallNow());
    socket.send(asio::buffer(asked), 0, code);
    Deadline deadline(socket, times_.datagram);
    while (!code) {
      auto token = asio::redirect_error(asio::use_awaitable, code);
      const size_t octets = co_await socket.async_receive(asio::buffer(buffer), token);
      const auto datagram = std::span<const uint8_t>(buffer).first(octets);
      if (code || !request.IsAnsweredBy(datagram)) continue;
      const auto reply = request.Read(datagram, clock_.WallNow());
      if (!reply) co_return tl::unexpected(reply.error());
      co_return transfer::SerialFrom(*reply, {origin, zone::kSoa, wire::kClassIn});
    }
    if (!deadline.is_over()) co_return Failed(Layer::kConnect, InWords(code));
    code.clear();
  }
  co_return Failed(Layer::kTimeout, "no reply over UDP");
}

PrimaryClient::Awaited<uint32_t> PrimaryClient::AskOverTcp(std::string origin) {
  Socket socket(io_);
  transfer::Request request = RequestFor(origin, zone::kSoa, "");
  std::string asked = request.Write(clock_.WallNow());
  const auto sent = co_await Send(socket, std::move(asked));
  if (!sent) co_return tl::unexpected(sent.error());
  const auto octets = co_await Receive(socket);
  if (!octets) co_return tl::unexpected(octets.error());
  const auto reply = request.Read(*octets, clock_.WallNow());
  if (!reply) co_return tl::unexpected(reply.error());
  co_return transfer::SerialFrom(*reply, {origin, zone::kSoa, wire::kClassIn});
}

PrimaryClient::Awaited<transfer::Transfer> PrimaryClient::Fetch(std::string origin,
                                                                std::string known_soa) {
  const bool is_incremental = !known_soa.empty();
  const Steady end = clock_.Now() + times_.transfer;
  Socket socket(io_);
  transfer::Request request =
      RequestFor(origin, is_incremental ? zone::kIxfr : zone::kAxfr, known_soa);
  transfer::TransferReader reader(
      origin, is_incremental ? std::optional(transfer::ReadSoa(known_soa).serial) : std::nullopt);
  std::string asked = request.Write(clock_.WallNow());
  const auto sent = co_await Send(socket, std::move(asked));
  if (!sent) co_return tl::unexpected(sent.error());
  while (clock_.Now() < end) {
    const auto octets = co_await Receive(socket);
    if (!octets) co_return tl::unexpected(octets.error());
    const auto message = request.Read(*octets, clock_.WallNow());
    if (!message) co_return tl::unexpected(message.error());
    const auto is_last = reader.Take(*message);
    if (!is_last) co_return tl::unexpected(is_last.error());
    if (!*is_last) continue;
    if (!request.MayEnd()) co_return Failed(Layer::kTsig, "the end of the transfer is not signed");
    co_return std::move(reader).Finish();
  }
  co_return Failed(Layer::kTimeout, "the transfer does not end");
}

PrimaryClient::Awaited<std::monostate> PrimaryClient::Send(Socket& socket, std::string message) {
  Code code;
  auto token = asio::redirect_error(asio::use_awaitable, code);
  Deadline deadline(socket, times_.connect);
  const auto endpoint = EndpointOf<tcp::endpoint>(address_);
  socket.open(endpoint.protocol(), code);
  if (!code) co_await socket.async_connect(endpoint, token);
  if (code) co_return TroubleOf(code, deadline, "no connection");
  std::array<uint8_t, 2> length;
  wire::WriteU16(length.data(), static_cast<uint16_t>(message.size()));
  const std::array<asio::const_buffer, 2> buffers{asio::buffer(length), asio::buffer(message)};
  co_await asio::async_write(socket, buffers, token);
  if (code) co_return TroubleOf(code, deadline, "the request is not taken");
  co_return std::monostate();
}

PrimaryClient::Awaited<PrimaryClient::Octets> PrimaryClient::Receive(Socket& socket) {
  Code code;
  auto token = asio::redirect_error(asio::use_awaitable, code);
  Deadline deadline(socket, times_.silence);
  std::array<uint8_t, 2> length;
  co_await asio::async_read(socket, asio::buffer(length), token);
  if (code) co_return TroubleOf(code, deadline, "no reply over TCP");
  Octets octets(wire::ReadU16(length.data()));
  co_await asio::async_read(socket, asio::buffer(octets), token);
  if (code) co_return TroubleOf(code, deadline, "the reply stops midway");
  co_return octets;
}

}  // namespace waypost::control
