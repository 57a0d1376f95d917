// Verifies a server's certificate during the handshake and notes when it expires, also when it is
// not trusted.
//
// Thread safety: one thread. Ownership: attached to one connection, which it must outlive. Errors:
// `problem` in OpenSSL's words, such as "certificate has expired" or "hostname mismatch".
#pragma once

#include <boost/asio/ssl/verify_context.hpp>
#include <boost/asio/ssl/verify_mode.hpp>
#include <cstdint>
#include <string>

#include "healthd/probe/spec.h"

namespace waypost::probe {

class TlsCheck {
 public:
  explicit TlsCheck(const Spec& spec) : spec_(spec) {}

  /// Names the server (RFC 6066 section 3: names only, no addresses) and asks for the check.
  template <typename Stream>
  void Attach(Stream& stream) {
    Name(stream.native_handle());
    stream.set_verify_mode(boost::asio::ssl::verify_peer);
    stream.set_verify_callback([this](bool trusted, boost::asio::ssl::verify_context& context) {
      return Verify(trusted, context.native_handle());
    });
  }

  /// Empty: none found.
  const std::string& problem() const { return problem_; }
  /// Seconds until the certificate expires, negative after; 0: none seen.
  int64_t expires_in_s() const { return expires_in_s_; }

 private:
  void Name(SSL* connection) const;
  bool Verify(bool trusted, X509_STORE_CTX* context);

  const Spec& spec_;
  std::string problem_;
  int64_t expires_in_s_ = 0;
};

}  // namespace waypost::probe
