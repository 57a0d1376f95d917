#include "healthd/probe/tls_check.h"

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <boost/asio/ssl/error.hpp>

#include "dnsd/base/utf8.h"

namespace waypost::probe {
namespace {

constexpr int64_t kSecondsPerDay = 86400;
/// OpenSSL reports a peer's alert as this and its number (RFC 8446 section 6).
constexpr int kAlert = SSL_AD_REASON_OFFSET;

Failure NoAlpn() {
  return {v1::LAYER_TLS, v1::FAULT_TLS_ALPN, "the server does not agree to h2 (ALPN)"};
}

int64_t SecondsUntil(const ASN1_TIME* when) {
  int days = 0;
  int seconds = 0;
  if (ASN1_TIME_diff(&days, &seconds, nullptr, when) != 1) return 0;
  const int64_t until = days * kSecondsPerDay + seconds;
  return until == 0 ? -1 : until;  // 0 stands for unknown
}

v1::Fault FaultOfCertificate(int error) {
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return v1::FAULT_TLS_EXPIRED;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return v1::FAULT_TLS_NAME;
    default:
      return v1::FAULT_TLS_CHAIN;
  }
}

bool IsAboutIdentity(int reason) {
  const int alert = reason - kAlert;
  return (alert >= SSL_AD_NO_CERTIFICATE && alert <= SSL_AD_CERTIFICATE_UNKNOWN) ||
         alert == SSL_AD_UNKNOWN_CA || alert == SSL_AD_ACCESS_DENIED ||
         alert == SSL_AD_CERTIFICATE_REQUIRED;
}

bool IsAboutVersion(int reason) {
  return reason == SSL_R_UNSUPPORTED_PROTOCOL || reason == SSL_R_WRONG_VERSION_NUMBER ||
         reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION || reason == SSL_R_VERSION_TOO_LOW;
}

int ReasonOf(const boost::system::error_code& error) {
  const bool is_tls = error.category() == boost::asio::error::get_ssl_category();
  return is_tls ? ERR_GET_REASON(static_cast<unsigned long>(error.value())) : 0;
}

/// Where OpenSSL finds the check of a connection.
int SlotOfChecks() {
  static const int slot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return slot;
}

int NoteRequest(SSL* connection, X509**, EVP_PKEY**) {
  auto* asked = static_cast<bool*>(SSL_get_ex_data(connection, SlotOfChecks()));
  if (asked != nullptr) *asked = true;
  return 0;  // goes on without a certificate
}

std::string TimeLeft(int64_t seconds) {
  if (seconds >= 2 * kSecondsPerDay) return fmt::format("{} days", seconds / kSecondsPerDay);
  if (seconds >= 2 * 3600) return fmt::format("{} hours", seconds / 3600);
  return fmt::format("{} minutes", seconds / 60);
}

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string NameIn(const GENERAL_NAME& name) {
  int type = 0;
  const auto* value = static_cast<const ASN1_STRING*>(GENERAL_NAME_get0_value(&name, &type));
  if (type != GEN_DNS && type != GEN_IPADD) return "";
  const uint8_t* octets = ASN1_STRING_get0_data(value);
  const auto length = static_cast<size_t>(ASN1_STRING_length(value));
  if (type == GEN_DNS) return Legible({reinterpret_cast<const char*>(octets), length});
  if (length != 4 && length != 16) return "";
  return IpAddress::FromBytes(length == 4 ? IpFamily::kV4 : IpFamily::kV6, octets).ToString();
}

/// The DNS names and addresses that it is valid for, the first of them.
std::string NamesIn(const X509* certificate) {
  constexpr size_t kMost = 3;
  auto* names = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  std::vector<std::string> shown;
  for (int i = 0; i < sk_GENERAL_NAME_num(names) && shown.size() <= kMost; ++i) {
    std::string name = NameIn(*sk_GENERAL_NAME_value(names, i));
    if (!name.empty()) shown.push_back(std::move(name));
  }
  GENERAL_NAMES_free(names);
  if (shown.size() > kMost) shown.back() = "...";
  return shown.empty() ? "no name" : Joined(shown);
}

}  // namespace

void NoticeCertificateRequests(SSL_CTX* context) {
  SSL_CTX_set_client_cert_cb(context, NoteRequest);
}

void TlsCheck::Prepare() {
  SSL_set_ex_data(connection_, SlotOfChecks(), &asked_for_identity_);
  if (!spec_.alpn.empty()) {
    const std::string list = static_cast<char>(spec_.alpn.size()) + spec_.alpn;
    SSL_set_alpn_protos(connection_, reinterpret_cast<const unsigned char*>(list.data()),
                        static_cast<unsigned>(list.size()));
  }
  Name();
}

void TlsCheck::Name() const {
  const bool is_address = IpAddress::Parse(spec_.name).has_value();
  if (!is_address) SSL_set_tlsext_host_name(connection_, spec_.name.c_str());
  if (spec_.skip_verify) return;
  X509_VERIFY_PARAM* wanted = SSL_get0_param(connection_);
  if (is_address)
    X509_VERIFY_PARAM_set1_ip_asc(wanted, spec_.name.c_str());
  else
    X509_VERIFY_PARAM_set1_host(wanted, spec_.name.data(), spec_.name.size());
}

bool TlsCheck::Verify(bool trusted, X509_STORE_CTX* context) {
  if (const X509* certificate = X509_STORE_CTX_get0_cert(context))
    expires_in_s_ = SecondsUntil(X509_get0_notAfter(certificate));
  if (trusted || spec_.skip_verify) return true;
  const int error = X509_STORE_CTX_get_error(context);
  problem_ = {v1::LAYER_TLS, FaultOfCertificate(error), X509_verify_cert_error_string(error)};
  const X509* certificate = X509_STORE_CTX_get0_cert(context);
  if (problem_.fault == v1::FAULT_TLS_NAME && certificate != nullptr) {
    problem_.detail += fmt::format(": the certificate is for {}, want {}", NamesIn(certificate),
                                   Quoted(spec_.name));
  }
  return false;
}

const char* TlsCheck::version() const { return SSL_get_version(connection_); }

const char* TlsCheck::cipher() const { return SSL_get_cipher_name(connection_); }

Failure TlsCheck::Judge() const {
  for (const auto judge : {&TlsCheck::JudgeVersion, &TlsCheck::JudgeCipher, &TlsCheck::JudgeExpiry,
                           &TlsCheck::JudgeAlpn}) {
    Failure failure = (this->*judge)();
    if (failure) return failure;
  }
  return {};
}

Failure TlsCheck::JudgeVersion() const {
  const int least = spec_.floor == TlsFloor::kTls13   ? TLS1_3_VERSION
                    : spec_.floor == TlsFloor::kTls12 ? TLS1_2_VERSION
                                                      : 0;
  if (SSL_version(connection_) >= least) return {};
  const char* wanted = least == TLS1_3_VERSION ? "TLSv1.3" : "TLSv1.2";
  return {v1::LAYER_TLS, v1::FAULT_TLS_VERSION,
          fmt::format("protocol {}, want at least {}", SSL_get_version(connection_), wanted)};
}

Failure TlsCheck::JudgeCipher() const {
  const std::string agreed = SSL_get_cipher_name(connection_);
  const auto& wanted = spec_.ciphers;
  if (wanted.empty() || std::find(wanted.begin(), wanted.end(), agreed) != wanted.end()) return {};
  return {v1::LAYER_TLS, v1::FAULT_TLS_CIPHER,
          fmt::format("cipher {}, want {}", agreed, Joined(wanted))};
}

/// HTTP/2 begins only where both agreed on it (RFC 9113 section 3.2); others may keep silent.
Failure TlsCheck::JudgeAlpn() const {
  const unsigned char* agreed = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(connection_, &agreed, &length);
  const std::string_view name(reinterpret_cast<const char*>(agreed), length);
  if (spec_.alpn != "h2" || name == spec_.alpn) return {};
  return NoAlpn();
}

Failure TlsCheck::JudgeExpiry() const {
  const int64_t least = spec_.fail_expiry.count();
  if (least == 0 || expires_in_s_ == 0 || expires_in_s_ >= least) return {};
  return {v1::LAYER_TLS, v1::FAULT_TLS_EXPIRES_SOON,
          fmt::format("certificate expires in {}, want at least {}", TimeLeft(expires_in_s_),
                      TimeLeft(least))};
}

Failure TlsCheck::Explain(v1::Layer layer, const boost::system::error_code& error) const {
  if (problem_) return problem_;
  Failure failure = FailureOf(layer, error, "connection closed within the handshake");
  const int reason = ReasonOf(error);
  if (reason == 0) return failure;
  failure.layer = v1::LAYER_TLS;
  if (reason == kAlert + SSL_AD_NO_APPLICATION_PROTOCOL) return NoAlpn();
  if (reason == kAlert + SSL_AD_UNRECOGNIZED_NAME) {
    failure.fault = v1::FAULT_TLS_NAME;
    failure.detail += ": the server does not serve " + Quoted(spec_.name);
    return failure;
  }
  if (reason == SSL_R_WRONG_VERSION_NUMBER) failure.detail += ": perhaps it is no TLS";
  if (asked_for_identity_ || IsAboutIdentity(reason))
    failure.fault = v1::FAULT_TLS_CLIENT_CERTIFICATE;
  else if (IsAboutVersion(reason))
    failure.fault = v1::FAULT_TLS_VERSION;
  else if (reason == SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE || reason == SSL_R_NO_CIPHERS_AVAILABLE)
    failure.fault = v1::FAULT_TLS_CIPHER;
  if (asked_for_identity_) failure.detail += ": the server asks for a client certificate";
  return failure;
}

/// When the certificate expires stands beside.
std::string TlsCheck::Warning() const {
  if (expires_in_s_ > 0 && expires_in_s_ < spec_.warn_expiry.count())
    return fmt::format("sooner than warn_expiry, {}", TimeLeft(spec_.warn_expiry.count()));
  return asked_for_identity_ ? "the server asks for a client certificate" : "";
}

}  // namespace waypost::probe
