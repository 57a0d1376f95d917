#include <cmath>
#include <set>

#include "dnsd/geo/atlas.h"
#include "dnsd/geo/country_table.h"
#include "tests/unit/geo/geo_words.h"

namespace waypost::geo {
namespace {

constexpr size_t kIsoCodes = 249;  // ISO 3166-1, 2024

std::set<std::string> AllCountries() {
  std::set<std::string> found;
  for (char first = 'A'; first <= 'Z'; ++first)
    for (char second = 'A'; second <= 'Z'; ++second) {
      const std::string code = {first, second};
      if (ParseCountry(code) != 0) found.insert(code);
    }
  return found;
}

TEST(Countries, AreTheOnesOfTheStandardAndKosovo) {
  const auto all = AllCountries();
  EXPECT_EQ(kIsoCodes + 1, all.size());
  EXPECT_EQ(1U, all.count("XK"));
}

TEST(Countries, HaveAContinentAndACentroidOnEarth) {
  for (const auto& code : AllCountries()) {
    Coordinates centroid;
    ASSERT_TRUE(CentroidOf(ParseCountry(code), centroid)) << code;
    EXPECT_LE(std::abs(centroid.latitude), 90) << code;
    EXPECT_LE(std::abs(centroid.longitude), 180) << code;
    EXPECT_NE(Continent::kUnknown, ContinentOf(ParseCountry(code))) << code;
  }
}

TEST(Countries, AreParsedInEitherCaseAndNamedInCapitals) {
  EXPECT_EQ("IE", CountryName(ParseCountry("ie")));
  EXPECT_EQ("", CountryName(0));
}

TEST(Countries, ThatAreNoneGiveZero) {
  for (const char* text : {"", "I", "IRL", "UK", "ZZ", "EU", "--", "1A"})
    EXPECT_EQ(0, ParseCountry(text)) << text;
}

// Neighbours by land, so that a sign or a swapped pair in the table stands out.
TEST(Countries, LieNearTheirNeighbours) {
  const std::pair<const char*, const char*> neighbours[] = {
      {"FR", "DE"}, {"CH", "AT"}, {"SE", "NO"}, {"ES", "PT"}, {"PL", "CZ"}, {"AR", "UY"},
      {"PE", "EC"}, {"KE", "UG"}, {"GH", "TG"}, {"ZA", "LS"}, {"TH", "LA"}, {"NP", "BT"},
      {"JP", "KR"}, {"SG", "MY"}, {"GT", "SV"}, {"HT", "DO"}, {"NZ", "NF"}, {"FJ", "TO"}};
  for (const auto& [a, b] : neighbours) {
    Coordinates first;
    Coordinates second;
    ASSERT_TRUE(CentroidOf(ParseCountry(a), first) && CentroidOf(ParseCountry(b), second));
    EXPECT_LT(DistanceKm(first, second), 1500) << a << " " << b;
  }
}

TEST(Continents, AreParsedAndNamedByTheirCodes) {
  for (const char* code : {"AF", "AN", "AS", "EU", "NA", "OC", "SA"})
    EXPECT_EQ(code, ContinentName(ParseContinent(code)));
  EXPECT_EQ(Continent::kEurope, ParseContinent("eu"));
  EXPECT_EQ(Continent::kUnknown, ParseContinent("XX"));
  EXPECT_EQ(Continent::kUnknown, ParseContinent("Europe"));
  EXPECT_EQ("", ContinentName(Continent::kUnknown));
}

TEST(DistanceModel, KnowsTheGreatCircle) {
  EXPECT_NEAR(0, DistanceKm({10, 20}, {10, 20}), 1e-9);
  // A quarter of the mean meridian, and of the equator over the date line.
  EXPECT_NEAR(10007.56, DistanceKm({0, 0}, {90, 0}), 0.01);
  EXPECT_NEAR(10007.56, DistanceKm({0, 135}, {0, -135}), 0.01);
  EXPECT_NEAR(20015.1, DistanceKm({45, 10}, {-45, -170}), 0.1);
}

TEST(DistanceModel, GrowsWithDistanceFromTheAccessTime) {
  const double here = ModelRttMs(0);
  EXPECT_GT(here, 0);
  // 2.1 times 1000 km there and back at 204 km a millisecond.
  EXPECT_NEAR(20.59, ModelRttMs(1000) - here, 0.01);
}

// Never faster than light in glass along the great circle.
TEST(DistanceModel, StaysAboveTheSpeedOfLightInFibre) {
  for (const double km : {1.0, 100.0, 5570.0, 20015.0}) EXPECT_GT(ModelRttMs(km), 2 * km / 204);
}

}  // namespace
}  // namespace waypost::geo
