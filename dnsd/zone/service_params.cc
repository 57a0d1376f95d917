#include "dnsd/zone/service_params.h"

#include <fmt/format.h>

#include <array>
#include <map>
#include <string>
#include <string_view>

#include "dnsd/wire/octets.h"
#include "dnsd/zone/bad_text.h"
#include "dnsd/zone/wire_names.h"

namespace waypost::zone {
namespace {

enum Key : uint16_t {
  kMandatory = 0,
  kAlpn = 1,
  kNoDefaultAlpn = 2,
  kPort = 3,
  kIpv4Hint = 4,
  kIpv6Hint = 6,
};

using Params = std::map<uint16_t, std::span<const uint8_t>>;

std::string NameOf(uint16_t key) {
  constexpr std::array<std::string_view, 7> kNames = {
      "mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint"};
  return key < kNames.size() ? std::string(kNames[key]) : fmt::format("key{}", key);
}

/// Names that are not empty, each with its length.
bool IsAlpn(std::span<const uint8_t> value) {
  size_t at = 0;
  while (at < value.size() && value[at] != 0) at += 1 + size_t{value[at]};
  return !value.empty() && at == value.size();
}

bool IsListOf(size_t octets, std::span<const uint8_t> value) {
  return !value.empty() && value.size() % octets == 0;
}

bool IsGoodValue(uint16_t key, std::span<const uint8_t> value) {
  switch (key) {
    case kMandatory:
      return IsListOf(2, value);
    case kAlpn:
      return IsAlpn(value);
    case kNoDefaultAlpn:
      return value.empty();
    case kPort:
      return value.size() == 2;
    case kIpv4Hint:
      return IsListOf(4, value);
    case kIpv6Hint:
      return IsListOf(16, value);
    default:
      return true;
  }
}

Status CheckMandatory(const Params& params) {
  int last = kMandatory;
  for (auto rest = params.at(kMandatory); !rest.empty(); rest = rest.subspan(2)) {
    const uint16_t key = wire::ReadU16(rest.data());
    if (key <= last) return BadText(fmt::format("mandatory names {} twice or itself", NameOf(key)));
    if (!params.contains(key))
      return BadText(fmt::format("{} is mandatory and missing", NameOf(key)));
    last = key;
  }
  return {};
}

}  // namespace

Status CheckServiceParams(std::span<const uint8_t> rdata) {
  Params params;
  int last = -1;
  size_t at = 2 + NameAt(rdata.data() + 2).size();
  while (at + 4 <= rdata.size()) {
    const uint16_t key = wire::ReadU16(rdata.data() + at);
    const size_t octets = wire::ReadU16(rdata.data() + at + 2);
    if (key <= last) return BadText(fmt::format("{} is given twice or too late", NameOf(key)));
    if (octets > rdata.size() - at - 4) break;
    const auto value = rdata.subspan(at + 4, octets);
    if (!IsGoodValue(key, value)) {
      return BadText(fmt::format("{} has no value, or none that it can have", NameOf(key)));
    }
    params[key] = value;
    last = key;
    at += 4 + octets;
  }
  if (at != rdata.size()) return BadText("a parameter is cut off");
  if (params.contains(kNoDefaultAlpn) && !params.contains(kAlpn)) {
    return BadText("no-default-alpn wants alpn, which is missing");
  }
  return params.contains(kMandatory) ? CheckMandatory(params) : Status();
}

}  // namespace waypost::zone
