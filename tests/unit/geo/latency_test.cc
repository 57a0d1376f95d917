// Which time holds for which client: measured, by way of a near region, or modelled.
#include <cmath>

#include "dnsd/geo/latency_table.h"
#include "tests/unit/geo/geo_words.h"

namespace waypost::geo {
namespace {

constexpr Coordinates kDublin{53.35, -6.26};
constexpr Coordinates kVirginia{38.9, -77.4};
constexpr Coordinates kTokyo{35.7, 139.7};

class Latency : public GeoTest {
 protected:
  Latency() {
    MmdbWriter writer({6, 28});
    writer.Insert(Prefix("192.0.2.0/24"), Flat("IE", "Leinster", "Dublin", 53.3F, -6.2F));
    writer.Insert(Prefix("198.51.100.0/24"), Flat("IE", "Munster", "Cork", 51.9F, -8.5F));
    writer.Insert(Prefix("203.0.113.0/24"), Flat("DE", "Hessen", "Frankfurt", 50.1F, 8.7F));
    MmdbWriter numbers({4, 24});
    numbers.Insert(Prefix("192.0.2.0/25"), Asn(64500));
    numbers.Insert(Prefix("198.51.100.0/25"), Asn(64500));
    atlas_ = Open({Write("city.mmdb", writer), Write("asn.mmdb", numbers)});
    vocabulary_.regions = {{"eu-west", kDublin}, {"us-east", kVirginia}, {"ap-east", kTokyo}};
  }

  void Measure(const std::string& client, const std::string& region, double rtt_ms) {
    const Status status = table_.Set(client, region, {rtt_ms, 0, "import"});
    EXPECT_TRUE(status) << status.error().message;
  }
  std::shared_ptr<const ClientMap> Compile() const { return atlas_->Compile(vocabulary_, table_); }
  /// In tenths of a millisecond.
  int RttOf(const std::string& client, size_t region) const {
    const auto map = Compile();
    return map->Rtt(map->Find(Address(client)).class_id)[region];
  }
  uint64_t MeasuredOf(const std::string& client) const {
    const auto map = Compile();
    return map->Measured(map->Find(Address(client)).class_id);
  }

  std::shared_ptr<const Atlas> atlas_;
  Vocabulary vocabulary_;
  LatencyTable table_;
};

TEST_F(Latency, WithoutMeasurementsGrowsWithDistance) {
  EXPECT_LT(RttOf("192.0.2.1", 0), RttOf("192.0.2.1", 1));
  EXPECT_LT(RttOf("192.0.2.1", 1), RttOf("192.0.2.1", 2));
  EXPECT_EQ(0U, MeasuredOf("192.0.2.1"));
}

TEST_F(Latency, OfAClientWithoutAPlaceIsUnknown) {
  EXPECT_EQ(ClientMap::kUnknownRtt, RttOf("10.0.0.1", 0));
}

TEST_F(Latency, ToARegionWithoutAPlaceIsUnknownUntilMeasured) {
  vocabulary_.regions[2].has_coordinates = false;
  EXPECT_EQ(ClientMap::kUnknownRtt, RttOf("192.0.2.1", 2));
  Measure("country:IE", "ap-east", 201);
  EXPECT_EQ(2010, RttOf("192.0.2.1", 2));
}

TEST_F(Latency, MeasuredByCountryHoldsForTheCountry) {
  Measure("country:IE", "us-east", 81.26);
  EXPECT_EQ(813, RttOf("192.0.2.1", 1));
  EXPECT_EQ(813, RttOf("198.51.100.200", 1));
  EXPECT_NE(813, RttOf("203.0.113.1", 1));
  EXPECT_EQ(0b010U, MeasuredOf("192.0.2.1"));
}

TEST_F(Latency, TakesThePrefixBeforeTheCityBeforeTheNumberBeforeTheCountry) {
  Measure("country:IE", "us-east", 40);
  EXPECT_EQ(400, RttOf("192.0.2.1", 1));
  Measure("asn:64500", "us-east", 30);
  EXPECT_EQ(300, RttOf("192.0.2.1", 1));
  Measure("city:IE/DUBLIN", "us-east", 20);
  EXPECT_EQ(200, RttOf("192.0.2.1", 1));
  Measure("prefix:192.0.0.0/16", "us-east", 10);
  EXPECT_EQ(100, RttOf("192.0.2.1", 1));
  Measure("prefix:192.0.2.0/26", "us-east", 5);
  EXPECT_EQ(50, RttOf("192.0.2.1", 1));

  EXPECT_EQ(100, RttOf("192.0.2.200", 1));     // outside of the /26
  EXPECT_EQ(300, RttOf("198.51.100.1", 1));    // Cork, in AS64500
  EXPECT_EQ(400, RttOf("198.51.100.200", 1));  // Cork, in no AS that is known
}

TEST_F(Latency, MeasuredByCityHoldsForItsDistricts) {
  MmdbWriter writer({4, 24});
  writer.Insert(Prefix("192.0.2.0/24"),
                Flat("IE", "Leinster", "Dublin (Temple Bar)", 53.3F, -6.2F));
  atlas_ = Open({Write("districts.mmdb", writer)});
  Measure("city:IE/Dublin", "us-east", 20);
  EXPECT_EQ(200, RttOf("192.0.2.1", 1));
}

TEST_F(Latency, ChoosesTheRowForEachRegionByItself) {
  Measure("prefix:192.0.2.0/24", "us-east", 10);
  Measure("prefix:192.0.0.0/16", "ap-east", 20);
  Measure("country:IE", "eu-west", 30);
  EXPECT_EQ(300, RttOf("192.0.2.1", 0));
  EXPECT_EQ(100, RttOf("192.0.2.1", 1));
  EXPECT_EQ(200, RttOf("192.0.2.1", 2));
  EXPECT_EQ(0b111U, MeasuredOf("192.0.2.1"));
}

TEST_F(Latency, OfAPrefixThatNoDatabaseKnowsCounts) {
  Measure("prefix:2a00::/16", "eu-west", 10);
  EXPECT_EQ(100, RttOf("2a00::1", 0));
  EXPECT_EQ(16, Compile()->Find(Address("2a00::1")).prefix_length);
}

TEST_F(Latency, NearARegionTakesTheWayThroughIt) {
  table_.SetRegionRtt("eu-west", "us-east", {70, 0, "vantage \"eu-1\""});
  const int to_eu_west = RttOf("192.0.2.1", 0);
  EXPECT_EQ(to_eu_west + 700, RttOf("192.0.2.1", 1));
  EXPECT_EQ(0U, MeasuredOf("192.0.2.1"));
  // Frankfurt is 1,090 km from Dublin.
  EXPECT_NE(RttOf("203.0.113.1", 0) + 700, RttOf("203.0.113.1", 1));
}

TEST_F(Latency, NearTwoRegionsTakesTheWayThroughTheNearestThatKnowsOne) {
  vocabulary_.regions.push_back({"gb-north", {54.6, -5.9}});  // Belfast, 140 km away
  table_.SetRegionRtt("gb-north", "us-east", {50, 0, ""});
  EXPECT_EQ(RttOf("192.0.2.1", 3) + 500, RttOf("192.0.2.1", 1));
  table_.SetRegionRtt("eu-west", "us-east", {70, 0, ""});
  EXPECT_EQ(RttOf("192.0.2.1", 0) + 700, RttOf("192.0.2.1", 1));
}

TEST_F(Latency, ByNumberHoldsInANetworkWithAPlaceUnlessThatNamesAnother) {
  Measure("asn:64500", "us-east", 30);
  Measure("asn:64501", "us-east", 50);
  vocabulary_.labels = {{"n", "l"}};
  vocabulary_.networks = {RuleIn("192.0.2.0/26", 0, "DE")};
  EXPECT_EQ(300, RttOf("192.0.2.1", 1));
  vocabulary_.networks[0].place.asn = 64501;
  EXPECT_EQ(500, RttOf("192.0.2.1", 1));
}

TEST_F(Latency, MeasuredFromTheClientWinsOverTheWayThroughARegion) {
  table_.SetRegionRtt("eu-west", "us-east", {70, 0, ""});
  Measure("country:IE", "us-east", 12);
  EXPECT_EQ(120, RttOf("192.0.2.1", 1));
}

TEST_F(Latency, BetweenRegionsHoldsBothWaysUnlessBothAreSet) {
  vocabulary_.regions[2].coordinates = {51.9, -8.5};  // Cork
  table_.SetRegionRtt("us-east", "eu-west", {70, 0, ""});
  const int to_eu_west = RttOf("192.0.2.1", 0);
  EXPECT_EQ(to_eu_west + 700, RttOf("192.0.2.1", 1));
  table_.SetRegionRtt("eu-west", "us-east", {60, 0, ""});
  EXPECT_EQ(to_eu_west + 600, RttOf("192.0.2.1", 1));
}

TEST_F(Latency, OfRegionsThatAreNotThereIsLeftOut) {
  const uint64_t before = Compile()->prefix_count();
  Measure("prefix:192.0.2.0/30", "gone", 10);
  table_.SetRegionRtt("gone", "us-east", {1, 0, ""});
  EXPECT_EQ(before, Compile()->prefix_count());
}

TEST(LatencyTableRow, IsRefusedWithTheFact) {
  LatencyTable table;
  const auto refusal = [&](const std::string& client, const std::string& region, double rtt_ms) {
    const Status status = table.Set(client, region, {rtt_ms, 0, ""});
    return status ? "accepted" : status.error().message;
  };
  EXPECT_NE(std::string::npos, refusal("IE", "r", 1).find("is none of prefix:P"));
  EXPECT_NE(std::string::npos, refusal("prefix:192.0.2.1/24", "r", 1).find("\"192.0.2.1/24\""));
  EXPECT_NE(std::string::npos, refusal("country:UK", "r", 1).find("\"UK\" is not a country"));
  EXPECT_NE(std::string::npos, refusal("asn:0", "r", 1).find("autonomous system"));
  EXPECT_NE(std::string::npos, refusal("asn:4294967296", "r", 1).find("autonomous system"));
  EXPECT_NE(std::string::npos, refusal("city:Dublin", "r", 1).find("IE/Dublin"));
  EXPECT_NE(std::string::npos, refusal("city:IE/", "r", 1).find("IE/Dublin"));
  EXPECT_EQ("country:IE: no region is named", refusal("country:IE", "", 1));
  for (const double rtt_ms : {0.0, -1.0, 10'000.1, std::nan("")})
    EXPECT_NE(std::string::npos, refusal("country:IE", "r", rtt_ms).find("is not above 0"));
  EXPECT_TRUE(table.rows().empty());
}

TEST(LatencyTableRow, WithTheSameKeysReplacesTheFormer) {
  LatencyTable table;
  EXPECT_TRUE(table.Set("country:ie", "r", {1, 1, ""}));
  EXPECT_TRUE(table.Set("country:IE", "r", {2, 2, ""}));
  ASSERT_EQ(1U, table.rows().size());
  EXPECT_EQ(2, table.rows().begin()->second.rtt_ms);
}

TEST(LatencyTableText, IsReadBackAsItWas) {
  LatencyTable table;
  EXPECT_TRUE(table.Set("city:IE/Dún \tLaoghaire\\", "eu\nwest", {0.1, -5, "vantage \"eu-1\""}));
  EXPECT_TRUE(table.Set("prefix:2001:db8::/32", "r", {1e-3, 1'700'000'000, ""}));
  table.SetRegionRtt("a", "b", {12.345678901, 7, "v"});
  const auto read = LatencyTable::Parse(table.Serialize());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(table.Serialize(), read->Serialize());
  ASSERT_EQ(2U, read->rows().size());
  const auto& [key, entry] = *read->rows().begin();
  EXPECT_EQ("city:IE/Dún \tLaoghaire\\", key.first);
  EXPECT_EQ("eu\nwest", key.second);
  EXPECT_EQ(0.1, entry.rtt_ms);
  EXPECT_EQ(-5, entry.measured_at_s);
  EXPECT_EQ("vantage \"eu-1\"", entry.witness);
  EXPECT_EQ(12.345678901, read->regions().at({"a", "b"}).rtt_ms);
}

TEST(LatencyTableText, ThatIsEmptyIsAnEmptyTable) {
  const auto read = LatencyTable::Parse("");
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->rows().empty());
}

TEST(LatencyTableText, ThatIsWrongNamesTheLine) {
  const std::string good = "row\tcountry:IE\tr\t1\t2\tw\n";
  for (const char* bad :
       {"row\tcountry:IE\tr\t1\t2", "row\tcountry:IE\tr\tx\t2\tw", "row\tnobody\tr\t1\t2\tw",
        "what\tcountry:IE\tr\t1\t2\tw", "region\ta\tb\t-1\t2\tw"}) {
    const auto read = LatencyTable::Parse(good + bad);
    ASSERT_FALSE(read) << bad;
    EXPECT_EQ(0U, read.error().message.find("latency table: line 2: ")) << read.error().message;
  }
}

}  // namespace
}  // namespace waypost::geo
