// The certificate chain, key and rules with which a server speaks TLS, from PEM files.
//
// A change of the files is a new Credentials; connections keep those they began with.
//
// Thread safety: immutable; shared by any threads. Errors: the message names the file and OpenSSL's
// reason.
#pragma once

#include <memory>
#include <string>

#include "dnsd/base/result.h"

namespace waypost::tls {

enum class MinVersion { kTls12, kTls13 };

struct CredentialFiles {
  std::string certificate;  // the chain, the server's own certificate first
  std::string key;
  MinVersion min_version = MinVersion::kTls12;
};

class Credentials {
 public:
  /// OpenSSL's SSL_CTX, which only dnsd/tls looks into.
  struct Context;

  static Result<std::shared_ptr<const Credentials>> Load(const CredentialFiles& files);

  explicit Credentials(std::unique_ptr<Context> context);
  ~Credentials();
  Credentials(const Credentials&) = delete;
  Credentials& operator=(const Credentials&) = delete;

  const Context& context() const noexcept { return *context_; }

 private:
  const std::unique_ptr<Context> context_;
};

}  // namespace waypost::tls
