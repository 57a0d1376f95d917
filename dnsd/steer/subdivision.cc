#include "dnsd/steer/subdivision.h"

#include <algorithm>

#include "dnsd/geo/atlas.h"
#include "dnsd/geo/subdivision_table.h"

namespace waypost::steer {

namespace {

// ISO 3166-2: one to three letters or digits after the country.
constexpr size_t kMaxCodeLength = 3;
constexpr size_t kCountryLength = 3;  // with the hyphen

char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool IsCode(std::string_view text) { return text.size() <= kCountryLength + kMaxCodeLength; }

std::string Lowered(std::string_view text) {
  std::string lowered(text);
  std::transform(lowered.begin(), lowered.end(), lowered.begin(), Lower);
  return lowered;
}

void Capitalise(std::string& text) {
  const bool is_code = IsCode(text);
  for (size_t i = 0; i < text.size(); ++i) {
    const bool starts_word = i > 0 && (text[i - 1] == ' ' || text[i - 1] == '-');
    if (i < kCountryLength || is_code || starts_word) text[i] = Upper(text[i]);
  }
}

}  // namespace

std::string CanonicalSubdivision(std::string_view text) {
  std::string canonical = Lowered(text);
  if (canonical.size() <= kCountryLength || canonical[2] != '-') return "";
  const auto known = geo::KnownSubdivisions();
  const auto at = std::find_if(known.begin(), known.end(),
                               [&](const auto& words) { return words.name == canonical; });
  if (at != known.end()) canonical = at->code;
  Capitalise(canonical);
  return geo::ParseCountry(canonical.substr(0, 2)) == 0 ? "" : canonical;
}

std::string SubdivisionOf(const geo::Place& place) {
  if (place.country == 0 || place.subdivision.empty()) return "";
  return CanonicalSubdivision(geo::CountryName(place.country) + "-" + place.subdivision);
}

}  // namespace waypost::steer
