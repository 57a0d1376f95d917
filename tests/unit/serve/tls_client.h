// A DNS over TLS client on loopback for tests: blocking, checks no certificate.
#pragma once

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include <memory>
#include <optional>
#include <string>

#include "dnsd/serve/sockets.h"
#include "tests/support/dns_message.h"

namespace waypost::serve {

class TlsClient {
 public:
  /// `first`: octets sent before the handshake.
  explicit TlsClient(const SocketAddress& server, const test::Bytes& first = {})
      : context_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free),
        ssl_(SSL_new(context_.get()), &SSL_free),
        socket_(::socket(server.address.is_v4() ? AF_INET : AF_INET6, SOCK_STREAM, 0)) {
    const timeval deadline = {.tv_sec = 5};
    setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);
    KernelAddress kernel;
    const socklen_t length = ToKernel(server, kernel);
    const bool is_connected = connect(socket_.get(), &kernel.any, length) == 0;
    if (!first.empty()) send(socket_.get(), first.data(), first.size(), MSG_NOSIGNAL);
    SSL_set_fd(ssl_.get(), socket_.get());
    is_open_ = is_connected && SSL_connect(ssl_.get()) == 1;
  }

  bool is_open() const { return is_open_; }
  /// Of the certificate that the server showed.
  std::string peer_name() const {
    std::unique_ptr<X509, decltype(&X509_free)> shown(SSL_get1_peer_certificate(ssl_.get()),
                                                      &X509_free);
    char name[200] = "";
    if (shown) {
      X509_NAME_get_text_by_NID(X509_get_subject_name(shown.get()), NID_commonName, name,
                                sizeof name);
    }
    return name;
  }
  void Send(const test::Bytes& message) {
    test::Bytes framed;
    test::Put16(framed, static_cast<unsigned>(message.size()));
    framed.insert(framed.end(), message.begin(), message.end());
    SendRaw(framed);
  }
  void SendRaw(const test::Bytes& octets) {
    SSL_write(ssl_.get(), octets.data(), static_cast<int>(octets.size()));
  }
  std::optional<test::Message> Receive() {
    test::Bytes length(2);
    if (!ReadAll(length)) return std::nullopt;
    test::Bytes message(static_cast<size_t>(length[0] << 8 | length[1]));
    if (!ReadAll(message)) return std::nullopt;
    return test::ReadMessage(message);
  }

 private:
  bool ReadAll(test::Bytes& into) {
    for (size_t at = 0; at < into.size();) {
      const int got = SSL_read(ssl_.get(), into.data() + at, static_cast<int>(into.size() - at));
      if (got <= 0) return false;
      at += static_cast<size_t>(got);
    }
    return true;
  }

  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
  FileDescriptor socket_;
  bool is_open_ = false;
};

}  // namespace waypost::serve
