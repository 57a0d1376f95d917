// A DNS client on loopback for tests: one UDP socket or TCP connection, blocking with a deadline.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <optional>
#include <span>

#include "dnsd/serve/sockets.h"
#include "tests/support/dns_message.h"

namespace waypost::serve {

class LoopbackClient {
 public:
  /// `type`: SOCK_DGRAM or SOCK_STREAM. A connected UDP socket takes replies only from the address
  /// that it asked.
  LoopbackClient(const SocketAddress& server, int type, int receive_buffer = 0)
      : is_tcp_(type == SOCK_STREAM),
        socket_(::socket(server.address.is_v4() ? AF_INET : AF_INET6, type, 0)) {
    const timeval deadline = {.tv_sec = 5};
    setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);
    if (receive_buffer > 0) {
      setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    KernelAddress kernel;
    const socklen_t length = ToKernel(server, kernel);
    EXPECT_EQ(connect(socket_.get(), &kernel.any, length), 0) << server.ToString();
  }

  void Send(std::span<const uint8_t> message) {
    test::Bytes out;
    if (is_tcp_) test::Put16(out, static_cast<unsigned>(message.size()));
    out.insert(out.end(), message.begin(), message.end());
    SendRaw(out);
  }
  /// Returns what the kernel took.
  ssize_t SendRaw(std::span<const uint8_t> octets, int flags = 0) {
    return send(socket_.get(), octets.data(), octets.size(), flags | MSG_NOSIGNAL);
  }
  void FinishSending() { shutdown(socket_.get(), SHUT_WR); }

  /// nullopt: closed by the server, or nothing came within five seconds.
  std::optional<test::Message> Receive() {
    test::Bytes message(65535);
    size_t length = 0;
    if (is_tcp_) {
      uint8_t octets[2];
      if (!ReadAll(octets)) return std::nullopt;
      length = static_cast<size_t>(octets[0] << 8 | octets[1]);
      if (!ReadAll(std::span(message).first(length))) return std::nullopt;
    } else {
      const ssize_t got = recv(socket_.get(), message.data(), message.size(), 0);
      if (got <= 0) return std::nullopt;
      length = static_cast<size_t>(got);
    }
    return test::ReadMessage(std::span(message).first(length));
  }
  test::Message Ask(const test::QueryPacket& query) {
    Send(query.Build());
    const auto reply = Receive();
    EXPECT_TRUE(reply) << "no reply";
    return reply.value_or(test::Message{});
  }
  /// True once the server has closed the connection; false after five seconds.
  bool IsClosedByServer() {
    uint8_t octet = 0;
    const ssize_t got = recv(socket_.get(), &octet, 1, 0);
    return got == 0 || (got < 0 && errno == ECONNRESET);
  }

 private:
  bool ReadAll(std::span<uint8_t> into) {
    while (!into.empty()) {
      const ssize_t got = recv(socket_.get(), into.data(), into.size(), 0);
      if (got <= 0) return false;
      into = into.subspan(static_cast<size_t>(got));
    }
    return true;
  }

  bool is_tcp_;
  FileDescriptor socket_;
};

}  // namespace waypost::serve
