#include "dnsd/geo/measured_times.h"

#include <algorithm>
#include <cmath>

#include "dnsd/geo/client_map.h"
#include "dnsd/geo/normalise.h"

namespace waypost::geo {
namespace {

constexpr uint16_t kUnknown = ClientMap::kUnknownRtt;

uint16_t Tenths(double rtt_ms) {
  return static_cast<uint16_t>(std::clamp(std::round(rtt_ms * 10), 1.0, kUnknown - 1.0));
}

std::map<std::string, size_t> IndexRegions(const Vocabulary& vocabulary) {
  std::map<std::string, size_t> index;
  for (const auto& region : vocabulary.regions) index.emplace(region.name, index.size());
  return index;
}

}  // namespace

MeasuredTimes MeasuredTimes::Build(const LatencyTable& table, const Vocabulary& vocabulary) {
  MeasuredTimes times;
  times.regions_ = vocabulary.regions.size();
  times.rows_.emplace_back(times.regions_, kUnknown);
  const auto regions = IndexRegions(vocabulary);
  std::map<IpPrefix, Times> prefixes;
  for (const auto& [key, entry] : table.rows()) {
    const auto region = regions.find(key.second);
    const Result<ClientKey> client = ClientKey::Parse(key.first);
    if (region == regions.end() || !client) continue;
    if (client->kind == ClientKey::Kind::kPrefix) {
      Times& row = prefixes[NormalisePrefix(client->prefix)];
      row.resize(times.regions_, kUnknown);
      row[region->second] = Tenths(entry.rtt_ms);
    } else {
      times.AddRow(*client, region->second, Tenths(entry.rtt_ms));
    }
  }
  times.AddPrefixes(prefixes);
  times.AddRegions(table, regions);
  return times;
}

template <typename Key>
MeasuredTimes::Times& MeasuredTimes::RowOf(std::map<Key, uint32_t>& rows, const Key& key) {
  const auto [row, is_new] = rows.emplace(key, static_cast<uint32_t>(rows_.size()));
  if (is_new) rows_.emplace_back(regions_, kUnknown);
  return rows_[row->second];
}

void MeasuredTimes::AddRow(const ClientKey& key, size_t region, uint16_t tenths) {
  switch (key.kind) {
    case ClientKey::Kind::kCity:
      RowOf(cities_, City(key.country, Lowered(key.city)))[region] = tenths;
      break;
    case ClientKey::Kind::kAsn:
      RowOf(asns_, key.asn)[region] = tenths;
      break;
    case ClientKey::Kind::kCountry:
      RowOf(countries_, key.country)[region] = tenths;
      break;
    case ClientKey::Kind::kPrefix:
      break;
  }
}

/// Outer prefixes first, so that an inner one inherits the regions that it does not name.
void MeasuredTimes::AddPrefixes(const std::map<IpPrefix, Times>& rows) {
  std::vector<const std::pair<const IpPrefix, Times>*> order;
  for (const auto& row : rows) order.push_back(&row);
  std::stable_sort(order.begin(), order.end(),
                   [](const auto* a, const auto* b) { return a->first.length < b->first.length; });
  for (const auto* row : order) {
    Times times = row->second;
    Underlay(prefixes_.Find(row->first), times);
    prefixes_.Set(row->first, static_cast<uint32_t>(rows_.size()));
    rows_.push_back(std::move(times));
  }
}

void MeasuredTimes::AddRegions(const LatencyTable& table,
                               const std::map<std::string, size_t>& index) {
  between_.assign(regions_ * regions_, kUnknown);
  for (const bool mirrored : {true, false}) {  // a direction that is set itself wins
    for (const auto& [key, entry] : table.regions()) {
      const auto from = index.find(mirrored ? key.second : key.first);
      const auto to = index.find(mirrored ? key.first : key.second);
      if (from == index.end() || to == index.end()) continue;
      between_[from->second * regions_ + to->second] = Tenths(entry.rtt_ms);
    }
  }
}

uint32_t MeasuredTimes::CityRow(CountryCode country, const std::string& city) const {
  return FindIn(cities_, City(country, Lowered(city)));
}

void MeasuredTimes::Underlay(uint32_t row, Times& times) const {
  for (size_t region = 0; region < regions_; ++region)
    if (times[region] == kUnknown) times[region] = rows_[row][region];
}

MeasuredTimes::Times MeasuredTimes::Merge(uint32_t prefix, uint32_t city, uint32_t asn,
                                          uint32_t country) const {
  Times times = rows_[prefix];
  for (const uint32_t row : {city, asn, country}) Underlay(row, times);
  return times;
}

}  // namespace waypost::geo
