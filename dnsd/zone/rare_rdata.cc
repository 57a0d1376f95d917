#include "dnsd/zone/rare_rdata.h"

#include <optional>

#include "dnsd/zone/bad_text.h"
#include "dnsd/zone/plain_rdata.h"
#include "dnsd/zone/record_head.h"
#include "dnsd/zone/type.h"

namespace waypost::zone {
namespace {

struct Number {
  std::string_view name;
  uint16_t value;
};

constexpr Number kProtocols[] = {{"icmp", 1}, {"tcp", 6}, {"udp", 17}};
constexpr Number kServices[] = {
    {"echo", 7},    {"discard", 9}, {"daytime", 13}, {"ftp-data", 20}, {"ftp", 21},
    {"ssh", 22},    {"telnet", 23}, {"smtp", 25},    {"time", 37},     {"nameserver", 42},
    {"domain", 53}, {"tftp", 69},   {"finger", 79},  {"http", 80},     {"pop3", 110},
    {"nntp", 119},  {"ntp", 123},   {"imap", 143},   {"snmp", 161},    {"https", 443},
};

std::optional<uint32_t> NumberOf(std::string_view word, std::span<const Number> named,
                                 uint32_t max) {
  for (const Number& number : named) {
    if (EqualsIgnoringCase(number.name, word)) return number.value;
  }
  return ParseNumber(word, max);
}

Status AppendBase64(std::span<const std::string_view> words, std::vector<uint8_t>& rdata) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  uint32_t bits = 0;
  size_t digits = 0;
  size_t padding = 0;
  for (const std::string_view word : words) {
    for (const char c : word) {
      const size_t digit = kDigits.find(c);
      if (c == '=') {
        ++padding;
        continue;
      }
      if (digit == kDigits.npos || padding > 0) return BadWord(word, "base64");
      bits = bits << 6 | static_cast<uint32_t>(digit);
      const size_t rest = ++digits % 4;
      // Of 6, 12, 18 and 24 bits the last whole octet.
      if (rest != 1) rdata.push_back(static_cast<uint8_t>(bits >> (rest == 0 ? 0 : 8 - 2 * rest)));
    }
  }
  if ((digits + padding) % 4 != 0 || padding > 2) return BadWord(words.back(), "the end of base64");
  return {};
}

}  // namespace

Status ParseWks(std::span<const std::string_view> words, NameView origin,
                std::vector<uint8_t>& rdata) {
  if (words.size() < 2) return Fail(ErrorCode::kInvalid, "WKS has an address and a protocol");
  if (Status read = ParsePlainRdata({kWks, "WKS", "4"}, words.first(1), origin, rdata); !read) {
    return read;
  }
  const auto protocol = NumberOf(words[1], kProtocols, 255);
  if (!protocol) return BadWord(words[1], "a protocol");
  rdata.push_back(static_cast<uint8_t>(*protocol));
  const size_t map = rdata.size();
  for (const std::string_view word : words.subspan(2)) {
    const auto port = NumberOf(word, kServices, 65535);
    if (!port) return BadWord(word, "a service; others than the best known are read as numbers");
    const size_t at = map + *port / 8;
    if (at >= rdata.size()) rdata.resize(at + 1);
    rdata[at] = static_cast<uint8_t>(rdata[at] | 0x80 >> *port % 8);
  }
  return {};
}

Status ParseIpsecKey(std::span<const std::string_view> words, NameView origin,
                     std::vector<uint8_t>& rdata) {
  constexpr std::string_view kGateways[] = {"", "4", "6", "n"};
  constexpr size_t kNumbers = 3;
  if (words.size() <= kNumbers) {
    return Fail(ErrorCode::kInvalid, "IPSECKEY has three numbers, a gateway and a key");
  }
  Status read =
      ParsePlainRdata({kIpsecKey, "IPSECKEY", "111"}, words.first(kNumbers), origin, rdata);
  if (!read) return read;
  const size_t kind = rdata[1];
  if (kind >= std::size(kGateways)) return BadWord(words[1], "a type of gateway from 0 to 3");
  const auto gateway = words.subspan(kNumbers, 1);
  if (kind == 0 && gateway[0] != ".") return BadWord(gateway[0], "\".\", for no gateway");
  if (kind != 0) read = ParsePlainRdata({kIpsecKey, "", kGateways[kind]}, gateway, origin, rdata);
  const auto key = words.subspan(kNumbers + 1);
  return read && !key.empty() ? AppendBase64(key, rdata) : read;
}

}  // namespace waypost::zone
