// The real thing, where there is one: WAYPOST_GEODB names MMDB files, parted by colons, such as
// deploy/fetch-geodb gets.
#include <cmath>
#include <cstdlib>
#include <sstream>

#include "dnsd/base/random.h"
#include "tests/unit/geo/geo_words.h"

namespace waypost::geo {
namespace {

class RealDatabase : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* const paths = std::getenv("WAYPOST_GEODB");
    if (paths == nullptr)
      GTEST_SKIP() << "WAYPOST_GEODB is not set: the real city database is not tested. Set it to "
                      "the files that deploy/fetch-geodb prints, parted by colons.";
    std::vector<std::string> files;
    std::istringstream list(paths);
    for (std::string file; std::getline(list, file, ':');) files.push_back(file);
    atlas_ = Open(files);
    map_ = atlas_->Compile(Vocabulary(), LatencyTable());
  }

  std::shared_ptr<const Atlas> atlas_;
  std::shared_ptr<const ClientMap> map_;
};

TEST_F(RealDatabase, PutsWellKnownNetworksInTheirCountries) {
  const std::pair<const char*, const char*> known[] = {
      {"8.8.8.8", "US"},      {"18.0.0.1", "US"},          {"193.0.6.139", "NL"},
      {"202.12.29.1", "AU"},  {"133.11.0.1", "JP"},        {"129.132.1.1", "CH"},
      {"131.111.8.46", "GB"}, {"134.226.1.1", "IE"},       {"200.160.2.3", "BR"},
      {"196.216.2.6", "ZA"},  {"166.111.4.100", "CN"},     {"143.248.1.1", "KR"},
      {"2001:630::1", "GB"},  {"2001:638::1", "DE"},       {"2001:200::1", "JP"},
      {"2001:12ff::1", "BR"}, {"::ffff:133.11.0.1", "JP"}, {"2002:850b:1::1", "JP"}};
  for (const auto& [address, country] : known)
    EXPECT_EQ(country, CountryOf(*map_, address)) << address;
}

TEST_F(RealDatabase, DescribesClientsAsTheMapClassifiesThem) {
  Random random(3);
  for (int i = 0; i < 20'000; ++i) {
    const uint64_t bits = random.Next();
    const IpAddress address = i % 2 == 0 ? IpAddress::FromV4(static_cast<uint32_t>(bits))
                                         : IpAddress::FromV6(0x2000000000000000 | bits >> 3, bits);
    const Place place = atlas_->Describe(address, Vocabulary()).place;
    const ClientClass& actual = map_->Class(map_->Find(address).class_id);
    EXPECT_EQ(CountryName(place.country), CountryName(actual.country)) << address.ToString();
    EXPECT_EQ(place.has_coordinates, actual.has_coordinates) << address.ToString();
  }
}

TEST_F(RealDatabase, CoversAllAddressesWithoutOverlap) {
  double v4_share = 0;
  double v6_share = 0;
  map_->ForEach([&](const IpPrefix& prefix, uint32_t) {
    double& share = prefix.address.is_v4() ? v4_share : v6_share;
    share += std::ldexp(1.0, -prefix.length);
  });
  EXPECT_EQ(1.0, v4_share);
  EXPECT_NEAR(1.0, v6_share, 1e-4);  // less the prefixes that embed IPv4
}

}  // namespace
}  // namespace waypost::geo
