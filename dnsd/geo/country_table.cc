// Source: our own compilation from public knowledge. Codes: the two-letter codes of ISO 3166-1, and
// XK, which databases use for Kosovo. Centroids: approximate, to half a degree or so for all but
// small countries, after the field "geographic coordinates" of the CIA World Factbook (public
// domain). Continents: where a country may be counted to two, the one that GeoNames gives (Russia
// and Cyprus: Europe; Turkey, Armenia, Azerbaijan and Georgia: Asia).
#include "dnsd/geo/country_table.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "dnsd/geo/atlas.h"

namespace waypost::geo {
namespace {

constexpr Continent AF = Continent::kAfrica;
constexpr Continent AN = Continent::kAntarctica;
constexpr Continent AS = Continent::kAsia;
constexpr Continent EU = Continent::kEurope;
constexpr Continent NA = Continent::kNorthAmerica;
constexpr Continent OC = Continent::kOceania;
constexpr Continent SA = Continent::kSouthAmerica;

constexpr Country Row(const char (&code)[3], Continent continent, double latitude,
                      double longitude) {
  return {PackCountry(code[0], code[1]), continent, {latitude, longitude}};
}

// By code.
// clang-format off
constexpr Country kCountries[] = {
    Row("AD", EU, 42.5, 1.5), Row("AE", AS, 24.0, 54.0), Row("AF", AS, 33.0, 65.0),
    Row("AG", NA, 17.05, -61.8), Row("AI", NA, 18.25, -63.17), Row("AL", EU, 41.0, 20.0),
    Row("AM", AS, 40.0, 45.0), Row("AO", AF, -12.5, 18.5), Row("AQ", AN, -90.0, 0.0),
    Row("AR", SA, -34.0, -64.0), Row("AS", OC, -14.33, -170.0), Row("AT", EU, 47.33, 13.33),
    Row("AU", OC, -27.0, 133.0), Row("AW", NA, 12.5, -69.97), Row("AX", EU, 60.2, 20.0),
    Row("AZ", AS, 40.5, 47.5), Row("BA", EU, 44.0, 18.0), Row("BB", NA, 13.17, -59.53),
    Row("BD", AS, 24.0, 90.0), Row("BE", EU, 50.83, 4.0), Row("BF", AF, 13.0, -2.0),
    Row("BG", EU, 43.0, 25.0), Row("BH", AS, 26.0, 50.55), Row("BI", AF, -3.5, 30.0),
    Row("BJ", AF, 9.5, 2.25), Row("BL", NA, 17.9, -62.83), Row("BM", NA, 32.33, -64.75),
    Row("BN", AS, 4.5, 114.67), Row("BO", SA, -17.0, -65.0), Row("BQ", NA, 12.18, -68.25),
    Row("BR", SA, -10.0, -55.0), Row("BS", NA, 24.25, -76.0), Row("BT", AS, 27.5, 90.5),
    Row("BV", AN, -54.43, 3.4), Row("BW", AF, -22.0, 24.0), Row("BY", EU, 53.0, 28.0),
    Row("BZ", NA, 17.25, -88.75), Row("CA", NA, 60.0, -95.0), Row("CC", AS, -12.5, 96.83),
    Row("CD", AF, 0.0, 25.0), Row("CF", AF, 7.0, 21.0), Row("CG", AF, -1.0, 15.0),
    Row("CH", EU, 47.0, 8.0), Row("CI", AF, 8.0, -5.0), Row("CK", OC, -21.23, -159.77),
    Row("CL", SA, -30.0, -71.0), Row("CM", AF, 6.0, 12.0), Row("CN", AS, 35.0, 105.0),
    Row("CO", SA, 4.0, -72.0), Row("CR", NA, 10.0, -84.0), Row("CU", NA, 21.5, -80.0),
    Row("CV", AF, 16.0, -24.0), Row("CW", NA, 12.17, -69.0), Row("CX", AS, -10.5, 105.67),
    Row("CY", EU, 35.0, 33.0), Row("CZ", EU, 49.75, 15.5), Row("DE", EU, 51.0, 9.0),
    Row("DJ", AF, 11.5, 43.0), Row("DK", EU, 56.0, 10.0), Row("DM", NA, 15.42, -61.33),
    Row("DO", NA, 19.0, -70.67), Row("DZ", AF, 28.0, 3.0), Row("EC", SA, -2.0, -77.5),
    Row("EE", EU, 59.0, 26.0), Row("EG", AF, 27.0, 30.0), Row("EH", AF, 24.5, -13.0),
    Row("ER", AF, 15.0, 39.0), Row("ES", EU, 40.0, -4.0), Row("ET", AF, 8.0, 38.0),
    Row("FI", EU, 64.0, 26.0), Row("FJ", OC, -18.0, 175.0), Row("FK", SA, -51.75, -59.0),
    Row("FM", OC, 6.92, 158.25), Row("FO", EU, 62.0, -7.0), Row("FR", EU, 46.0, 2.0),
    Row("GA", AF, -1.0, 11.75), Row("GB", EU, 54.0, -2.0), Row("GD", NA, 12.12, -61.67),
    Row("GE", AS, 42.0, 43.5), Row("GF", SA, 4.0, -53.0), Row("GG", EU, 49.47, -2.58),
    Row("GH", AF, 8.0, -2.0), Row("GI", EU, 36.13, -5.35), Row("GL", NA, 72.0, -40.0),
    Row("GM", AF, 13.47, -16.57), Row("GN", AF, 11.0, -10.0), Row("GP", NA, 16.25, -61.58),
    Row("GQ", AF, 2.0, 10.0), Row("GR", EU, 39.0, 22.0), Row("GS", AN, -54.5, -37.0),
    Row("GT", NA, 15.5, -90.25), Row("GU", OC, 13.47, 144.78), Row("GW", AF, 12.0, -15.0),
    Row("GY", SA, 5.0, -59.0), Row("HK", AS, 22.25, 114.17), Row("HM", AN, -53.1, 72.52),
    Row("HN", NA, 15.0, -86.5), Row("HR", EU, 45.17, 15.5), Row("HT", NA, 19.0, -72.42),
    Row("HU", EU, 47.0, 20.0), Row("ID", AS, -5.0, 120.0), Row("IE", EU, 53.0, -8.0),
    Row("IL", AS, 31.5, 34.75), Row("IM", EU, 54.25, -4.5), Row("IN", AS, 20.0, 77.0),
    Row("IO", AS, -6.0, 71.5), Row("IQ", AS, 33.0, 44.0), Row("IR", AS, 32.0, 53.0),
    Row("IS", EU, 65.0, -18.0), Row("IT", EU, 42.83, 12.83), Row("JE", EU, 49.25, -2.17),
    Row("JM", NA, 18.25, -77.5), Row("JO", AS, 31.0, 36.0), Row("JP", AS, 36.0, 138.0),
    Row("KE", AF, 1.0, 38.0), Row("KG", AS, 41.0, 75.0), Row("KH", AS, 13.0, 105.0),
    Row("KI", OC, 1.42, 173.0), Row("KM", AF, -12.17, 44.25), Row("KN", NA, 17.33, -62.75),
    Row("KP", AS, 40.0, 127.0), Row("KR", AS, 37.0, 127.5), Row("KW", AS, 29.5, 45.75),
    Row("KY", NA, 19.5, -80.5), Row("KZ", AS, 48.0, 68.0), Row("LA", AS, 18.0, 105.0),
    Row("LB", AS, 33.83, 35.83), Row("LC", NA, 13.88, -60.97), Row("LI", EU, 47.27, 9.53),
    Row("LK", AS, 7.0, 81.0), Row("LR", AF, 6.5, -9.5), Row("LS", AF, -29.5, 28.5),
    Row("LT", EU, 56.0, 24.0), Row("LU", EU, 49.75, 6.17), Row("LV", EU, 57.0, 25.0),
    Row("LY", AF, 25.0, 17.0), Row("MA", AF, 32.0, -5.0), Row("MC", EU, 43.73, 7.4),
    Row("MD", EU, 47.0, 29.0), Row("ME", EU, 42.5, 19.3), Row("MF", NA, 18.08, -63.07),
    Row("MG", AF, -20.0, 47.0), Row("MH", OC, 9.0, 168.0), Row("MK", EU, 41.83, 22.0),
    Row("ML", AF, 17.0, -4.0), Row("MM", AS, 22.0, 98.0), Row("MN", AS, 46.0, 105.0),
    Row("MO", AS, 22.17, 113.55), Row("MP", OC, 15.2, 145.75), Row("MQ", NA, 14.67, -61.0),
    Row("MR", AF, 20.0, -12.0), Row("MS", NA, 16.75, -62.2), Row("MT", EU, 35.83, 14.58),
    Row("MU", AF, -20.28, 57.55), Row("MV", AS, 3.25, 73.0), Row("MW", AF, -13.5, 34.0),
    Row("MX", NA, 23.0, -102.0), Row("MY", AS, 2.5, 112.5), Row("MZ", AF, -18.25, 35.0),
    Row("NA", AF, -22.0, 17.0), Row("NC", OC, -21.5, 165.5), Row("NE", AF, 16.0, 8.0),
    Row("NF", OC, -29.03, 167.95), Row("NG", AF, 10.0, 8.0), Row("NI", NA, 13.0, -85.0),
    Row("NL", EU, 52.5, 5.75), Row("NO", EU, 62.0, 10.0), Row("NP", AS, 28.0, 84.0),
    Row("NR", OC, -0.53, 166.92), Row("NU", OC, -19.03, -169.87), Row("NZ", OC, -41.0, 174.0),
    Row("OM", AS, 21.0, 57.0), Row("PA", NA, 9.0, -80.0), Row("PE", SA, -10.0, -76.0),
    Row("PF", OC, -15.0, -140.0), Row("PG", OC, -6.0, 147.0), Row("PH", AS, 13.0, 122.0),
    Row("PK", AS, 30.0, 70.0), Row("PL", EU, 52.0, 20.0), Row("PM", NA, 46.83, -56.33),
    Row("PN", OC, -25.07, -130.1), Row("PR", NA, 18.25, -66.5), Row("PS", AS, 31.9, 35.2),
    Row("PT", EU, 39.5, -8.0), Row("PW", OC, 7.5, 134.5), Row("PY", SA, -23.0, -58.0),
    Row("QA", AS, 25.5, 51.25), Row("RE", AF, -21.1, 55.6), Row("RO", EU, 46.0, 25.0),
    Row("RS", EU, 44.0, 21.0), Row("RU", EU, 60.0, 100.0), Row("RW", AF, -2.0, 30.0),
    Row("SA", AS, 25.0, 45.0), Row("SB", OC, -8.0, 159.0), Row("SC", AF, -4.58, 55.67),
    Row("SD", AF, 15.0, 30.0), Row("SE", EU, 62.0, 15.0), Row("SG", AS, 1.37, 103.8),
    Row("SH", AF, -15.95, -5.7), Row("SI", EU, 46.12, 14.82), Row("SJ", EU, 78.0, 20.0),
    Row("SK", EU, 48.67, 19.5), Row("SL", AF, 8.5, -11.5), Row("SM", EU, 43.93, 12.42),
    Row("SN", AF, 14.0, -14.0), Row("SO", AF, 10.0, 49.0), Row("SR", SA, 4.0, -56.0),
    Row("SS", AF, 8.0, 30.0), Row("ST", AF, 1.0, 7.0), Row("SV", NA, 13.83, -88.92),
    Row("SX", NA, 18.03, -63.07), Row("SY", AS, 35.0, 38.0), Row("SZ", AF, -26.5, 31.5),
    Row("TC", NA, 21.75, -71.58), Row("TD", AF, 15.0, 19.0), Row("TF", AN, -49.25, 69.17),
    Row("TG", AF, 8.0, 1.17), Row("TH", AS, 15.0, 100.0), Row("TJ", AS, 39.0, 71.0),
    Row("TK", OC, -9.0, -172.0), Row("TL", AS, -8.83, 125.92), Row("TM", AS, 40.0, 60.0),
    Row("TN", AF, 34.0, 9.0), Row("TO", OC, -20.0, -175.0), Row("TR", AS, 39.0, 35.0),
    Row("TT", NA, 11.0, -61.0), Row("TV", OC, -8.0, 178.0), Row("TW", AS, 23.5, 121.0),
    Row("TZ", AF, -6.0, 35.0), Row("UA", EU, 49.0, 32.0), Row("UG", AF, 1.0, 32.0),
    Row("UM", OC, 19.28, 166.65), Row("US", NA, 38.0, -97.0), Row("UY", SA, -33.0, -56.0),
    Row("UZ", AS, 41.0, 64.0), Row("VA", EU, 41.9, 12.45), Row("VC", NA, 13.25, -61.2),
    Row("VE", SA, 8.0, -66.0), Row("VG", NA, 18.43, -64.62), Row("VI", NA, 18.33, -64.83),
    Row("VN", AS, 16.17, 107.83), Row("VU", OC, -16.0, 167.0), Row("WF", OC, -13.3, -176.2),
    Row("WS", OC, -13.58, -172.33), Row("XK", EU, 42.58, 21.0), Row("YE", AS, 15.0, 48.0),
    Row("YT", AF, -12.83, 45.17), Row("ZA", AF, -29.0, 24.0), Row("ZM", AF, -15.0, 30.0),
    Row("ZW", AF, -20.0, 30.0),
};
// clang-format on

constexpr bool IsSorted() {
  for (size_t i = 1; i < std::size(kCountries); ++i)
    if (kCountries[i - 1].code >= kCountries[i].code) return false;
  return true;
}
static_assert(IsSorted(), "FindCountry searches by halving");

struct ContinentWord {
  Continent continent;
  std::string_view code;
};

// The two-letter codes that GeoIP2 uses.
constexpr std::array<ContinentWord, 7> kContinents = {
    {{AF, "AF"}, {AN, "AN"}, {AS, "AS"}, {EU, "EU"}, {NA, "NA"}, {OC, "OC"}, {SA, "SA"}}};

char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

}  // namespace

const Country* FindCountry(CountryCode code) noexcept {
  const auto* found =
      std::lower_bound(std::begin(kCountries), std::end(kCountries), code,
                       [](const Country& row, CountryCode wanted) { return row.code < wanted; });
  return found != std::end(kCountries) && found->code == code ? found : nullptr;
}

void CompleteFromCountry(Place& place) {
  const Country* country = FindCountry(place.country);
  if (country == nullptr) return;
  if (place.continent == Continent::kUnknown) place.continent = country->continent;
  if (place.has_coordinates) return;
  place.has_coordinates = true;
  place.coordinates = country->centroid;
}

CountryCode ParseCountry(std::string_view text) {
  if (text.size() != 2) return 0;
  const CountryCode code = PackCountry(Upper(text[0]), Upper(text[1]));
  return FindCountry(code) != nullptr ? code : 0;
}

std::string CountryName(CountryCode code) {
  if (code == 0) return {};
  return {static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
}

Continent ParseContinent(std::string_view text) {
  if (text.size() != 2) return Continent::kUnknown;
  const char upper[] = {Upper(text[0]), Upper(text[1])};
  for (const auto& word : kContinents)
    if (word.code == std::string_view(upper, 2)) return word.continent;
  return Continent::kUnknown;
}

std::string_view ContinentName(Continent continent) {
  for (const auto& word : kContinents)
    if (word.continent == continent) return word.code;
  return {};
}

Continent ContinentOf(CountryCode country) {
  const Country* found = FindCountry(country);
  return found != nullptr ? found->continent : Continent::kUnknown;
}

bool CentroidOf(CountryCode country, Coordinates& out) {
  const Country* found = FindCountry(country);
  if (found != nullptr) out = found->centroid;
  return found != nullptr;
}

}  // namespace waypost::geo
