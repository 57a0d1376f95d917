// Judges a TLS handshake: the certificate during it, protocol and cipher after it, and what the
// server said when it broke off. Notes when the certificate expires, also when it is not trusted.
//
// Thread safety: one thread. Ownership: attached to one connection, which it must outlive. Errors:
// failures in OpenSSL's words, such as "certificate has expired" or "hostname mismatch".
#pragma once

#include <boost/asio/ssl/verify_context.hpp>
#include <boost/asio/ssl/verify_mode.hpp>
#include <boost/system/error_code.hpp>
#include <cstdint>
#include <string>

#include "healthd/probe/failure.h"
#include "healthd/probe/spec.h"

namespace waypost::probe {

class TlsCheck {
 public:
  explicit TlsCheck(const TlsSpec& spec) : spec_(spec) {}

  /// Before the handshake: names the server (RFC 6066 section 3: names only, no addresses) and asks
  /// for the check.
  template <typename Stream>
  void Attach(Stream& stream) {
    connection_ = stream.native_handle();
    Prepare();
    stream.set_verify_mode(boost::asio::ssl::verify_peer);
    stream.set_verify_callback([this](bool trusted, boost::asio::ssl::verify_context& context) {
      return Verify(trusted, context.native_handle());
    });
  }

  /// After a handshake.
  Failure Judge() const;
  /// After one that failed, or a read that did: with TLS 1.3 the server judges the client's
  /// certificate after the handshake.
  Failure Explain(v1::Layer layer, const boost::system::error_code& error) const;
  /// What is not wrong yet; empty: nothing.
  std::string Warning() const;
  /// Seconds until the certificate expires, negative after; 0: none seen.
  int64_t expires_in_s() const { return expires_in_s_; }
  /// What a handshake that came to its end agreed on; text of OpenSSL's own, which stays.
  const char* version() const;
  const char* cipher() const;

 private:
  void Prepare();
  void Name() const;
  bool Verify(bool trusted, X509_STORE_CTX* context);
  Failure JudgeExpiry() const;
  Failure JudgeVersion() const;
  Failure JudgeCipher() const;
  Failure JudgeAlpn() const;

  const TlsSpec& spec_;
  SSL* connection_ = nullptr;
  bool asked_for_identity_ = false;
  Failure problem_;
  int64_t expires_in_s_ = 0;
};

/// Lets the checks of this context's connections notice that a server asks for a certificate which
/// they do not have.
void NoticeCertificateRequests(SSL_CTX* context);

}  // namespace waypost::probe
