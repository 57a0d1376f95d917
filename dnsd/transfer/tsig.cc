#include "dnsd/transfer/tsig.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <vector>

#include "dnsd/wire/header.h"
#include "dnsd/wire/octets.h"

namespace waypost::transfer {
namespace {

constexpr size_t kMaxSecretOctets = 512;
/// RFC 8945 section 5.2.2.1: a MAC is not cut shorter than this, nor than half of its length.
constexpr size_t kMinMacOctets = 10;
constexpr unsigned kMaxUnsignedMessages = 99;

struct AlgorithmFacts {
  std::string_view name;  // wire format
  const EVP_MD* (*digest)();
};

const AlgorithmFacts& FactsOf(Algorithm algorithm) {
  using namespace std::string_view_literals;
  static constexpr AlgorithmFacts kFacts[] = {
      {"\x09hmac-sha1\0"sv, &EVP_sha1},
      {"\x0bhmac-sha256\0"sv, &EVP_sha256},
      {"\x0bhmac-sha384\0"sv, &EVP_sha384},
      {"\x0bhmac-sha512\0"sv, &EVP_sha512},
  };
  return kFacts[static_cast<size_t>(algorithm)];
}

std::string Mac(const TsigKey& key, std::string_view data) {
  std::array<uint8_t, EVP_MAX_MD_SIZE> mac;
  unsigned octets = 0;
  HMAC(FactsOf(key.algorithm).digest(), key.secret.data(), static_cast<int>(key.secret.size()),
       reinterpret_cast<const uint8_t*>(data.data()), data.size(), mac.data(), &octets);
  return {reinterpret_cast<const char*>(mac.data()), octets};
}

void AppendNumber(std::string& out, uint64_t value, size_t octets) {
  for (size_t i = octets; i-- > 0;) out += static_cast<char>(value >> (8 * i));
}

void AppendSized(std::string& out, std::string_view octets) {
  AppendNumber(out, octets.size(), 2);
  out += octets;
}

/// RFC 8945 section 4.3.3; later messages of an exchange sign the times only (section 5.3.1).
void AppendVariables(std::string& data, const Tsig& tsig, bool timers_only) {
  if (!timers_only) {
    data += tsig.key;
    AppendNumber(data, kClassAny, 2);
    AppendNumber(data, 0, 4);
    data += tsig.algorithm;
  }
  AppendNumber(data, tsig.time_s, 6);
  AppendNumber(data, tsig.fudge_s, 2);
  if (timers_only) return;
  AppendNumber(data, tsig.error, 2);
  AppendSized(data, tsig.other);
}

/// The message as it was before the TSIG was added (RFC 8945 section 5.2.2).
std::string WithoutTsig(std::span<const uint8_t> octets, const Tsig& tsig) {
  std::string bare(reinterpret_cast<const char*>(octets.data()), tsig.at);
  auto* const header = reinterpret_cast<uint8_t*>(bare.data());
  wire::WriteU16(header + wire::kIdAt, tsig.original_id);
  uint8_t* const count = header + wire::kAdditionalCountAt;
  wire::WriteU16(count, static_cast<uint16_t>(wire::ReadU16(count) - 1));
  return bare;
}

uint64_t Seconds(Wall now) {
  return static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count());
}

TsigError CheckLength(size_t octets, size_t full) {
  if (octets > full || octets < std::max(kMinMacOctets, full / 2)) return TsigError::kFormErr;
  return TsigError::kNone;
}

bool IsSame(std::string_view mac, const std::string& right) {
  return CRYPTO_memcmp(mac.data(), right.data(), mac.size()) == 0;
}

bool IsNear(const Tsig& tsig, Wall now) {
  const uint64_t now_s = Seconds(now);
  const uint64_t apart = std::max(now_s, tsig.time_s) - std::min(now_s, tsig.time_s);
  return apart <= tsig.fudge_s;
}

/// The order of the checks is that of RFC 8945 section 5.2: MAC, then time.
TsigError CheckMac(const TsigKey& key, const Tsig& tsig, const std::string& data, Wall now) {
  const std::string right = Mac(key, data);
  const TsigError length = CheckLength(tsig.mac.size(), right.size());
  if (length != TsigError::kNone) return length;
  if (!IsSame(tsig.mac, right)) return TsigError::kBadSig;
  return IsNear(tsig, now) ? TsigError::kNone : TsigError::kBadTime;
}

size_t AppendRecord(std::span<uint8_t> buffer, size_t octets, const Tsig& tsig) {
  std::string rdata = tsig.algorithm;
  AppendNumber(rdata, tsig.time_s, 6);
  AppendNumber(rdata, tsig.fudge_s, 2);
  AppendSized(rdata, tsig.mac);
  AppendNumber(rdata, tsig.original_id, 2);
  AppendNumber(rdata, tsig.error, 2);
  AppendSized(rdata, tsig.other);
  std::string record = tsig.key;
  AppendNumber(record, wire::kTypeTsig, 2);
  AppendNumber(record, kClassAny, 2);
  AppendNumber(record, 0, 4);
  AppendSized(record, rdata);
  std::copy(record.begin(), record.end(), buffer.begin() + static_cast<ptrdiff_t>(octets));
  uint8_t* const count = buffer.data() + wire::kAdditionalCountAt;
  wire::WriteU16(count, static_cast<uint16_t>(wire::ReadU16(count) + 1));
  return octets + record.size();
}

}  // namespace

Result<std::string> ParseSecret(std::string_view base64) {
  std::vector<uint8_t> text;
  for (const char c : base64) {
    if (c != ' ' && c != '\n' && c != '\r' && c != '\t') text.push_back(static_cast<uint8_t>(c));
  }
  const auto bad = [](const char* why) { return Fail(ErrorCode::kInvalid, why); };
  if (text.empty() || text.size() % 4 != 0) return bad("the secret is not in base64");
  std::string secret(text.size() / 4 * 3, '\0');
  const int octets = EVP_DecodeBlock(reinterpret_cast<uint8_t*>(secret.data()), text.data(),
                                     static_cast<int>(text.size()));
  if (octets < 0) return bad("the secret is not in base64");
  const auto padding = std::count(text.end() - 2, text.end(), uint8_t{'='});
  secret.resize(static_cast<size_t>(octets) - static_cast<size_t>(padding));
  OPENSSL_cleanse(text.data(), text.size());
  if (secret.size() > kMaxSecretOctets) return bad("the secret is longer than 512 octets");
  return secret;
}

size_t TsigSigner::SignWith(std::span<uint8_t> buffer, size_t octets, const Tsig& fields) {
  Tsig tsig = fields;
  tsig.key = key_->name;
  tsig.algorithm = FactsOf(key_->algorithm).name;
  tsig.original_id = wire::ReadU16(buffer.data() + wire::kIdAt);
  std::string data;
  if (!prior_mac_.empty()) AppendSized(data, prior_mac_);
  data.append(reinterpret_cast<const char*>(buffer.data()), octets);
  AppendVariables(data, tsig, !is_first_);
  tsig.mac = Mac(*key_, data);
  prior_mac_ = tsig.mac;
  is_first_ = false;
  return AppendRecord(buffer, octets, tsig);
}

size_t TsigSigner::octets() const {
  const AlgorithmFacts& facts = FactsOf(key_->algorithm);
  return key_->name.size() + 10 + facts.name.size() + 16 +
         static_cast<size_t>(EVP_MD_get_size(facts.digest()));
}

size_t TsigSigner::Sign(std::span<uint8_t> buffer, size_t octets, Wall now) {
  Tsig tsig;
  tsig.time_s = Seconds(now);
  tsig.fudge_s = kFudgeS;
  return SignWith(buffer, octets, tsig);
}

size_t TsigSigner::SignBadTime(std::span<uint8_t> buffer, size_t octets, uint64_t request_time_s,
                               Wall now) {
  Tsig tsig;
  tsig.time_s = request_time_s;
  tsig.fudge_s = kFudgeS;
  tsig.error = static_cast<uint16_t>(TsigError::kBadTime);
  AppendNumber(tsig.other, Seconds(now), 6);
  return SignWith(buffer, octets, tsig);
}

TsigVerdict CheckRequest(std::span<const uint8_t> octets, const Message& message,
                         const KeyRing& keys, Wall now) {
  if (!message.tsig) return {};
  const Tsig& tsig = *message.tsig;
  const auto key = keys.find(tsig.key);
  if (key == keys.end() || FactsOf(key->second->algorithm).name != tsig.algorithm) {
    return {nullptr, TsigError::kBadKey};
  }
  std::string data = WithoutTsig(octets, tsig);
  AppendVariables(data, tsig, false);
  return {key->second, CheckMac(*key->second, tsig, data, now)};
}

size_t AppendUnsigned(std::span<uint8_t> buffer, size_t octets, const Tsig& request,
                      TsigError error) {
  Tsig tsig = request;
  tsig.mac.clear();
  tsig.other.clear();
  tsig.error = static_cast<uint16_t>(error);
  return AppendRecord(buffer, octets, tsig);
}

TsigError TsigChecker::Check(std::span<const uint8_t> octets, const Message& message, Wall now) {
  if (!message.tsig) {
    if (is_first_ || ++unsigned_count_ > kMaxUnsignedMessages) return TsigError::kBadSig;
    unsigned_.append(reinterpret_cast<const char*>(octets.data()), octets.size());
    return TsigError::kNone;
  }
  const Tsig& tsig = *message.tsig;
  if (tsig.key != key_->name || tsig.algorithm != FactsOf(key_->algorithm).name) {
    return TsigError::kBadKey;
  }
  std::string data;
  AppendSized(data, prior_mac_);
  data += unsigned_ + WithoutTsig(octets, tsig);
  AppendVariables(data, tsig, !is_first_);
  const TsigError error = CheckMac(*key_, tsig, data, now);
  if (error != TsigError::kNone) return error;
  prior_mac_ = tsig.mac;
  unsigned_.clear();
  unsigned_count_ = 0;
  is_first_ = false;
  return tsig.error == 0 ? TsigError::kNone : static_cast<TsigError>(tsig.error);
}

}  // namespace waypost::transfer
