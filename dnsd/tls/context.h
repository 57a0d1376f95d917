// What Credentials hold, for the sources of this folder.
//
// Thread safety: OpenSSL counts references to an SSL_CTX atomically.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "dnsd/tls/credentials.h"

namespace waypost::tls {

struct Credentials::Context {
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> ssl{nullptr, &SSL_CTX_free};
};

}  // namespace waypost::tls
