// Speaks with one primary: asks for the serial over UDP (and over TCP where that leads nowhere),
// and fetches the zone over TCP.
//
// Thread safety: the io_context's one thread. Ownership: the io_context and the clock must outlive
// it; it must outlive its coroutines. Errors: a Trouble. Limits: every wait has an end, so that a
// primary that is silent, slow or endless costs a bounded time.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "dnsd/base/clock.h"
#include "dnsd/base/ip.h"
#include "dnsd/base/random.h"
#include "dnsd/transfer/request.h"
#include "dnsd/transfer/transfer_reader.h"

namespace waypost::control {

struct PrimaryTimes {
  /// For each of the datagrams that ask for the serial.
  std::chrono::milliseconds datagram{1500};
  int datagrams = 3;
  std::chrono::milliseconds connect{5000};
  /// Between one message and the next.
  std::chrono::milliseconds silence{15000};
  /// For a whole transfer, however much it is.
  std::chrono::milliseconds transfer{3600 * 1000};
};

class PrimaryClient {
 public:
  /// `key` may be null.
  PrimaryClient(boost::asio::io_context& io, const Clock& clock, Random& random,
                const SocketAddress& address, std::shared_ptr<const transfer::TsigKey> key,
                PrimaryTimes times = {});

  template <typename T>
  using Awaited = boost::asio::awaitable<transfer::Tried<T>>;

  /// `origin`: wire format, lowered.
  Awaited<uint32_t> AskSerial(std::string origin);
  /// `known_soa`: RDATA of the SOA that an IXFR starts from; empty: AXFR.
  Awaited<transfer::Transfer> Fetch(std::string origin, std::string known_soa);

 private:
  using Octets = std::vector<uint8_t>;
  using Socket = boost::asio::ip::tcp::socket;

  transfer::Request RequestFor(const std::string& origin, uint16_t type,
                               const std::string& known_soa);
  Awaited<uint32_t> AskOverUdp(std::string origin);
  Awaited<uint32_t> AskOverTcp(std::string origin);
  Awaited<std::monostate> Send(Socket& socket, std::string message);
  Awaited<Octets> Receive(Socket& socket);

  boost::asio::io_context& io_;
  const Clock& clock_;
  Random& random_;
  const SocketAddress address_;
  const std::shared_ptr<const transfer::TsigKey> key_;
  const PrimaryTimes times_;
};

}  // namespace waypost::control
