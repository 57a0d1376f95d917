// Which jurisdictions a client may stand under, as bits, for `residency` steps.
//
// Built in: gdpr, the 30 countries of the European Economic Area: Regulation (EU) 2016/679 in the
// 27 member states of the Union, and in Iceland, Liechtenstein and Norway by Decision of the EEA
// Joint Committee No 154/2018. A step may add values, or countries to a value.
//
// Thread safety: immutable after Parse.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dnsd/steer/country_table.h"

namespace waypost::steer {

/// A set of values; at most kMaxJurisdictions in one step.
using JurisdictionSet = uint64_t;
inline constexpr size_t kMaxJurisdictions = 64;

class Jurisdictions {
 public:
  Jurisdictions();

  /// The value's bit, which is added where there is room; 0: there is none.
  JurisdictionSet Add(std::string_view value);
  /// The bit of a value that was added, or 0.
  JurisdictionSet Find(std::string_view value) const;
  void AddCountry(geo::CountryCode country, JurisdictionSet bits) { countries_[country] |= bits; }
  JurisdictionSet Of(geo::CountryCode country) const noexcept { return countries_[country]; }
  /// "gdpr, swiss".
  std::string Text(JurisdictionSet set) const;

 private:
  std::vector<std::string> values_;
  CountryTable<JurisdictionSet> countries_{0};
};

}  // namespace waypost::steer
