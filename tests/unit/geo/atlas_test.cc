#include "dnsd/geo/atlas.h"

#include "tests/unit/geo/geo_words.h"

namespace waypost::geo {
namespace {

class AtlasOf : public GeoTest {
 protected:
  std::string City() {
    MmdbWriter writer({6, 28, "GeoLite2-City"});
    writer.Insert(Prefix("81.2.69.0/24"),
                  Nested("EU", "GB", "ENG", "England", "London", 51.5142, -0.0931));
    writer.Insert(Prefix("2a00::/16"),
                  Nested("EU", "IE", "L", "Leinster", "Dublin", 53.3331, -6.2489));
    return Write("city.mmdb", writer);
  }
  std::string FlatCity() {
    MmdbWriter writer({4, 28, "city ipv4"});
    writer.Insert(Prefix("8.8.8.0/24"), Flat("US", "California", "Mountain View", 37.4F, -122.1F));
    writer.Insert(Prefix("81.2.69.0/24"), Flat("FR", "Normandie", "Caen", 49.2F, -0.4F));
    return Write("dbip-city-ipv4.mmdb", writer);
  }
  std::string Numbers() {
    MmdbWriter writer({6, 24, "asn"});
    writer.Insert(Prefix("8.8.8.0/25"), Asn(15169));
    writer.Insert(Prefix("192.0.2.0/24"), Asn(64500));
    return Write("asn.mmdb", writer);
  }

  static Place PlaceOf(const std::shared_ptr<const Atlas>& atlas, const std::string& address) {
    return atlas->Describe(Address(address), Vocabulary()).place;
  }
};

TEST_F(AtlasOf, TheNestedSchemaKnowsEveryField) {
  const Place place = PlaceOf(Open({City()}), "81.2.69.142");
  EXPECT_EQ("GB", CountryName(place.country));
  EXPECT_EQ(Continent::kEurope, place.continent);
  EXPECT_EQ("ENG", place.subdivision);
  EXPECT_EQ("London", place.city);
  ASSERT_TRUE(place.has_coordinates);
  EXPECT_NEAR(51.5142, place.coordinates.latitude, 1e-4);
  EXPECT_NEAR(-0.0931, place.coordinates.longitude, 1e-4);
}

TEST_F(AtlasOf, TheFlatSchemaKnowsEveryField) {
  const Place place = PlaceOf(Open({FlatCity()}), "8.8.8.8");
  EXPECT_EQ("US", CountryName(place.country));
  EXPECT_EQ(Continent::kNorthAmerica, place.continent);
  EXPECT_EQ("California", place.subdivision);
  EXPECT_EQ("Mountain View", place.city);
  EXPECT_NEAR(37.4, place.coordinates.latitude, 1e-4);
}

TEST_F(AtlasOf, ACountryDatabasePutsClientsAtTheCentroid) {
  MmdbWriter writer({6, 24});
  writer.Insert(Prefix("192.0.2.0/24"), NestedCountry("IE"));
  const Place place = PlaceOf(Open({Write("country.mmdb", writer)}), "192.0.2.1");
  EXPECT_EQ(Continent::kEurope, place.continent);
  ASSERT_TRUE(place.has_coordinates);
  EXPECT_EQ((Coordinates{53.0, -8.0}), place.coordinates);
}

TEST_F(AtlasOf, ARecordWithoutACountryFallsBackToTheOneOfRegistration) {
  MmdbWriter writer({6, 24});
  writer.Insert(Prefix("192.0.2.0/24"),
                MmdbValue::Map{{"registered_country", MmdbValue::Map{{"iso_code", "JP"}}}});
  EXPECT_EQ("JP", CountryName(PlaceOf(Open({Write("c.mmdb", writer)}), "192.0.2.1").country));
}

TEST_F(AtlasOf, FieldsOfAnotherTypeOrOutOfRangeAreAsIfAbsent) {
  MmdbWriter writer({6, 24});
  writer.Insert(Prefix("192.0.2.0/24"),
                MmdbValue::Map{{"country_code", "IE"}, {"latitude", 123.0}, {"longitude", 1.0}});
  writer.Insert(Prefix("198.51.100.0/24"),
                MmdbValue::Map{{"country", "IE"}, {"city", MmdbValue::Array{"Dublin"}}});
  const auto atlas = Open({Write("odd.mmdb", writer)});
  EXPECT_EQ((Coordinates{53.0, -8.0}), PlaceOf(atlas, "192.0.2.1").coordinates);
  EXPECT_EQ(Place(), PlaceOf(atlas, "198.51.100.1"));
}

TEST_F(AtlasOf, SeveralFilesTakesThePlaceFromTheFirstThatHasOne) {
  const auto atlas = Open({City(), FlatCity()});
  EXPECT_EQ("London", PlaceOf(atlas, "81.2.69.142").city);
  EXPECT_EQ("Mountain View", PlaceOf(atlas, "8.8.8.8").city);
  EXPECT_EQ("Dublin", PlaceOf(atlas, "2a00:1450::1").city);
}

TEST_F(AtlasOf, SeveralFilesAddsTheAutonomousSystemFromAnotherOne) {
  const auto atlas = Open({Numbers(), FlatCity()});
  EXPECT_EQ(15169U, PlaceOf(atlas, "8.8.8.8").asn);
  EXPECT_EQ("Mountain View", PlaceOf(atlas, "8.8.8.8").city);
  EXPECT_EQ(64500U, PlaceOf(atlas, "192.0.2.1").asn);
}

TEST_F(AtlasOf, ATreeWithManyWaysIntoItsIpv4PartIsReadOnce) {
  MmdbWriter writer({6, 24});
  for (uint32_t i = 0; i < 3000; ++i)
    writer.Insert({IpAddress::FromV4(0x0A000000 | i << 8), 24}, NestedCountry(i % 2 ? "IE" : "DE"));
  for (const char* alias : {"2002::/16", "::ffff:0:0/96", "2001::/32", "64:ff9b::/96"})
    writer.AliasToIpv4(Prefix(alias));
  EXPECT_EQ("IE", CountryName(PlaceOf(Open({Write("db.mmdb", writer)}), "10.0.1.1").country));
}

TEST_F(AtlasOf, AFileDescribesItself) {
  const std::string path = City();
  const auto atlas = Open({path, FlatCity()});
  const DatabaseInfo& info = atlas->databases()[0];
  EXPECT_EQ(path, info.path);
  EXPECT_EQ("GeoLite2-City", info.type);
  EXPECT_EQ(1'700'000'000, info.build_epoch_s);
  EXPECT_GT(info.nodes, 32U);
  EXPECT_NE(std::string::npos, info.attribution.find("MaxMind"));
  EXPECT_NE(std::string::npos, atlas->databases()[1].attribution.find("DB-IP"));
}

TEST_F(AtlasOf, AClientNamesTheSourceOfItsPlace) {
  const std::string path = City();
  const auto atlas = Open({path});
  Vocabulary vocabulary;
  vocabulary.labels = {{"offices", "staff"}};
  vocabulary.networks = {RuleIn("10.0.0.0/8", 0, "DE"), Rule("81.2.69.0/24", 0)};
  EXPECT_EQ(path, atlas->Describe(Address("81.2.69.1"), vocabulary).source);
  EXPECT_EQ("network \"offices\"", atlas->Describe(Address("10.1.1.1"), vocabulary).source);
  EXPECT_EQ("default", atlas->Describe(Address("192.0.2.1"), vocabulary).source);
}

TEST_F(AtlasOf, AClientIsDescribedByTheAddressInside) {
  const Description description =
      Open({City()})->Describe(Address("::ffff:81.2.69.142"), Vocabulary());
  EXPECT_EQ("81.2.69.142", description.located.ToString());
  EXPECT_EQ("London", description.place.city);
}

class Networks : public GeoTest {
 protected:
  Networks() {
    MmdbWriter writer({6, 24});
    writer.Insert(Prefix("10.0.0.0/8"), NestedCountry("US"));
    writer.Insert(Prefix("2a00::/16"), NestedCountry("US"));
    atlas_ = Open({Write("db.mmdb", writer), Write("asn.mmdb", [] {
                     MmdbWriter numbers({4, 24});
                     numbers.Insert(Prefix("10.0.0.0/8"), Asn(64500));
                     return numbers;
                   }())});
    vocabulary_.labels = {{"all", "all"}, {"site", "site"}, {"lab", "lab"}};
  }
  std::shared_ptr<const ClientMap> Compile() {
    return atlas_->Compile(vocabulary_, LatencyTable());
  }

  std::shared_ptr<const Atlas> atlas_;
  Vocabulary vocabulary_;
};

using Labels = std::vector<uint16_t>;

TEST_F(Networks, ThatNestGiveTheirLabelsMostSpecificFirst) {
  vocabulary_.networks = {Rule("10.0.0.0/8", 0), Rule("10.1.2.0/24", 2), Rule("10.1.0.0/16", 1)};
  const auto map = Compile();
  EXPECT_EQ((Labels{2, 1, 0}), LabelsOf(*map, "10.1.2.3"));
  EXPECT_EQ((Labels{1, 0}), LabelsOf(*map, "10.1.3.3"));
  EXPECT_EQ((Labels{0}), LabelsOf(*map, "10.2.0.1"));
  EXPECT_EQ((Labels{}), LabelsOf(*map, "11.0.0.1"));
  EXPECT_EQ(24, map->Find(Address("10.1.2.3")).prefix_length);
}

TEST_F(Networks, WithOneLabelTwiceNameItOnce) {
  vocabulary_.networks = {Rule("10.0.0.0/8", 0), Rule("10.1.0.0/16", 1), Rule("10.1.2.0/24", 0)};
  EXPECT_EQ((Labels{0, 1}), LabelsOf(*Compile(), "10.1.2.3"));
}

TEST_F(Networks, OfOnePrefixCountInTheOrderOfTheirDeclaration) {
  vocabulary_.networks = {Rule("10.1.0.0/16", 2), RuleIn("10.1.0.0/16", 0, "DE"),
                          RuleIn("10.1.0.0/16", 1, "JP")};
  const auto map = Compile();
  EXPECT_EQ((Labels{2, 0, 1}), LabelsOf(*map, "10.1.2.3"));
  EXPECT_EQ("DE", CountryOf(*map, "10.1.2.3"));
}

TEST_F(Networks, OverrideTheDatabaseByTheMostSpecificPlace) {
  vocabulary_.networks = {RuleIn("10.1.0.0/16", 0, "DE"), RuleIn("10.1.2.0/24", 1, "JP"),
                          Rule("10.1.2.128/25", 2)};
  const auto map = Compile();
  EXPECT_EQ("US", CountryOf(*map, "10.2.0.1"));
  EXPECT_EQ("DE", CountryOf(*map, "10.1.1.1"));
  EXPECT_EQ("JP", CountryOf(*map, "10.1.2.1"));
  EXPECT_EQ("JP", CountryOf(*map, "10.1.2.200"));
}

TEST_F(Networks, OverrideThePlaceButNotTheAutonomousSystem) {
  vocabulary_.networks = {RuleIn("10.1.0.0/16", 0, "DE")};
  const Place place = atlas_->Describe(Address("10.1.1.1"), vocabulary_).place;
  EXPECT_EQ("DE", CountryName(place.country));
  EXPECT_EQ(64500U, place.asn);
  EXPECT_EQ((Coordinates{51.0, 9.0}), place.coordinates);
}

TEST_F(Networks, OfIpv6HoldForIpv6) {
  vocabulary_.networks = {RuleIn("2a00:1:2:3::/64", 1, "DE"),
                          RuleIn("2a00:1:2:3:8000::/65", 2, "JP")};
  const auto map = Compile();
  EXPECT_EQ("US", CountryOf(*map, "2a00:1:2:4::1"));
  EXPECT_EQ("DE", CountryOf(*map, "2a00:1:2:3::1"));
  EXPECT_EQ(65, map->Find(Address("2a00:1:2:3::1")).prefix_length);
  EXPECT_EQ("JP", CountryOf(*map, "2a00:1:2:3:8000::1"));
  EXPECT_EQ((Labels{2, 1}), LabelsOf(*map, "2a00:1:2:3:ffff::"));
}

TEST_F(Networks, OfSingleAddressesHoldForThemAlone) {
  vocabulary_.networks = {Rule("10.1.2.3/32", 0), Rule("2a00::1/128", 1)};
  const auto map = Compile();
  EXPECT_EQ((Labels{0}), LabelsOf(*map, "10.1.2.3"));
  EXPECT_EQ((Labels{}), LabelsOf(*map, "10.1.2.2"));
  EXPECT_EQ((Labels{1}), LabelsOf(*map, "2a00::1"));
  EXPECT_EQ((Labels{}), LabelsOf(*map, "2a00::2"));
  EXPECT_EQ(128, map->Find(Address("2a00::1")).prefix_length);
}

TEST_F(Networks, ThatAreNeighboursInsideOfA64AreMerged) {
  vocabulary_.networks = {Rule("2a00::1/128", 0), Rule("2a00::2/128", 1), Rule("2a00::3/128", 1),
                          Rule("2a00:0:0:1::/65", 2), Rule("2a00:0:0:1:8000::/65", 2)};
  const auto map = Compile();
  EXPECT_EQ(128, map->Find(Address("2a00::1")).prefix_length);
  EXPECT_EQ(127, map->Find(Address("2a00::2")).prefix_length);
  EXPECT_EQ((Labels{1}), LabelsOf(*map, "2a00::3"));
  EXPECT_EQ((Labels{}), LabelsOf(*map, "2a00::4"));
  EXPECT_EQ(64, map->Find(Address("2a00:0:0:1::")).prefix_length);
  EXPECT_EQ((Labels{2}), LabelsOf(*map, "2a00:0:0:1:ffff::"));
  EXPECT_EQ((Labels{}), LabelsOf(*map, "2a00:0:0:2::"));
}

TEST_F(Networks, OfAddressesThatEmbedIpv4HoldForIt) {
  vocabulary_.networks = {Rule("::ffff:10.1.0.0/112", 0)};
  EXPECT_EQ((Labels{0}), LabelsOf(*Compile(), "10.1.2.3"));
}

TEST_F(Networks, WorkWithoutAnyDatabase) {
  vocabulary_.networks = {RuleIn("10.1.0.0/16", 0, "DE")};
  const auto map = Open({})->Compile(vocabulary_, LatencyTable());
  EXPECT_EQ("DE", CountryOf(*map, "10.1.1.1"));
  EXPECT_EQ("", CountryOf(*map, "10.2.1.1"));
}

TEST_F(Networks, ThatSayNothingNewLeaveThePrefixesMerged) {
  const uint64_t before = Compile()->prefix_count();
  vocabulary_.networks = {RuleIn("10.1.0.0/16", 0, "US"), Rule("10.0.0.0/8", 0)};
  EXPECT_EQ(before, Compile()->prefix_count());
}

class Subdivisions : public AtlasOf {
 protected:
  int IndexOf(const std::vector<std::string>& words, const std::string& address) {
    Vocabulary vocabulary;
    vocabulary.subdivisions = words;
    const auto map = Open({City(), FlatCity()})->Compile(vocabulary, LatencyTable());
    return map->Class(map->Find(Address(address)).class_id).subdivision;
  }
};

TEST_F(Subdivisions, MatchByCodeAndByNameInEitherCase) {
  const std::vector<std::string> words = {"GB-England", "ie-l", "US-CALIFORNIA"};
  EXPECT_EQ(1, IndexOf(words, "81.2.69.1"));
  EXPECT_EQ(2, IndexOf(words, "2a00::1"));
  EXPECT_EQ(3, IndexOf(words, "8.8.8.8"));
  EXPECT_EQ(0, IndexOf(words, "9.9.9.9"));
}

TEST_F(Subdivisions, OfADatabaseThatHasOnlyNamesMatchByCode) {
  EXPECT_EQ(1, IndexOf({"US-CA"}, "8.8.8.8"));
  EXPECT_EQ(0, IndexOf({"US-NY"}, "8.8.8.8"));
}

TEST_F(Subdivisions, OfANetworksPlaceMatchByCodeWhereTheVocabularyHasTheName) {
  Vocabulary vocabulary;
  vocabulary.subdivisions = {"US-Texas"};
  vocabulary.labels = {{"n", "l"}};
  vocabulary.networks = {RuleIn("10.0.0.0/8", 0, "US")};
  vocabulary.networks[0].place.subdivision = "TX";
  const auto map = Open({})->Compile(vocabulary, LatencyTable());
  EXPECT_EQ(1, map->Class(map->Find(Address("10.0.0.1")).class_id).subdivision);
}

}  // namespace
}  // namespace waypost::geo
