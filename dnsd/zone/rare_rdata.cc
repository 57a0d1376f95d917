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

/// A gateway or relay, of whose kind the number in `kind_word` speaks: none, IPv4, IPv6 or a name.
Status AppendHost(uint16_t type, size_t kind, std::string_view kind_word,
                  std::span<const std::string_view> host, NameView origin,
                  std::vector<uint8_t>& rdata) {
  constexpr std::string_view kFields[] = {"", "4", "6", "n"};
  if (kind >= std::size(kFields)) return BadWord(kind_word, "a type of gateway from 0 to 3");
  if (kind > 0) return ParsePlainRdata({type, "", kFields[kind]}, host, origin, rdata);
  if (host[0] != ".") return BadWord(host[0], "\".\", for no gateway");
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
  constexpr size_t kNumbers = 3;
  if (words.size() <= kNumbers) {
    return Fail(ErrorCode::kInvalid, "IPSECKEY has three numbers, a gateway and a key");
  }
  Status read =
      ParsePlainRdata({kIpsecKey, "IPSECKEY", "111"}, words.first(kNumbers), origin, rdata);
  if (!read) return read;
  const auto gateway = words.subspan(kNumbers, 1);
  read = AppendHost(kIpsecKey, rdata[1], words[1], gateway, origin, rdata);
  const auto key = words.subspan(kNumbers + 1);
  return read && !key.empty() ? AppendBase64(key, rdata) : read;
}

Status ParseAmtRelay(std::span<const std::string_view> words, NameView origin,
                     std::vector<uint8_t>& rdata) {
  constexpr size_t kWords = 4;
  constexpr size_t kDiscoveryShift = 7;
  if (words.size() != kWords) {
    return Fail(ErrorCode::kInvalid, "AMTRELAY has three numbers and a relay");
  }
  const auto precedence = ParseNumber(words[0], 255);
  const auto discovery = ParseNumber(words[1], 1);
  const auto kind = ParseNumber(words[2], 127);
  if (!precedence) return BadWord(words[0], "a precedence from 0 to 255");
  if (!discovery) return BadWord(words[1], "a discovery bit, 0 or 1");
  if (!kind) return BadWord(words[2], "a type of gateway from 0 to 3");
  rdata.push_back(static_cast<uint8_t>(*precedence));
  rdata.push_back(static_cast<uint8_t>(*discovery << kDiscoveryShift | *kind));
  return AppendHost(kAmtRelay, *kind, words[2], words.subspan(3), origin, rdata);
}

}  // namespace waypost::zone
