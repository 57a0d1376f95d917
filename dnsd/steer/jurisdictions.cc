#include "dnsd/steer/jurisdictions.h"

#include <algorithm>

namespace waypost::steer {

namespace {

constexpr std::string_view kEea[] = {"AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR",
                                     "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU", "MT", "NL",
                                     "PL", "PT", "RO", "SK", "SI", "ES", "SE",  // the Union
                                     "IS", "LI", "NO"};
static_assert(std::size(kEea) == 30);

constexpr geo::CountryCode Code(std::string_view letters) {
  return static_cast<geo::CountryCode>(letters[0] << 8 | letters[1]);
}

}  // namespace

Jurisdictions::Jurisdictions() {
  const JurisdictionSet gdpr = Add("gdpr");
  for (const std::string_view country : kEea) AddCountry(Code(country), gdpr);
}

JurisdictionSet Jurisdictions::Add(std::string_view value) {
  if (const JurisdictionSet known = Find(value); known != 0) return known;
  if (values_.size() == kMaxJurisdictions) return 0;
  values_.emplace_back(value);
  return JurisdictionSet{1} << (values_.size() - 1);
}

JurisdictionSet Jurisdictions::Find(std::string_view value) const {
  const auto at = std::find(values_.begin(), values_.end(), value);
  return at == values_.end() ? 0 : JurisdictionSet{1} << (at - values_.begin());
}

std::string Jurisdictions::Text(JurisdictionSet set) const {
  std::string text;
  for (size_t i = 0; i < values_.size(); ++i) {
    if (((set >> i) & 1) != 0) text += (text.empty() ? "" : ", ") + values_[i];
  }
  return text;
}

}  // namespace waypost::steer
