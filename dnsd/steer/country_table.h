// Something for each country, found in one load: country codes are two letters, so 676 places and
// one for the unknown.
//
// Thread safety: a value.
#pragma once

#include <array>
#include <cstdint>

#include "dnsd/geo/vocabulary.h"

namespace waypost::steer {

template <typename T>
class CountryTable {
 public:
  explicit CountryTable(T everywhere) { values_.fill(everywhere); }

  T& operator[](geo::CountryCode country) { return values_[Place(country)]; }
  const T& operator[](geo::CountryCode country) const noexcept { return values_[Place(country)]; }

 private:
  static constexpr unsigned kUnknown = 26 * 26;

  static constexpr unsigned Place(geo::CountryCode country) noexcept {
    const unsigned first = (country >> 8) - unsigned{'A'};
    const unsigned second = (country & 0xFF) - unsigned{'A'};
    return first < 26 && second < 26 ? first * 26 + second : kUnknown;
  }

  std::array<T, kUnknown + 1> values_;
};

}  // namespace waypost::steer
