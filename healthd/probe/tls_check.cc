#include "healthd/probe/tls_check.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace waypost::probe {
namespace {

constexpr int64_t kSecondsPerDay = 86400;

int64_t SecondsUntil(const ASN1_TIME* when) {
  int days = 0;
  int seconds = 0;
  if (ASN1_TIME_diff(&days, &seconds, nullptr, when) != 1) return 0;
  const int64_t until = days * kSecondsPerDay + seconds;
  return until == 0 ? -1 : until;  // 0 stands for unknown
}

}  // namespace

void TlsCheck::Name(SSL* connection) const {
  const bool is_address = IpAddress::Parse(spec_.tls_name).has_value();
  if (!is_address) SSL_set_tlsext_host_name(connection, spec_.tls_name.c_str());
  if (spec_.skip_verify) return;
  X509_VERIFY_PARAM* wanted = SSL_get0_param(connection);
  if (is_address)
    X509_VERIFY_PARAM_set1_ip_asc(wanted, spec_.tls_name.c_str());
  else
    X509_VERIFY_PARAM_set1_host(wanted, spec_.tls_name.data(), spec_.tls_name.size());
}

bool TlsCheck::Verify(bool trusted, X509_STORE_CTX* context) {
  if (const X509* certificate = X509_STORE_CTX_get0_cert(context))
    expires_in_s_ = SecondsUntil(X509_get0_notAfter(certificate));
  if (trusted || spec_.skip_verify) return true;
  problem_ = X509_verify_cert_error_string(X509_STORE_CTX_get_error(context));
  return false;
}

}  // namespace waypost::probe
