#include "dnsd/steer/subdivision.h"

#include <gtest/gtest.h>

namespace waypost::steer {
namespace {

TEST(Subdivision, SpellingsOfOnePlaceAreOneWord) {
  for (const char* text : {"US-CA", "us-ca", "US-California", "us-CALIFORNIA"}) {
    EXPECT_EQ(CanonicalSubdivision(text), "US-CA") << text;
  }
}

TEST(Subdivision, UnknownNamesAreCapitalisedAndCodesAreUpperCase) {
  EXPECT_EQ(CanonicalSubdivision("fr-ile-de-france"), "FR-Ile-De-France");
  EXPECT_EQ(CanonicalSubdivision("FR-bre"), "FR-BRE");
}

TEST(Subdivision, TextWithoutACountryIsNone) {
  for (const char* text : {"", "CA", "US-", "California", "U1-CA"}) {
    EXPECT_EQ(CanonicalSubdivision(text), "") << text;
  }
}

TEST(Subdivision, PlaceNeedsCountryAndSubdivision) {
  geo::Place place;
  place.subdivision = "California";
  EXPECT_EQ(SubdivisionOf(place), "");
  place.country = 'U' << 8 | 'S';
  EXPECT_EQ(SubdivisionOf(place), "US-CA");
}

}  // namespace
}  // namespace waypost::steer
