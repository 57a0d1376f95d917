// Types that the lookup algorithm itself must know (IANA DNS parameters).
//
// Thread safety: constants.
#pragma once

#include <cstdint>

namespace waypost::zone {

enum Type : uint16_t {
  kA = 1,
  kNs = 2,
  kCname = 5,
  kSoa = 6,
  kWks = 11,
  kPtr = 12,
  kMx = 15,
  kTxt = 16,
  kKey = 25,
  kAaaa = 28,
  kSrv = 33,
  kDname = 39,
  kOpt = 41,
  kDs = 43,
  kIpsecKey = 45,
  kRrsig = 46,
  kNsec = 47,
  kSvcb = 64,
  kHttps = 65,
  kIxfr = 251,
  kAxfr = 252,
  kAny = 255,
  kAmtRelay = 260,
};

/// May stand beside a CNAME (RFC 4035 section 2.5).
constexpr bool GoesBesideCname(uint16_t type) {
  return type == kKey || type == kRrsig || type == kNsec;
}

}  // namespace waypost::zone
