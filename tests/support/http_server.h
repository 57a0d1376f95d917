// A small real HTTP or HTTPS server on loopback that behaves well or badly, as told.
//
// Thread safety: all members from any thread; it serves from a thread of its own. Ownership: the
// destructor closes everything. Errors: what cannot be set up aborts the test program.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "tests/support/certificate.h"

namespace waypost::test {

/// What the server does with a connection from now on.
struct Behaviour {
  enum class Kind {
    kReply,  // reads the request's header, sends `bytes` and closes
    kHang,   // reads the request's header and says nothing more
    kDrip,   // as kReply, but one byte every `pause`
    kGreet,  // sends `bytes` without waiting for a request, and keeps the connection
    kClose,  // closes as soon as the request's header was read
    kReset,  // closes as soon as the connection is there, by reset, before any TLS handshake
    kHangAtConnect,  // accepts and neither reads nor writes, before any TLS handshake
  };
  Kind kind = Kind::kReply;
  std::string bytes;
  std::chrono::milliseconds pause{20};
};

class HttpServer {
 public:
  struct Options {
    std::string address = "127.0.0.1";
    uint16_t port = 0;                       // 0: any that is free
    std::optional<Certificate> certificate;  // with one it speaks HTTPS
    std::string client_authority;            // PEM; asks for client certificates of its signing
    std::string max_protocol;                // "TLSv1.2": no newer one
    std::string ciphers;                     // of TLS 1.2, as OpenSSL names them; empty: all
  };

  explicit HttpServer(Options options);
  HttpServer() : HttpServer(Options{}) {}
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  uint16_t port() const;
  /// Before the first call: status 200, body "ok".
  void Behave(Behaviour behaviour);
  /// A well-formed reply.
  void Reply(int status, const std::string& body = "ok");

  /// Stops listening and closes all connections by reset, so that a new connection is refused.
  void Refuse();
  /// Listens again, on the same port.
  void Accept();

  /// Connections accepted since the start.
  uint64_t accepted() const;
  /// Connections that are open now.
  uint64_t open() const;
  /// The header of the latest request.
  std::string last_request() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A port on 127.0.0.1 that listens, accepts nothing, and whose backlog is full: a connect to it
/// hangs.
class FullBacklog {
 public:
  FullBacklog();
  ~FullBacklog();
  FullBacklog(const FullBacklog&) = delete;
  FullBacklog& operator=(const FullBacklog&) = delete;

  uint16_t port() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A port on 127.0.0.1 on which nothing listened a moment ago.
uint16_t FreePort();

/// "HTTP/1.1 200 OK" with headers and body.
std::string HttpReply(int status, const std::string& body);

}  // namespace waypost::test
