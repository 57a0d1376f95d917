#include "dnsd/tls/credentials.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "dnsd/tls/context.h"

namespace waypost::tls {
namespace {

/// ALPN of DNS over TLS (RFC 7858 as registered by IANA), with its length before it.
constexpr unsigned char kDot[] = {3, 'd', 'o', 't'};

tl::unexpected<Error> OpensslError(const std::string& what) {
  const unsigned long code = ERR_get_error();
  const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return Fail(ErrorCode::kInvalid, what + (reason == nullptr ? "" : std::string(": ") + reason));
}

/// A client that names protocols and not ours means another service (RFC 7301 section 3.2); one
/// that names none is an ordinary resolver.
int SelectDot(SSL*, const unsigned char** out, unsigned char* out_octets, const unsigned char* in,
              unsigned int in_octets, void*) {
  unsigned char* selected = nullptr;
  const int found = SSL_select_next_proto(&selected, out_octets, kDot, sizeof kDot, in, in_octets);
  *out = selected;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

void SetRules(SSL_CTX* context, MinVersion min_version) {
  SSL_CTX_set_min_proto_version(
      context, min_version == MinVersion::kTls13 ? TLS1_3_VERSION : TLS1_2_VERSION);
  SSL_CTX_set_options(
      context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // RFC 9325 section 4.1: forward secrecy and authenticated encryption only.
  SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
  // Idle connections must not keep 32 KiB of buffers each.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(context, SelectDot, nullptr);
}

}  // namespace

Credentials::Credentials(std::unique_ptr<Context> context) : context_(std::move(context)) {}
Credentials::~Credentials() = default;

Result<std::shared_ptr<const Credentials>> Credentials::Load(const CredentialFiles& files) {
  auto context = std::make_unique<Context>();
  context->ssl.reset(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* const ssl = context->ssl.get();
  if (ssl == nullptr) return OpensslError("TLS");
  SetRules(ssl, files.min_version);
  if (SSL_CTX_use_certificate_chain_file(ssl, files.certificate.c_str()) != 1)
    return OpensslError(files.certificate);
  if (SSL_CTX_use_PrivateKey_file(ssl, files.key.c_str(), SSL_FILETYPE_PEM) != 1)
    return OpensslError(files.key);
  if (SSL_CTX_check_private_key(ssl) != 1)
    return OpensslError(files.key + " is not the key of " + files.certificate);
  return std::make_shared<const Credentials>(std::move(context));
}

}  // namespace waypost::tls
