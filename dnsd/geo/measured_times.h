// A latency table with names resolved to the regions of a vocabulary: which measured times hold for
// a client.
//
// For each region the most telling row that names it holds: of the longest prefix, else of the
// city, else of the autonomous system, else of the country.
//
// Thread safety: immutable after Build.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "dnsd/geo/client_key.h"
#include "dnsd/geo/latency_table.h"
#include "dnsd/geo/prefix_trie.h"
#include "dnsd/geo/vocabulary.h"

namespace waypost::geo {

class MeasuredTimes {
 public:
  /// Tenths of a millisecond by region index, ClientMap::kUnknownRtt where nothing was measured.
  using Times = std::vector<uint16_t>;

  /// Rows that name no region of the vocabulary are left out.
  static MeasuredTimes Build(const LatencyTable& table, const Vocabulary& vocabulary);

  /// Its values, and what the next three return, are numbers for Merge; 0: no row.
  const PrefixTrie& prefixes() const { return prefixes_; }
  uint32_t CityRow(CountryCode country, const std::string& city) const;
  uint32_t AsnRow(uint32_t asn) const { return FindIn(asns_, asn); }
  uint32_t CountryRow(CountryCode country) const { return FindIn(countries_, country); }
  bool has_cities() const { return !cities_.empty(); }

  Times Merge(uint32_t prefix, uint32_t city, uint32_t asn, uint32_t country) const;

  /// Between regions, kUnknownRtt where it is not known.
  uint16_t BetweenRegions(size_t from, size_t to) const { return between_[from * regions_ + to]; }

 private:
  using City = std::pair<CountryCode, std::string>;  // the name lowered

  template <typename Key>
  static uint32_t FindIn(const std::map<Key, uint32_t>& rows, const Key& key) {
    const auto found = rows.find(key);
    return found != rows.end() ? found->second : 0;
  }

  void AddRow(const ClientKey& key, size_t region, uint16_t tenths);
  void AddPrefixes(const std::map<IpPrefix, Times>& rows);
  void AddRegions(const LatencyTable& table, const std::map<std::string, size_t>& index);
  template <typename Key>
  Times& RowOf(std::map<Key, uint32_t>& rows, const Key& key);
  void Underlay(uint32_t row, Times& times) const;

  size_t regions_ = 0;
  std::vector<Times> rows_;
  PrefixTrie prefixes_;
  std::map<City, uint32_t> cities_;
  std::map<uint32_t, uint32_t> asns_;
  std::map<CountryCode, uint32_t> countries_;
  std::vector<uint16_t> between_;
};

}  // namespace waypost::geo
