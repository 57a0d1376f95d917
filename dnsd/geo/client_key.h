// The clients that a measured time is of: a prefix, an autonomous system, a country or a city.
//
// Thread safety: values. Errors: text that names none of these gives an Error that quotes it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dnsd/base/ip.h"
#include "dnsd/base/result.h"
#include "dnsd/geo/vocabulary.h"

namespace waypost::geo {

struct ClientKey {
  enum class Kind : uint8_t { kPrefix, kAsn, kCountry, kCity };

  Kind kind = Kind::kPrefix;
  IpPrefix prefix;
  uint32_t asn = 0;
  CountryCode country = 0;  // of kCountry and kCity
  std::string city;         // as written

  /// prefix:192.0.2.0/24, asn:64500, country:IE or city:IE/Dublin.
  static Result<ClientKey> Parse(std::string_view text);
  /// The same, or short: 192.0.2.0/24, AS64500, IE.
  static Result<ClientKey> ParseShort(std::string_view text);
  /// In the form that Parse reads.
  std::string ToString() const;
};

/// ASCII letters lowered: how names of cities and subdivisions are compared.
std::string Lowered(std::string_view text);

}  // namespace waypost::geo
