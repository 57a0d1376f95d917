// A small vocabulary for tests of geography.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "dnsd/geo/atlas.h"
#include "tests/support/mmdb_writer.h"
#include "tests/support/process.h"

namespace waypost::geo {

using test::MmdbValue;
using test::MmdbWriter;

inline IpAddress Address(const std::string& text) { return IpAddress::Parse(text).value(); }
inline IpPrefix Prefix(const std::string& text) { return IpPrefix::Parse(text).value(); }

/// A record as ip-location-db writes it.
inline MmdbValue Flat(const std::string& country, const std::string& state, const std::string& city,
                      float latitude, float longitude) {
  return MmdbValue::Map{{"city", city},           {"country_code", country}, {"latitude", latitude},
                        {"longitude", longitude}, {"postcode", ""},          {"state1", state},
                        {"state2", ""},           {"timezone", ""}};
}

inline MmdbValue FlatCountry(const std::string& country) {
  return MmdbValue::Map{{"country_code", country}};
}

/// A record as GeoIP2 and GeoLite2 have it.
inline MmdbValue Nested(const std::string& continent, const std::string& country,
                        const std::string& state_code, const std::string& state,
                        const std::string& city, double latitude, double longitude) {
  return MmdbValue::Map{
      {"city", MmdbValue::Map{{"names", MmdbValue::Map{{"de", "?"}, {"en", city}}}}},
      {"continent", MmdbValue::Map{{"code", continent}}},
      {"country", MmdbValue::Map{{"iso_code", country}}},
      {"location", MmdbValue::Map{{"latitude", latitude}, {"longitude", longitude}}},
      {"subdivisions", MmdbValue::Array{MmdbValue::Map{{"iso_code", state_code},
                                                       {"names", MmdbValue::Map{{"en", state}}}}}}};
}

inline MmdbValue NestedCountry(const std::string& country) {
  return MmdbValue::Map{{"country", MmdbValue::Map{{"iso_code", country}}}};
}

inline MmdbValue Asn(uint32_t number) {
  return MmdbValue::Map{{"autonomous_system_number", number},
                        {"autonomous_system_organization", "Example"}};
}

inline std::shared_ptr<const Atlas> Open(const std::vector<std::string>& paths) {
  const auto atlas = Atlas::Open(paths);
  EXPECT_TRUE(atlas.has_value()) << (atlas ? "" : atlas.error().message);
  return atlas.value_or(nullptr);
}

inline NetworkRule Rule(const std::string& prefix, uint16_t label) {
  NetworkRule rule;
  rule.prefix = Prefix(prefix);
  rule.label = label;
  return rule;
}

inline NetworkRule RuleIn(const std::string& prefix, uint16_t label, const std::string& country) {
  NetworkRule rule = Rule(prefix, label);
  rule.has_place = true;
  rule.place.country = ParseCountry(country);
  return rule;
}

inline std::string CountryOf(const ClientMap& map, const std::string& address) {
  return CountryName(map.Class(map.Find(Address(address)).class_id).country);
}

inline std::vector<uint16_t> LabelsOf(const ClientMap& map, const std::string& address) {
  const auto labels = map.Labels(map.Class(map.Find(Address(address)).class_id));
  return {labels.begin(), labels.end()};
}

/// One file a family or one for both, as tests need them.
class GeoTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, const MmdbWriter& writer) {
    return files_.Write(name, writer.Bytes());
  }
  std::string Write(const std::string& name, const std::string& bytes) {
    return files_.Write(name, bytes);
  }
  const std::string& directory() const { return files_.path(); }

 private:
  test::TempDir files_;
};

}  // namespace waypost::geo
