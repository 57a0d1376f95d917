#include "dnsd/control/protection_settings.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <charconv>
#include <fstream>

namespace waypost::control {
namespace {

using serve::AnswerClass;
using Texts = google::protobuf::RepeatedPtrField<std::string>;

constexpr uint32_t kDefaultPerSecond = 200;
constexpr uint32_t kMaxPerSecond = 1'000'000;
constexpr uint32_t kMaxSlip = 100;
constexpr uint32_t kDefaultAccounts = 131'072;
constexpr uint32_t kMaxAccounts = 1U << 24;
/// A roll-over needs two; each one more costs a hash for every bad cookie.
constexpr int kMaxSecrets = 4;

tl::unexpected<Error> Invalid(std::string message) {
  return Fail(ErrorCode::kInvalid, std::move(message));
}

Result<PrefixSet> ReadNetworks(const char* setting, const Texts& texts) {
  std::vector<IpPrefix> prefixes;
  for (const std::string& text : texts) {
    const auto prefix = IpPrefix::Parse(text);
    if (!prefix) return Invalid(fmt::format("{}: {} is no network (192.0.2.0/24)", setting, text));
    prefixes.push_back(*prefix);
  }
  return PrefixSet(std::move(prefixes));
}

Result<SipKey> ReadSecret(const std::string& setting, const std::string& hex) {
  SipKey key{};
  bool is_hex = hex.size() == 2 * key.size();
  for (size_t i = 0; i < key.size() && is_hex; ++i) {
    const char* at = hex.data() + 2 * i;
    is_hex = std::from_chars(at, at + 2, key[i], 16).ptr == at + 2;
  }
  // The text is secret, also in a log.
  if (!is_hex) return Invalid(setting + ": a secret must be 32 hexadecimal digits");
  return key;
}

Result<Texts> ReadLines(const std::string& setting, const std::string& path) {
  std::ifstream file(path);
  if (!file) return Invalid(fmt::format("{}: cannot read {}", setting, path));
  Texts lines;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) *lines.Add() = line;
  }
  return lines;
}

SipKey RandomKey() {
  SipKey key{};
  // Up to 256 octets are never cut short.
  [[maybe_unused]] const ssize_t octets = getrandom(key.data(), key.size(), 0);
  return key;
}

/// Stays the same while the process runs, so that reading the settings again breaks no cookies.
const SipKey& OwnSecret() {
  static const SipKey kSecret = RandomKey();
  return kSecret;
}

Result<std::vector<SipKey>> ReadSecrets(const v1::CookieSettings& from) {
  const bool is_file = !from.secret_file().empty();
  if (is_file && from.secrets_size() > 0)
    return Invalid("cookies: give either secrets or secret_file");
  const std::string setting = is_file ? "cookies.secret_file" : "cookies.secrets";
  auto texts = is_file ? ReadLines(setting, from.secret_file()) : Result<Texts>(from.secrets());
  if (!texts) return tl::unexpected(texts.error());
  if (texts->size() > kMaxSecrets) return Invalid(fmt::format("{}: more than 4", setting));
  if (is_file && texts->empty()) return Invalid(setting + ": there is none in it");
  std::vector<SipKey> secrets;
  for (const std::string& text : *texts) {
    auto secret = ReadSecret(setting, text);
    if (!secret) return tl::unexpected(secret.error());
    secrets.push_back(*secret);
  }
  if (secrets.empty()) secrets.push_back(OwnSecret());
  return secrets;
}

Status ReadCookies(const v1::CookieSettings& from, serve::Protection& to) {
  if (!from.enabled()) {
    return from.require() ? Invalid("cookies.require: needs cookies.enabled") : Status{};
  }
  auto secrets = ReadSecrets(from);
  if (!secrets) return tl::unexpected(secrets.error());
  to.cookies.emplace(*std::move(secrets));
  to.requires_cookies = from.require();
  return {};
}

Status ReadRates(const v1::RateLimitSettings& from, serve::RateLimits& to) {
  const uint32_t usual =
      from.has_responses_per_second() ? from.responses_per_second() : kDefaultPerSecond;
  to.per_second.fill(usual);
  const auto set = [&](AnswerClass answer, uint32_t rate) {
    to.per_second[static_cast<size_t>(answer)] = rate;
  };
  if (from.has_nxdomains_per_second()) set(AnswerClass::kNxDomain, from.nxdomains_per_second());
  if (from.has_errors_per_second()) set(AnswerClass::kError, from.errors_per_second());
  if (std::ranges::max(to.per_second) > kMaxPerSecond)
    return Invalid(fmt::format("rate_limit: more than {} a second", kMaxPerSecond));
  if (from.has_slip()) to.slip = from.slip();
  if (to.slip > kMaxSlip) return Invalid(fmt::format("rate_limit.slip: is above {}", kMaxSlip));
  return {};
}

Status ReadRateLimit(const v1::RateLimitSettings& from, serve::Protection& to) {
  if (!from.enabled()) return {};
  if (Status status = ReadRates(from, to.rate_limits); !status) return status;
  auto exempt = ReadNetworks("rate_limit.exempt", from.exempt());
  if (!exempt) return tl::unexpected(exempt.error());
  to.rate_limits.exempt = *std::move(exempt);
  const uint32_t accounts = from.accounts() > 0 ? from.accounts() : kDefaultAccounts;
  if (accounts < serve::RateLimiter::kMinAccounts || accounts > kMaxAccounts) {
    return Invalid(fmt::format("rate_limit.accounts: must be {} to {}",
                               serve::RateLimiter::kMinAccounts, kMaxAccounts));
  }
  to.limiter = std::make_shared<serve::RateLimiter>(accounts, RandomKey());
  return {};
}

Status ReadAccess(const v1::DirectorSettings& from, serve::Protection& to) {
  if (from.allow_query().empty()) return {};
  auto networks = ReadNetworks("allow_query", from.allow_query());
  if (!networks) return tl::unexpected(networks.error());
  to.allow_query = *std::move(networks);
  return {};
}

Status ReadFronts(const v1::DirectorSettings& from, serve::Protection& to) {
  auto networks = ReadNetworks("proxy_from", from.proxy_from());
  if (!networks) return tl::unexpected(networks.error());
  to.fronts = *std::move(networks);
  return {};
}

Status ReadTls(const v1::TlsSettings& from, serve::Protection& to) {
  if (from.cert().empty() && from.key().empty()) return {};
  const std::string& version = from.min_version();
  if (!version.empty() && version != "1.2" && version != "1.3")
    return Invalid(fmt::format("tls.min_version: {} is neither 1.2 nor 1.3", version));
  const auto min = version == "1.3" ? tls::MinVersion::kTls13 : tls::MinVersion::kTls12;
  auto credentials = tls::Credentials::Load({from.cert(), from.key(), min});
  if (!credentials) return Invalid("tls: " + credentials.error().message);
  to.credentials = *std::move(credentials);
  return {};
}

Status ReadPayload(const v1::DirectorSettings& from, serve::Protection& to) {
  if (from.max_udp_payload() == 0) return {};
  if (from.max_udp_payload() < wire::kMinUdpPayload ||
      from.max_udp_payload() > wire::kUdpPayloadCeiling) {
    return Invalid(fmt::format("max_udp_payload: must be {} to {}", wire::kMinUdpPayload,
                               wire::kUdpPayloadCeiling));
  }
  to.max_udp_payload = static_cast<uint16_t>(from.max_udp_payload());
  return {};
}

}  // namespace

Result<serve::Protection> ReadProtection(const v1::DirectorSettings& from) {
  serve::Protection protection;
  for (const Status& status :
       {ReadPayload(from, protection), ReadAccess(from, protection), ReadFronts(from, protection),
        ReadTls(from.tls(), protection), ReadCookies(from.cookies(), protection),
        ReadRateLimit(from.rate_limit(), protection)}) {
    if (!status) return tl::unexpected(status.error());
  }
  return protection;
}

}  // namespace waypost::control
