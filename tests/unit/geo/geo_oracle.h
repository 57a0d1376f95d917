// The slow, obvious answer to what a client map compiles: asks libmaxminddb for every address and
// tries all networks in turn.
#pragma once

#include <gtest/gtest.h>
#include <maxminddb.h>

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "dnsd/geo/atlas.h"

namespace waypost::geo {

class GeoOracle {
 public:
  struct Answer {
    std::string country;
    std::string subdivision;
    bool has_coordinates = false;
    Coordinates coordinates;
    std::vector<uint16_t> labels;
  };

  GeoOracle(const std::vector<std::string>& paths, const Vocabulary& vocabulary)
      : vocabulary_(vocabulary), databases_(paths.size()) {
    for (size_t i = 0; i < paths.size(); ++i)
      EXPECT_EQ(MMDB_SUCCESS, MMDB_open(paths[i].c_str(), MMDB_MODE_MMAP, &databases_[i]));
  }
  ~GeoOracle() {
    for (auto& database : databases_) MMDB_close(&database);
  }
  GeoOracle(const GeoOracle&) = delete;
  GeoOracle& operator=(const GeoOracle&) = delete;

  Answer Ask(const IpAddress& client) const {
    const IpAddress address = Normalise(client).address;
    Answer answer;
    for (const auto& database : databases_)
      if (answer.country.empty()) AskDatabase(database, address, answer);
    AskNetworks(address, answer);
    Coordinates centroid;
    if (!answer.has_coordinates && CentroidOf(ParseCountry(answer.country), centroid)) {
      answer.has_coordinates = true;
      answer.coordinates = centroid;
    }
    return answer;
  }

 private:
  static std::string Text(MMDB_entry_s entry, const std::vector<const char*>& path) {
    std::vector<const char*> keys = path;
    keys.push_back(nullptr);
    MMDB_entry_data_s data;
    if (MMDB_aget_value(&entry, &data, keys.data()) != MMDB_SUCCESS || !data.has_data) return {};
    return {data.utf8_string, data.data_size};
  }

  static double Number(MMDB_entry_s entry, const std::vector<const char*>& path) {
    std::vector<const char*> keys = path;
    keys.push_back(nullptr);
    MMDB_entry_data_s data;
    if (MMDB_aget_value(&entry, &data, keys.data()) != MMDB_SUCCESS || !data.has_data) return NAN;
    return data.type == MMDB_DATA_TYPE_FLOAT ? data.float_value : data.double_value;
  }

  static void AskDatabase(const MMDB_s& database, const IpAddress& address, Answer& answer) {
    if (!address.is_v4() && database.metadata.ip_version == 4) return;
    sockaddr_storage storage{};
    if (address.is_v4()) {
      auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
      v4->sin_family = AF_INET;
      address.WriteBytes(reinterpret_cast<uint8_t*>(&v4->sin_addr));
    } else {
      auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
      v6->sin6_family = AF_INET6;
      address.WriteBytes(reinterpret_cast<uint8_t*>(&v6->sin6_addr));
    }
    int error = MMDB_SUCCESS;
    const auto found =
        MMDB_lookup_sockaddr(&database, reinterpret_cast<const sockaddr*>(&storage), &error);
    EXPECT_EQ(MMDB_SUCCESS, error);
    if (!found.found_entry) return;
    answer.country = Text(found.entry, {"country_code"});
    const bool is_flat = !answer.country.empty();
    if (!is_flat) answer.country = Text(found.entry, {"country", "iso_code"});
    answer.subdivision = is_flat ? Text(found.entry, {"state1"})
                                 : Text(found.entry, {"subdivisions", "0", "iso_code"});
    const double latitude =
        is_flat ? Number(found.entry, {"latitude"}) : Number(found.entry, {"location", "latitude"});
    const double longitude = is_flat ? Number(found.entry, {"longitude"})
                                     : Number(found.entry, {"location", "longitude"});
    answer.has_coordinates = !std::isnan(latitude);
    if (answer.has_coordinates) answer.coordinates = {latitude, longitude};
  }

  void AskNetworks(const IpAddress& address, Answer& answer) const {
    int most_specific_place = -1;
    for (int length = 128; length >= 0; --length)
      for (const auto& rule : vocabulary_.networks) {
        if (rule.prefix.length != length || !rule.prefix.Contains(address)) continue;
        answer.labels.push_back(rule.label);
        if (!rule.has_place || most_specific_place >= 0) continue;
        most_specific_place = length;
        answer.country = CountryName(rule.place.country);
        answer.subdivision = rule.place.subdivision;
        answer.has_coordinates = rule.place.has_coordinates;
        answer.coordinates = rule.place.coordinates;
      }
  }

  const Vocabulary& vocabulary_;
  std::vector<MMDB_s> databases_;
};

}  // namespace waypost::geo
