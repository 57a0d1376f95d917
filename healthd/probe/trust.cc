#include "healthd/probe/trust.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <algorithm>

#include "healthd/probe/tls_check.h"

namespace waypost::probe {
namespace {

namespace ssl = boost::asio::ssl;

/// Zero where there is nothing.
timespec ChangeTime(const char* path) {
  struct stat status {};
  return stat(path, &status) == 0 ? status.st_mtim : timespec{};
}

bool IsSame(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

tl::unexpected<Error> Unusable(const std::string& what, const std::string& file,
                               const boost::system::error_code& error) {
  return Fail(ErrorCode::kInvalid, what + " " + file + ": " + error.message());
}

Status Present(const Identity& identity, ssl::context& context) {
  boost::system::error_code error;
  context.use_certificate_chain_file(identity.cert, error);
  if (error) return Unusable("cert", identity.cert, error);
  context.use_private_key_file(identity.key, ssl::context::pem, error);
  if (error) return Unusable("key", identity.key, error);
  return {};
}

/// `identity`: null for none.
Result<Trust::Context> LoadContext(const std::string& ca_file, const Identity* identity) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  boost::system::error_code error;
  if (ca_file.empty())
    context->set_default_verify_paths(error);
  else
    context->load_verify_file(ca_file, error);
  if (error) return Unusable("ca_file", ca_file, error);
  if (identity == nullptr)
    NoticeCertificateRequests(context->native_handle());
  else if (auto presented = Present(*identity, *context); !presented)
    return tl::unexpected(std::move(presented).error());
  return context;
}

}  // namespace

Result<Trust::Context> Trust::Find(const std::string& ca_file, const std::string& identity) {
  const auto own = identities_.find(identity);
  const bool has_own = own != identities_.end();
  if (!identity.empty() && !has_own)
    return Fail(ErrorCode::kInvalid, "this vantage has no identity \"" + identity + "\"");
  const Changes changed = {
      ChangeTime(ca_file.empty() ? X509_get_default_cert_dir() : ca_file.c_str()),
      has_own ? ChangeTime(own->second.cert.c_str()) : timespec{},
      has_own ? ChangeTime(own->second.key.c_str()) : timespec{}};
  Entry& entry = entries_[{ca_file, identity}];
  if (entry.context && std::equal(changed.begin(), changed.end(), entry.changed.begin(), IsSame))
    return entry.context;
  auto loaded = LoadContext(ca_file, has_own ? &own->second : nullptr);
  if (!loaded) {
    entries_.erase({ca_file, identity});
    return loaded;
  }
  entry = {*loaded, changed};
  return loaded;
}

}  // namespace waypost::probe
