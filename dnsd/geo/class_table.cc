#include "dnsd/geo/class_table.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "dnsd/geo/atlas.h"
#include "dnsd/geo/country_table.h"
#include "dnsd/geo/range_map.h"

namespace waypost::geo {
namespace {

constexpr double kCellDegrees = 0.5;
constexpr uint32_t kCellsAround = 720;
constexpr uint32_t kCellsUpward = 360;
constexpr double kNowhere = std::numeric_limits<double>::quiet_NaN();
// Within this distance of a region its measured times to others say more than the model.
constexpr double kNearbyKm = 500;

uint32_t CellIndex(double degrees, double minimum, uint32_t cells) {
  const double index = std::floor((degrees - minimum) / kCellDegrees);
  return static_cast<uint32_t>(std::clamp(index, 0.0, cells - 1.0));
}

uint32_t CellOf(bool has_coordinates, const Coordinates& place) {
  if (!has_coordinates) return 0;
  return CellIndex(place.latitude, -90, kCellsUpward) * kCellsAround +
         CellIndex(place.longitude, -180, kCellsAround) + 1;
}

Coordinates CentreOf(uint32_t cell) {
  const uint32_t row = (cell - 1) / kCellsAround;
  const uint32_t column = (cell - 1) % kCellsAround;
  return {(row + 0.5) * kCellDegrees - 90, (column + 0.5) * kCellDegrees - 180};
}

uint16_t ToTenths(double rtt_ms) {
  return static_cast<uint16_t>(std::min(std::round(rtt_ms * 10), ClientMap::kUnknownRtt - 1.0));
}

template <typename Key>
uint32_t InternIn(std::map<Key, uint32_t>& index, const Key& key) {
  return index.emplace(key, static_cast<uint32_t>(index.size())).first->second;
}

constexpr uint64_t Pack(uint32_t high, uint32_t low) { return uint64_t{high} << 32 | low; }

uint64_t Combine(uint64_t a, uint64_t b) { return Mix64(Mix64(a + 1) ^ b); }

uint32_t PackPlace(CountryCode country, uint16_t subdivision) {
  return uint32_t{country} << 16 | subdivision;
}

}  // namespace

uint64_t ClassTable::SiteHash::operator()(const Site& site) const {
  return Combine(Pack(PackPlace(site.country, site.subdivision), site.cell),
                 Pack(static_cast<uint32_t>(site.continent), site.city_row));
}

uint64_t ClassTable::ClassHash::operator()(const Class& key) const {
  const uint64_t place = Combine(Pack(PackPlace(key.country, key.subdivision), key.cell),
                                 static_cast<uint64_t>(key.continent));
  return Combine(place, Pack(key.labels, key.times));
}

uint64_t ClassTable::ClientHash::operator()(const Client& client) const {
  return Combine(Pack(client.site, client.asn_row), Pack(client.network, client.measured_prefix));
}

ClassTable::ClassTable(const Vocabulary& vocabulary, const NetworkTable& networks,
                       const MeasuredTimes& times)
    : vocabulary_(vocabulary), networks_(networks), times_(times) {
  for (size_t i = 0; i < vocabulary.subdivisions.size(); ++i)
    subdivisions_.emplace(Lowered(vocabulary.subdivisions[i]), static_cast<uint16_t>(i + 1));
  for (const auto& words : KnownSubdivisions()) AddSynonym(words);
  Intern(Site{});
  ClassOf(Client{});
}

/// What the vocabulary calls by its code a database may call by its name, and the other way around.
void ClassTable::AddSynonym(const SubdivisionWords& words) {
  const auto by_code = subdivisions_.find(std::string(words.code));
  const auto by_name = subdivisions_.find(std::string(words.name));
  if (by_code != subdivisions_.end()) subdivisions_.emplace(words.name, by_code->second);
  if (by_name != subdivisions_.end()) subdivisions_.emplace(words.code, by_name->second);
}

uint32_t ClassTable::Intern(const Site& site) {
  bool is_new = false;
  return sites_.Intern(site, is_new);
}

uint32_t ClassTable::SiteOf(const PlaceFacts& facts, const StringPool& strings) {
  Site site;
  site.country = facts.country;
  site.continent = facts.continent;
  for (const uint32_t name :
       {facts.subdivision_code, facts.subdivision_name, facts.second_subdivision})
    if (site.subdivision == 0) site.subdivision = SubdivisionOf(facts.country, strings.Text(name));
  site.cell = CellOf(facts.has_coordinates, {facts.latitude, facts.longitude});
  site.city_row = CityRowOf(facts.country, strings.Text(facts.city));
  return Intern(site);
}

uint32_t ClassTable::SiteOfRule(const Place& place) {
  Place complete = place;
  CompleteFromCountry(complete);
  Site site;
  site.country = complete.country;
  site.continent = complete.continent;
  site.subdivision = SubdivisionOf(complete.country, complete.subdivision);
  site.cell = CellOf(complete.has_coordinates, complete.coordinates);
  site.city_row = CityRowOf(complete.country, complete.city);
  return Intern(site);
}

uint16_t ClassTable::SubdivisionOf(CountryCode country, const std::string& name) const {
  if (subdivisions_.empty() || name.empty()) return 0;
  const auto found = subdivisions_.find(Lowered(CountryName(country) + "-" + name));
  return found != subdivisions_.end() ? found->second : uint16_t{0};
}

uint32_t ClassTable::CityRowOf(CountryCode country, const std::string& city) const {
  if (!times_.has_cities() || city.empty()) return 0;
  const uint32_t row = times_.CityRow(country, city);
  // DB-IP adds the district: "San Francisco (South Beach)".
  const size_t district = city.rfind(" (");
  if (row != 0 || district == std::string::npos) return row;
  return times_.CityRow(country, city.substr(0, district));
}

uint32_t ClassTable::ClassOf(const Client& client) {
  bool is_new = false;
  const uint32_t number = clients_.Intern(client, is_new);
  if (is_new) class_of_client_.push_back(InternClass(client));
  return class_of_client_[number];
}

uint32_t ClassTable::InternClass(const Client& client) {
  const NetworkTable::Entry& network = networks_.At(client.network);
  uint32_t asn_row = client.asn_row;
  uint32_t site_number = client.site;
  if (network.place != nullptr) {
    site_number = SiteOfRule(network.place->place);
    if (network.place->place.asn != 0) asn_row = times_.AsnRow(network.place->place.asn);
  }
  const Site site = sites_.keys()[site_number];
  const MeasuredTimes::Times times =
      times_.Merge(client.measured_prefix, site.city_row, asn_row, times_.CountryRow(site.country));
  const Class key{site.country,
                  site.continent,
                  site.subdivision,
                  site.cell,
                  InternIn(label_lists_, network.labels),
                  InternIn(time_rows_, times)};
  // A packed leaf cannot name more classes; half-degree cells and countries alone cannot make them.
  if (classes_.size() > PackedLeaf::kMaxClass) return 0;
  bool is_new = false;
  const uint32_t id = classes_.Intern(key, is_new);
  if (is_new) {
    rows_.labels.insert(rows_.labels.end(), network.labels.begin(), network.labels.end());
    AppendRows(key, times);
    rows_.classes.back().label_count = static_cast<uint16_t>(network.labels.size());
    rows_.classes.back().label_begin =
        static_cast<uint32_t>(rows_.labels.size() - network.labels.size());
  }
  return id;
}

void ClassTable::AppendRows(const Class& key, const MeasuredTimes::Times& times) {
  std::vector<double> distances;
  for (const auto& region : vocabulary_.regions) {
    distances.push_back(key.cell != 0 && region.has_coordinates
                            ? DistanceKm(CentreOf(key.cell), region.coordinates)
                            : kNowhere);
  }
  uint64_t measured = 0;
  for (size_t region = 0; region < distances.size(); ++region) {
    rows_.distance.push_back(std::isnan(distances[region])
                                 ? ClientMap::kUnknownDistance
                                 : static_cast<uint16_t>(std::lround(distances[region])));
    rows_.rtt.push_back(RttTo(region, distances, times));
    if (times[region] != ClientMap::kUnknownRtt && region < 64) measured |= uint64_t{1} << region;
  }
  rows_.measured.push_back(measured);
  rows_.classes.push_back({key.country, key.continent, key.cell != 0, key.subdivision, 0, 0});
}

uint16_t ClassTable::RttTo(size_t region, const std::vector<double>& distances,
                           const MeasuredTimes::Times& times) const {
  if (times[region] != ClientMap::kUnknownRtt) return times[region];
  const uint16_t via = ViaNearbyRegion(region, distances);
  if (via != ClientMap::kUnknownRtt) return via;
  if (std::isnan(distances[region])) return ClientMap::kUnknownRtt;
  return ToTenths(ModelRttMs(distances[region]));
}

/// By the nearest region from which the time to `region` is known; kUnknownRtt: there is none.
uint16_t ClassTable::ViaNearbyRegion(size_t region, const std::vector<double>& distances) const {
  double nearest_km = kNearbyKm;
  double rtt_ms = -1;
  for (size_t via = 0; via < distances.size(); ++via) {
    const uint16_t between = times_.BetweenRegions(via, region);
    if (via == region || between == ClientMap::kUnknownRtt) continue;
    if (!(distances[via] <= nearest_km)) continue;
    nearest_km = distances[via];
    rtt_ms = ModelRttMs(distances[via]) + between / 10.0;
  }
  return rtt_ms < 0 ? ClientMap::kUnknownRtt : ToTenths(rtt_ms);
}

}  // namespace waypost::geo
