#include "dnsd/control/key_files.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "dnsd/config/catalog.h"
#include "dnsd/wire/name.h"

namespace waypost::control {
namespace {

/// Base64 of the longest secret, with room for line ends.
constexpr size_t kMaxFileOctets = 1024;

transfer::Algorithm AlgorithmOf(v1::KeyAlgorithm algorithm) {
  switch (algorithm) {
    case v1::KEY_ALGORITHM_HMAC_SHA1:
      return transfer::Algorithm::kHmacSha1;
    case v1::KEY_ALGORITHM_HMAC_SHA384:
      return transfer::Algorithm::kHmacSha384;
    case v1::KEY_ALGORITHM_HMAC_SHA512:
      return transfer::Algorithm::kHmacSha512;
    default:
      return transfer::Algorithm::kHmacSha256;
  }
}

Result<std::string> LoadSecret(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return Fail(ErrorCode::kUnavailable, fmt::format("cannot be opened: {}", strerror(errno)));
  }
  std::array<char, kMaxFileOctets + 1> text;
  file.read(text.data(), text.size());
  const auto octets = static_cast<size_t>(file.gcount());
  if (octets > kMaxFileOctets) return Fail(ErrorCode::kInvalid, "is too long for a secret");
  return transfer::ParseSecret({text.data(), octets});
}

}  // namespace

transfer::KeyRing LoadKeys(const config::ResourceSet& resources, Problems& problems) {
  transfer::KeyRing keys;
  for (const auto& [text, declared] : config::CatalogOf(resources).keys) {
    const auto name = wire::Name::Parse(text);
    if (!name) continue;  // config::Validate says so
    auto secret = LoadSecret(declared->secret_file());
    if (!secret) {
      problems.push_back(
          {"", 0, fmt::format("key \"{}\"", text), "secret_file",
           fmt::format("\"{}\" {}", declared->secret_file(), secret.error().message)});
      continue;
    }
    keys[std::string(name->wire())] = std::make_shared<transfer::TsigKey>(
        transfer::TsigKey{std::string(name->Lowered().wire()), AlgorithmOf(declared->algorithm()),
                          *std::move(secret)});
  }
  return keys;
}

}  // namespace waypost::control
