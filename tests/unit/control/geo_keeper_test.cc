#include "dnsd/control/geo_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/mmdb_writer.h"
#include "tests/support/process.h"

namespace waypost::control {
namespace {

using ::testing::HasSubstr;

TEST(GeoKeeper, WithoutDatabasesTheSameWordsGiveTheSameMap) {
  GeoKeeper keeper({});
  ASSERT_TRUE(keeper.Open());
  geo::Vocabulary words;
  const auto first = keeper.Clients(words);
  EXPECT_EQ(keeper.Clients(words), first);
  words.regions.push_back({"r", {}});
  EXPECT_NE(keeper.Clients(words), first);
}

TEST(GeoKeeper, ReadsNoDatabaseForAConfigurationWithoutRegions) {
  const test::TempDir dir;
  test::MmdbWriter writer({4, 28, "city"});
  writer.Insert(*IpPrefix::Parse("192.0.2.0/24"),
                test::MmdbValue::Map{{"country", test::MmdbValue::Map{{"iso_code", "IE"}}}});
  GeoKeeper keeper({writer.WriteTo(dir.path() + "/city.mmdb")});
  ASSERT_TRUE(keeper.Open());
  const IpAddress client = *IpAddress::Parse("192.0.2.1");
  geo::Vocabulary words;
  EXPECT_EQ(keeper.Clients(words)->Find(client).prefix_length, 0);
  words.regions.push_back({"r", {}});
  const auto clients = keeper.Clients(words);
  EXPECT_EQ(clients->Class(clients->Find(client).class_id).country, 'I' << 8 | 'E');
}

TEST(GeoKeeper, NewTimesGiveANewMap) {
  GeoKeeper keeper({});
  ASSERT_TRUE(keeper.Open());
  const auto first = keeper.Clients({});
  keeper.SetLatency({});
  EXPECT_NE(keeper.Clients({}), first);
}

TEST(GeoKeeper, ABadDatabaseIsAnErrorThatNamesIt) {
  const test::TempDir dir;
  GeoKeeper keeper({dir.Write("bad.mmdb", "nonsense")});
  const Status status = keeper.Open();
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("bad.mmdb"));
}

TEST(GeoKeeper, AChangedFileIsLookedAtOnce) {
  const test::TempDir dir;
  const std::string path = dir.Write("bad.mmdb", "nonsense");
  GeoKeeper keeper({path});
  ASSERT_FALSE(keeper.Refresh()) << "never opened, so it is new";
  EXPECT_EQ(keeper.Refresh().value(), false) << "and says so only once";
}

}  // namespace
}  // namespace waypost::control
