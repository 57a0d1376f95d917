// The world's countries: code, continent, centroid. For databases that know no more than the
// country, and to check what operators write.
//
// Thread safety: constants.
#pragma once

#include "dnsd/geo/vocabulary.h"

namespace waypost::geo {

struct Country {
  CountryCode code = 0;
  Continent continent = Continent::kUnknown;
  Coordinates centroid;
};

/// nullptr: no such country.
const Country* FindCountry(CountryCode code) noexcept;

constexpr CountryCode PackCountry(char first, char second) {
  return static_cast<CountryCode>(static_cast<unsigned char>(first) << 8 |
                                  static_cast<unsigned char>(second));
}

/// Fills in what follows from the country: continent, and the centroid where coordinates are
/// missing.
void CompleteFromCountry(Place& place);

}  // namespace waypost::geo
