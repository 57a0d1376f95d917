#include "healthd/probe/trust.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>

namespace waypost::probe {
namespace {

namespace ssl = boost::asio::ssl;

/// Zero where there is nothing.
timespec ChangeTime(const std::string& ca_file) {
  struct stat status {};
  const char* path = ca_file.empty() ? X509_get_default_cert_dir() : ca_file.c_str();
  return stat(path, &status) == 0 ? status.st_mtim : timespec{};
}

bool operator==(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/// Some servers that also speak HTTP/2 refuse clients that name no protocol (RFC 7301).
constexpr unsigned char kAlpn[] = "\x08http/1.1";

Result<Trust::Context> LoadContext(const std::string& ca_file) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  boost::system::error_code error;
  if (ca_file.empty())
    context->set_default_verify_paths(error);
  else
    context->load_verify_file(ca_file, error);
  if (error) return Fail(ErrorCode::kInvalid, "ca_file " + ca_file + ": " + error.message());
  SSL_CTX_set_alpn_protos(context->native_handle(), kAlpn, sizeof kAlpn - 1);
  return context;
}

}  // namespace

Result<Trust::Context> Trust::Find(const std::string& ca_file) {
  const timespec changed = ChangeTime(ca_file);
  Entry& entry = entries_[ca_file];
  if (entry.context && entry.changed == changed) return entry.context;
  auto loaded = LoadContext(ca_file);
  if (!loaded) {
    entries_.erase(ca_file);
    return loaded;
  }
  entry = {*loaded, changed};
  return loaded;
}

}  // namespace waypost::probe
