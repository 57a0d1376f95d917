// Client classes in the making: gives every combination of place, networks and measured times its
// class, and computes the rows of a new class.
//
// Thread safety: one thread.
// Ownership: keeps references to what it is built from.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "dnsd/geo/client_map.h"
#include "dnsd/geo/flat_index.h"
#include "dnsd/geo/measured_times.h"
#include "dnsd/geo/network_table.h"
#include "dnsd/geo/place_facts.h"
#include "dnsd/geo/subdivision_table.h"
#include "dnsd/geo/vocabulary.h"

namespace waypost::geo {

/// What a finished map holds by class, in ClientMap's layout.
struct ClassRows {
  std::vector<ClientClass> classes;
  std::vector<uint16_t> labels;
  std::vector<uint16_t> rtt;
  std::vector<uint16_t> distance;
  std::vector<uint64_t> measured;
};

class ClassTable {
 public:
  ClassTable(const Vocabulary& vocabulary, const NetworkTable& networks,
             const MeasuredTimes& times);

  /// A place as far as classes go: equal for all records that no policy can tell apart.
  uint32_t SiteOf(const PlaceFacts& facts, const StringPool& strings);

  /// What is known about an address: a site, and values of the tries and of AsnRow.
  struct Client {
    uint32_t site = 0;
    uint32_t asn_row = 0;
    uint32_t network = 0;
    uint32_t measured_prefix = 0;
    bool operator==(const Client&) const = default;
  };
  /// Class 0 is the class of clients about whom nothing is known.
  uint32_t ClassOf(const Client& client);

  ClassRows Take() { return std::move(rows_); }

 private:
  /// All that tells one class from another but labels and times.
  struct Site {
    CountryCode country = 0;
    Continent continent = Continent::kUnknown;
    uint16_t subdivision = 0;
    uint32_t cell = 0;  // of half a degree, + 1; 0: no coordinates
    uint32_t city_row = 0;
    bool operator==(const Site&) const = default;
  };
  struct Class {
    CountryCode country = 0;
    Continent continent = Continent::kUnknown;
    uint16_t subdivision = 0;
    uint32_t cell = 0;
    uint32_t labels = 0;  // number of a list
    uint32_t times = 0;   // number of a row
    bool operator==(const Class&) const = default;
  };
  struct SiteHash {
    uint64_t operator()(const Site& site) const;
  };
  struct ClassHash {
    uint64_t operator()(const Class& key) const;
  };
  struct ClientHash {
    uint64_t operator()(const Client& client) const;
  };

  void AddSynonym(const SubdivisionWords& words);
  uint32_t Intern(const Site& site);
  uint32_t SiteOfRule(const Place& place);
  uint16_t SubdivisionOf(CountryCode country, const std::string& name) const;
  uint32_t CityRowOf(CountryCode country, const std::string& city) const;
  uint32_t InternClass(const Client& client);
  void AppendRows(const Class& key, const MeasuredTimes::Times& times);
  uint16_t RttTo(size_t region, const std::vector<double>& distances,
                 const MeasuredTimes::Times& times) const;
  uint16_t ViaNearbyRegion(size_t region, const std::vector<double>& distances) const;

  const Vocabulary& vocabulary_;
  const NetworkTable& networks_;
  const MeasuredTimes& times_;
  std::map<std::string, uint16_t> subdivisions_;  // "us-ca" -> index + 1
  FlatIndex<Site, SiteHash> sites_;
  FlatIndex<Client, ClientHash> clients_;
  std::vector<uint32_t> class_of_client_;
  FlatIndex<Class, ClassHash> classes_;
  std::map<std::vector<uint16_t>, uint32_t> label_lists_;
  std::map<MeasuredTimes::Times, uint32_t> time_rows_;
  ClassRows rows_;
};

}  // namespace waypost::geo
