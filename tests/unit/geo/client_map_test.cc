// The compiled map against the oracle, over random databases.
#include "dnsd/geo/client_map.h"

#include <cmath>
#include <map>
#include <set>

#include "dnsd/base/random.h"
#include "tests/unit/geo/geo_oracle.h"
#include "tests/unit/geo/geo_words.h"

namespace waypost::geo {
namespace {

const char* const kCountries[] = {"US", "IE", "DE", "JP", "BR", "ZA", "AU", "IN"};
const char* const kStates[] = {"CA", "TX", "L", "BE"};

struct Shape {
  const char* name;
  bool is_nested;
  int record_bits;
  std::vector<int> ip_versions;  // of each file
};

std::ostream& operator<<(std::ostream& out, const Shape& shape) { return out << shape.name; }

Vocabulary TwoRegions() {
  Vocabulary vocabulary;
  vocabulary.regions = {{"eu-west", {53.35, -6.26}}, {"us-east", {38.9, -77.4}}};
  vocabulary.subdivisions = {"US-CA", "ie-l"};
  return vocabulary;
}

class ClientMapOracle : public GeoTest, public ::testing::WithParamInterface<Shape> {
 protected:
  void SetUp() override {
    for (size_t i = 0; i < GetParam().ip_versions.size(); ++i) {
      const MmdbWriter writer = RandomDatabase(GetParam().ip_versions[i]);
      paths_.push_back(Write("db" + std::to_string(i) + ".mmdb", writer));
    }
    AddRandomNetworks();
    map_ = Open(paths_)->Compile(vocabulary_, LatencyTable());
  }

  IpAddress RandomAddress(bool is_v4) {
    if (is_v4) return IpAddress::FromV4(0x0A000000 | static_cast<uint32_t>(random_.Next() >> 36));
    // Few bits vary, so that prefixes nest and addresses hit them.
    const uint64_t high = 0x20010DB800000000 | (random_.Next() & 0xF0F00000000F);
    return IpAddress::FromV6(high, random_.Next());
  }

  IpPrefix RandomPrefix(bool is_v4) {
    const IpAddress address = RandomAddress(is_v4);
    const auto length =
        static_cast<uint8_t>(is_v4 ? 4 + random_.Below(29) : 16 + random_.Below(70));
    return {address.Masked(length), length};
  }

  MmdbValue RandomRecord() {
    const char* country = kCountries[random_.Below(std::size(kCountries))];
    const char* state = kStates[random_.Below(std::size(kStates))];
    const double latitude = static_cast<double>(random_.Below(4)) * 20.1;
    const double longitude = static_cast<double>(random_.Below(4)) * -30.3;
    if (random_.Below(8) == 0)
      return GetParam().is_nested ? NestedCountry(country) : FlatCountry(country);
    if (GetParam().is_nested)
      return Nested("", country, state, "name", "city", latitude, longitude);
    return Flat(country, state, "city", static_cast<float>(latitude),
                static_cast<float>(longitude));
  }

  MmdbWriter RandomDatabase(int ip_version) {
    MmdbWriter writer({ip_version, GetParam().record_bits});
    std::map<uint8_t, std::vector<IpPrefix>> prefixes;  // a longer one overrides a shorter one
    for (int i = 0; i < 300; ++i) {
      const IpPrefix prefix = RandomPrefix(ip_version == 4 || random_.Below(2) == 0);
      prefixes[prefix.length].push_back(prefix);
    }
    for (const auto& [length, same_length] : prefixes)
      for (const auto& prefix : same_length) writer.Insert(prefix, RandomRecord());
    if (ip_version == 4) return writer;
    for (const char* alias : {"2002::/16", "::ffff:0:0/96", "2001::/32"})
      writer.AliasToIpv4(Prefix(alias));
    return writer;
  }

  void AddRandomNetworks() {
    std::set<IpPrefix> taken;
    for (uint16_t label = 0; label < 40; ++label) {
      NetworkRule rule;
      rule.prefix = RandomPrefix(random_.Below(2) == 0);
      if (!taken.insert(rule.prefix).second) continue;
      rule.label = label;
      rule.has_place = random_.Below(2) == 0;
      if (rule.has_place) rule.place.country = ParseCountry(kCountries[random_.Below(8)]);
      vocabulary_.networks.push_back(rule);
      vocabulary_.labels.push_back({"n", "l"});
    }
  }

  void ExpectAgrees(const IpAddress& address, const GeoOracle::Answer& expected) {
    const Located located = map_->Find(address);
    const ClientClass& actual = map_->Class(located.class_id);
    const std::string where = address.ToString();
    EXPECT_EQ(expected.country, CountryName(actual.country)) << where;
    EXPECT_EQ(ContinentOf(ParseCountry(expected.country)), actual.continent) << where;
    EXPECT_EQ(SubdivisionOf(expected), actual.subdivision) << where;
    EXPECT_EQ(expected.has_coordinates, actual.has_coordinates) << where;
    EXPECT_EQ(expected.labels, LabelsOf(*map_, where)) << where;
    for (size_t region = 0; region < 2; ++region) {
      EXPECT_EQ(DistanceTo(expected, region), map_->Distance(located.class_id)[region]) << where;
      EXPECT_EQ(RttTo(expected, region), map_->Rtt(located.class_id)[region]) << where;
    }
  }

  static int SubdivisionOf(const GeoOracle::Answer& answer) {
    if (answer.country == "US" && answer.subdivision == "CA") return 1;
    return answer.country == "IE" && answer.subdivision == "L" ? 2 : 0;
  }

  static double CellCentre(double degrees) { return std::floor(degrees * 2) / 2 + 0.25; }

  double KmTo(const GeoOracle::Answer& answer, size_t region) const {
    const Coordinates centre{CellCentre(answer.coordinates.latitude),
                             CellCentre(answer.coordinates.longitude)};
    return DistanceKm(centre, vocabulary_.regions[region].coordinates);
  }
  int DistanceTo(const GeoOracle::Answer& answer, size_t region) const {
    return answer.has_coordinates ? static_cast<int>(std::lround(KmTo(answer, region))) : 0xFFFF;
  }
  int RttTo(const GeoOracle::Answer& answer, size_t region) const {
    return answer.has_coordinates
               ? static_cast<int>(std::lround(ModelRttMs(KmTo(answer, region)) * 10))
               : 0xFFFF;
  }

  Random random_{42};
  Vocabulary vocabulary_ = TwoRegions();
  std::vector<std::string> paths_;
  std::shared_ptr<const ClientMap> map_;
};

IpAddress LastOf(const IpPrefix& prefix) {
  const uint8_t bits = prefix.length;
  const uint64_t high = bits >= 64 ? 0 : ~uint64_t{0} >> bits;
  const uint64_t low = bits >= 128 ? 0 : bits <= 64 ? ~uint64_t{0} : ~uint64_t{0} >> (bits - 64);
  return prefix.address.is_v4()
             ? IpAddress::FromV4(prefix.address.v4() | static_cast<uint32_t>(high >> 32))
             : IpAddress::FromV6(prefix.address.high() | high, prefix.address.low() | low);
}

TEST_P(ClientMapOracle, AgreesForRandomAddresses) {
  const GeoOracle oracle(paths_, vocabulary_);
  for (int i = 0; i < 4000; ++i) {
    const IpAddress address = RandomAddress(i % 2 == 0);
    ExpectAgrees(address, oracle.Ask(address));
  }
}

TEST_P(ClientMapOracle, AgreesAtBothEndsOfEveryPrefix) {
  const GeoOracle oracle(paths_, vocabulary_);
  map_->ForEach([&](const IpPrefix& prefix, uint32_t) {
    if (prefix.address == IpAddress::FromV6(0, 0)) return;  // the IPv4 tree of the database
    ExpectAgrees(prefix.address, oracle.Ask(prefix.address));
    const IpAddress last = LastOf(prefix);
    ExpectAgrees(last, oracle.Ask(last));
  });
}

TEST_P(ClientMapOracle, AgreesForEmbeddedAddresses) {
  const GeoOracle oracle(paths_, vocabulary_);
  for (int i = 0; i < 500; ++i) {
    const uint64_t v4 = RandomAddress(true).v4();
    ExpectAgrees(IpAddress::FromV6(0, 0xFFFF00000000 | v4), oracle.Ask(IpAddress::FromV4(v4)));
    ExpectAgrees(IpAddress::FromV6(0x2002000000000000 | v4 << 16, random_.Next()),
                 oracle.Ask(IpAddress::FromV4(v4)));
  }
}

TEST_P(ClientMapOracle, EveryAddressOfAPrefixHasItsClassAndLength) {
  map_->ForEach([&](const IpPrefix& prefix, uint32_t class_id) {
    for (const IpAddress& address : {prefix.address, LastOf(prefix)}) {
      const Located located = map_->Find(address);
      EXPECT_EQ(class_id, located.class_id) << prefix.ToString();
      EXPECT_EQ(prefix.length, located.prefix_length) << prefix.ToString();
    }
  });
}

TEST_P(ClientMapOracle, PrefixesStandInOrderAndDoNotOverlap) {
  IpAddress last = IpAddress::FromV4(0);
  bool is_first = true;
  uint64_t count = 0;
  map_->ForEach([&](const IpPrefix& prefix, uint32_t) {
    EXPECT_TRUE(is_first || last < prefix.address) << prefix.ToString();
    is_first = false;
    last = LastOf(prefix);
    ++count;
  });
  EXPECT_EQ(count, map_->prefix_count());
}

TEST_P(ClientMapOracle, NoTwoSiblingsOfOneClassAreLeftApart) {
  std::map<IpPrefix, uint32_t> classes;
  map_->ForEach([&](const IpPrefix& prefix, uint32_t class_id) { classes[prefix] = class_id; });
  for (const auto& [prefix, class_id] : classes) {
    if (prefix.length == 0) continue;
    const auto parent_length = static_cast<uint8_t>(prefix.length - 1);
    const IpPrefix parent{prefix.address.Masked(parent_length), parent_length};
    const IpPrefix upper{LastOf(parent).Masked(prefix.length), prefix.length};
    if (prefix == upper) continue;
    const auto sibling = classes.find(upper);
    EXPECT_TRUE(sibling == classes.end() || sibling->second != class_id) << parent.ToString();
  }
}

INSTANTIATE_TEST_SUITE_P(Databases, ClientMapOracle,
                         ::testing::Values(Shape{"NestedBoth24", true, 24, {6}},
                                           Shape{"NestedBoth28", true, 28, {6}},
                                           Shape{"NestedBoth32", true, 32, {6}},
                                           Shape{"FlatBoth28", false, 28, {6}},
                                           Shape{"FlatIpv4Only24", false, 24, {4}},
                                           Shape{"FlatIpv4Only32", false, 32, {4}},
                                           Shape{"FlatSideBySide28", false, 28, {4, 6}},
                                           Shape{"NestedTwoOverlapping24", true, 24, {6, 6}},
                                           Shape{"NoDatabase", true, 24, {}}),
                         [](const auto& shape) { return std::string(shape.param.name); });

class ClientMapScope : public GeoTest {
 protected:
  ClientMapScope() {
    MmdbWriter writer({6, 28});
    writer.Insert(Prefix("8.0.0.0/9"), FlatCountry("US"));
    writer.Insert(Prefix("8.128.0.0/10"), FlatCountry("SG"));
    writer.Insert(Prefix("2a00::/16"), FlatCountry("DE"));
    map_ = Open({Write("db.mmdb", writer)})->Compile(Vocabulary(), LatencyTable());
  }
  int LengthOf(const std::string& address) { return map_->Find(Address(address)).prefix_length; }

  std::shared_ptr<const ClientMap> map_;
};

TEST_F(ClientMapScope, IsThePrefixOfTheAddressItself) {
  EXPECT_EQ(9, LengthOf("8.8.8.8"));
  EXPECT_EQ(10, LengthOf("8.130.0.1"));
  EXPECT_EQ(16, LengthOf("2a00:1450::1"));
}

TEST_F(ClientMapScope, CountsTheBitsBeforeAnEmbeddedAddress) {
  EXPECT_EQ(96 + 9, LengthOf("::ffff:8.8.8.8"));
  EXPECT_EQ(96 + 9, LengthOf("64:ff9b::8.8.8.8"));
  EXPECT_EQ(16 + 9, LengthOf("2002:808:808::1"));
  // Teredo: 8.8.8.8 inverted is f7f7:f7f7.
  EXPECT_EQ(96 + 9, LengthOf("2001:0:4136:e378:8000:63bf:f7f7:f7f7"));
  EXPECT_EQ("US", CountryOf(*map_, "2001:0:4136:e378:8000:63bf:f7f7:f7f7"));
}

TEST_F(ClientMapScope, OfAClientSubnetThatEndsBeforeTheEmbeddedAddressIsLongerThanIt) {
  // 64:ff9b::/56 says nothing of the client: the zero-filled address's own leaf, 0.0.0.0/5.
  EXPECT_EQ(96 + 5, LengthOf("64:ff9b::"));
  EXPECT_EQ("", CountryOf(*map_, "64:ff9b::"));
}

TEST_F(ClientMapScope, OfAnIpv4CompatibleAddressIsNotOfTheIpv4Tree) {
  EXPECT_EQ("", CountryOf(*map_, "::8.8.8.8"));  // RFC 4291 section 2.5.5.1: deprecated
}

TEST_F(ClientMapScope, NoPrefixOfTheMapContainsEmbeddedClients) {
  map_->ForEach([](const IpPrefix& prefix, uint32_t) {
    EXPECT_FALSE(prefix.Contains(Address("2002:808::"))) << prefix.ToString();
    EXPECT_FALSE(prefix.Contains(Address("2001::1"))) << prefix.ToString();
    EXPECT_FALSE(prefix.Contains(Address("64:ff9b::1"))) << prefix.ToString();
  });
}

TEST(EmptyClientMap, IsOnePrefixAFamilyOfTheDefaultClass) {
  const auto map = Open({})->Compile(Vocabulary(), LatencyTable());
  EXPECT_EQ(2U, map->prefix_count());
  for (const char* address : {"192.0.2.1", "2001:db8::1", "2002:808:808::1", "::ffff:8.8.8.8"}) {
    EXPECT_EQ(0U, map->Find(Address(address)).class_id) << address;
    EXPECT_EQ(0, map->Find(Address(address)).prefix_length) << address;
  }
}

}  // namespace
}  // namespace waypost::geo
