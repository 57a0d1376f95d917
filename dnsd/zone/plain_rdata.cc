#include "dnsd/zone/plain_rdata.h"

#include <fmt/format.h>

#include <algorithm>

#include "dnsd/base/ip.h"
#include "dnsd/zone/bad_text.h"
#include "dnsd/zone/escape.h"
#include "dnsd/zone/name_text.h"
#include "dnsd/zone/record_head.h"
#include "dnsd/zone/zone.h"

namespace waypost::zone {
namespace {

constexpr PlainType kPlainTypes[] = {
    {kA, "A", "4"},         {kAaaa, "AAAA", "6"},     {kNs, "NS", "n"},
    {kCname, "CNAME", "n"}, {kPtr, "PTR", "n"},       {kMx, "MX", "2n"},
    {kSrv, "SRV", "222n"},  {kSoa, "SOA", "nn5tttt"}, {kDname, "DNAME", "n"},
};

void AppendNumber(uint64_t value, size_t octets, std::vector<uint8_t>& rdata) {
  for (size_t i = octets; i-- > 0;) rdata.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

Status AppendAddress(std::string_view word, IpFamily family, std::vector<uint8_t>& rdata) {
  const auto address = IpAddress::Parse(word);
  if (!address || address->family() != family) {
    return BadWord(word, family == IpFamily::kV4 ? "an IPv4 address" : "an IPv6 address");
  }
  uint8_t octets[16];
  rdata.insert(rdata.end(), octets, octets + address->WriteBytes(octets));
  return {};
}

Status AppendName(std::string_view word, NameView origin, std::vector<uint8_t>& rdata) {
  NameBuffer name;
  if (Status parsed = ParseNameText(word, origin, name); !parsed) return parsed;
  rdata.insert(rdata.end(), name.octets, name.octets + name.size);
  return {};
}

Status AppendInteger(std::string_view word, size_t octets, std::vector<uint8_t>& rdata) {
  const uint32_t max = 0xFFFFFFFF >> (32 - 8 * octets);
  const auto number = ParseNumber(word, max);
  if (!number) return BadWord(word, fmt::format("a number from 0 to {}", max));
  AppendNumber(*number, octets, rdata);
  return {};
}

Status AppendPeriod(std::string_view word, std::vector<uint8_t>& rdata) {
  const auto period = ParsePeriod(word);
  if (!period) return BadWord(word, "a number of seconds or a period such as 1h30m");
  AppendNumber(*period, 4, rdata);
  return {};
}

Status AppendField(char field, std::string_view word, NameView origin,
                   std::vector<uint8_t>& rdata) {
  switch (field) {
    case '4':
      return AppendAddress(word, IpFamily::kV4, rdata);
    case '6':
      return AppendAddress(word, IpFamily::kV6, rdata);
    case 'n':
      return AppendName(word, origin, rdata);
    case '1':
      return AppendInteger(word, 1, rdata);
    case '2':
      return AppendInteger(word, 2, rdata);
    case '5':
      return AppendInteger(word, 4, rdata);
    default:
      return AppendPeriod(word, rdata);
  }
}

uint32_t SecondsIn(char unit) {
  switch (wire::Lower(static_cast<uint8_t>(unit))) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 3600;
    case 'd':
      return 86400;
    case 'w':
      return 604800;
    default:
      return 0;
  }
}

}  // namespace

const PlainType* FindPlainType(uint16_t type) {
  for (const PlainType& plain : kPlainTypes) {
    if (plain.type == type) return &plain;
  }
  return nullptr;
}

const PlainType* FindPlainType(std::string_view mnemonic) {
  for (const PlainType& plain : kPlainTypes) {
    if (EqualsIgnoringCase(plain.mnemonic, mnemonic)) return &plain;
  }
  return nullptr;
}

Status ParsePlainRdata(const PlainType& type, std::span<const std::string_view> words,
                       NameView origin, std::vector<uint8_t>& rdata) {
  if (words.size() != type.fields.size()) {
    return Fail(ErrorCode::kInvalid,
                fmt::format("{} has {} field{}, not {}", type.mnemonic, type.fields.size(),
                            type.fields.size() == 1 ? "" : "s", words.size()));
  }
  for (size_t i = 0; i < words.size(); ++i) {
    if (Status read = AppendField(type.fields[i], words[i], origin, rdata); !read) return read;
  }
  return {};
}

std::optional<size_t> NameOffset(uint16_t type) {
  const PlainType* const plain = FindPlainType(type);
  if (plain == nullptr || std::count(plain->fields.begin(), plain->fields.end(), 'n') != 1) {
    return std::nullopt;
  }
  return 2 * plain->fields.find('n');
}

std::optional<uint32_t> ParseNumber(std::string_view text, uint32_t max) {
  uint64_t value = 0;
  for (const char c : text) {
    if (!IsDigit(c)) return std::nullopt;
    value = value * 10 + static_cast<uint64_t>(c - '0');
    if (value > max) return std::nullopt;
  }
  if (text.empty()) return std::nullopt;
  return static_cast<uint32_t>(value);
}

std::optional<uint32_t> ParsePeriod(std::string_view text) {
  constexpr uint64_t kMax = 0xFFFFFFFF;
  uint64_t total = 0;
  while (!text.empty()) {
    const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = ParseNumber(text.substr(0, digits), kMax);
    const bool has_unit = digits < text.size();
    const uint32_t unit = has_unit ? SecondsIn(text[digits]) : 1;
    if (!number || unit == 0) return std::nullopt;
    total += uint64_t{*number} * unit;
    if (total > kMax) return std::nullopt;
    text.remove_prefix(digits + (has_unit ? 1 : 0));
    if (text.empty()) return static_cast<uint32_t>(total);
  }
  return std::nullopt;
}

}  // namespace waypost::zone
