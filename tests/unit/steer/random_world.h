// Random small worlds, written twice: as resources with board and client map for Decide, and as
// facts for the oracle. The seed is all that is needed to see one again.
#pragma once

#include <string>
#include <vector>

#include "dnsd/base/random.h"
#include "dnsd/steer/rendezvous.h"
#include "dnsd/steer/spill.h"
#include "tests/support/world.h"
#include "tests/unit/steer/oracle.h"

namespace waypost::steer {

class RandomWorld {
 public:
  explicit RandomWorld(uint64_t seed) : random_(seed) {
    AddRegions();
    AddPools();
    AddNetworks();
    if (Chance(30)) AddPolicy("inner", "");
    AddPolicy("web", world_.policies().empty() ? "" : "inner");
    AddRecord();
    world_.Build();
    SetBoard();
    SetClient();
  }

  const test::World& world() const { return world_; }
  test::World& world() { return world_; }
  const Facts& facts() const { return facts_; }
  const v1::Record& record() const { return world_.records().begin()->second; }
  const Client& client() const { return client_; }
  /// Somebody else, from anywhere.
  const Client& stranger() const { return stranger_; }
  uint64_t Number() { return random_.Next(); }
  Draw NextDraw() const { return {Mix64(facts_.sequence + 1), facts_.sequence}; }
  /// Other verdicts, weights and loads, perhaps a pin.
  void NextDay() { SetBoard(); }
  void NextQuery() { facts_.sequence = random_.Below(1000); }

 private:
  bool Chance(uint64_t percent) { return random_.Below(100) < percent; }
  template <typename T>
  const T& Pick(const std::vector<T>& list) {
    return list[random_.Below(list.size())];
  }
  std::string PickRegion() { return "r" + std::to_string(random_.Below(region_count_)); }
  std::string PickPool() { return "p" + std::to_string(random_.Below(pool_count_)); }

  void AddRegions() {
    const std::vector<std::string> places = {
        "country: 'DE' continent: 'EU'", "country: 'FR' continent: 'EU'",
        "country: 'US' continent: 'NA' subdivision: 'CA'",
        "country: 'US' continent: 'NA' subdivision: 'NY'", "country: 'JP' continent: 'AS'"};
    region_count_ = 1 + random_.Below(5);
    for (uint64_t i = 0; i < region_count_; ++i) {
      const std::string place =
          Chance(85) ? Pick(places) + " latitude: 10 longitude: 20" : std::string();
      world_.AddRegion("r" + std::to_string(i), place,
                       Pick<std::string>({"", "gdpr", "gdpr", "us", "other"}));
    }
  }

  std::vector<std::string> Addresses() {
    std::vector<std::string> addresses;
    for (uint64_t i = Chance(85) ? 1 + random_.Below(5) : 0; i > 0; --i) {
      // One in ten may stand in other pools as well.
      const uint64_t host = Chance(10) ? random_.Below(3) : 10 + next_host_++;
      const std::string address = "192.0.2." + std::to_string(host);
      if (std::count(addresses.begin(), addresses.end(), address) == 0)
        addresses.push_back(address);
    }
    for (uint64_t i = addresses.empty() ? 1 : random_.Below(3); i > 0; --i) {
      addresses.push_back("2001:db8::" + std::to_string(1000 + next_host_++));
    }
    return addresses;
  }

  void AddPools() {
    pool_count_ = 1 + random_.Below(7);
    for (uint64_t i = 0; i < pool_count_; ++i) {
      world_.AddPool("p" + std::to_string(i), PickRegion(), Addresses());
    }
  }

  void AddNetworks() {
    world_.AddNetwork("office",
                      "entries { prefix: '10.0.0.0/8' label: 'lan' } "
                      "entries { prefix: '11.0.0.0/8' label: 'gdpr' }");
    world_.AddNetwork("partner",
                      "entries { prefix: '12.0.0.0/8' } "
                      "entries { prefix: '13.0.0.0/8' label: 'us' }");
  }

  std::string PoolsText() {
    std::string text;
    for (uint64_t i = random_.Below(3); i > 0; --i) text += " pools: '" + PickPool() + "'";
    return text + (text.empty() || Chance(40) ? " regions: '" + PickRegion() + "'" : "");
  }

  std::string GeoText() {
    std::string text;
    for (uint64_t i = Chance(60) ? 1 + random_.Below(3) : 0; i > 0; --i) {
      text += " rules { " +
              Pick<std::string>({"countries: 'DE'", "countries: 'US' countries: 'JP'",
                                 "continents: 'EU'", "subdivisions: 'US-CA'",
                                 "continents: 'NA' countries: 'DE'"}) +
              PoolsText() + " }";
    }
    return "geo {" + text + (Chance(30) ? " fence: true" : "") + " }";
  }

  std::string CidrText() {
    std::string text;
    for (uint64_t i = 1 + random_.Below(2); i > 0; --i) {
      text += " rules { " +
              Pick<std::string>({"network: 'office'", "network: 'office' label: 'gdpr'",
                                 "network: 'partner'", "network: 'partner' label: 'us'"}) +
              PoolsText() + " }";
    }
    return "cidr {" + text + (Chance(30) ? " fence: true" : "") + " }";
  }

  std::string ResidencyText() {
    const std::string given =
        Chance(40) ? " jurisdictions { value: 'us' countries: 'US' countries: 'FR' }" : "";
    return "residency {" + given + (Chance(60) ? " prefer: true" : "") + " }";
  }

  std::string FailoverText() {
    std::string text;
    std::vector<std::string> free;
    for (uint64_t i = 0; i < pool_count_; ++i) free.push_back("p" + std::to_string(i));
    for (uint64_t tier = Chance(50) ? 1 + random_.Below(3) : 0; tier > 0 && !free.empty(); --tier) {
      text += " tiers {";
      for (uint64_t i = 1 + random_.Below(2); i > 0 && !free.empty(); --i) {
        const uint64_t at = random_.Below(free.size());
        text += " pools: '" + free[at] + "'";
        free.erase(free.begin() + static_cast<std::ptrdiff_t>(at));
      }
      text += " }";
    }
    if (!has_waiting_failover_ && Chance(40)) {
      text += Pick<std::string>({" failback: FAILBACK_MANUAL", " failback: FAILBACK_DELAYED"});
      has_waiting_failover_ = true;
    }
    return "failover {" + text + " }";
  }

  std::string StepText() {
    switch (random_.Below(12)) {
      case 0:
        return GeoText();
      case 1:
        return ResidencyText();
      case 2:
        return CidrText();
      case 3:
        return Pick<std::string>({"latency {}", "latency { tolerance { nanos: 30000000 } }",
                                  "latency { tolerance { } }"});
      case 4:
        return "geoproximity {" +
               (Chance(50) ? " bias { key: '" + PickRegion() +
                                 "' value: " + Pick<std::string>({"50", "-50", "75", "0"}) + " }"
                           : std::string()) +
               " }";
      case 5:
        return FailoverText();
      case 6:
        return Pick<std::string>({"weighted {}", "weighted { sticky: true }"});
      case 7:
        return "hash { seed: " + std::to_string(random_.Below(3)) + " }";
      case 8:
        return "round_robin {}";
      case 9:
        return Pick<std::string>({"least_loaded {}", "least_loaded { sticky: true }"});
      case 10:
        return Pick<std::string>({"spill {}", "spill { at: 40 full: 160 }", "spill { at: 99 }"});
      default:
        return "answers { max: " + std::to_string(1 + random_.Below(4)) + " }";
    }
  }

  void AddPolicy(const std::string& name, const std::string& nested) {
    has_waiting_failover_ = false;
    std::string text;
    for (uint64_t i = 1 + random_.Below(4); i > 0; --i) text += " steps { " + StepText() + " }";
    if (!nested.empty()) text += " steps { policy: '" + nested + "' }";
    for (uint64_t i = random_.Below(3); i > 0; --i) text += " steps { " + StepText() + " }";
    text +=
        Pick<std::string>({"", " on_all_down: ON_ALL_DOWN_ALL", " on_all_down: ON_ALL_DOWN_NONE",
                           " on_all_down: ON_ALL_DOWN_LAST_RESORT last_resort: 'p0'"});
    text += Pick<std::string>({"", " on_no_data_yet: ON_NO_DATA_YET_SERVE",
                               " on_no_data_yet: ON_NO_DATA_YET_HOLD",
                               " on_no_data_yet: ON_NO_DATA_YET_LAST_KNOWN"});
    text += Pick<std::string>({"", " on_stale: ON_STALE_FREEZE", " on_stale: ON_STALE_WIDEN",
                               " on_stale: ON_STALE_STATIC"});
    world_.AddPolicy(name, text);
  }

  void AddRecord() {
    std::vector<std::string> pools;
    for (uint64_t i = 0; i < pool_count_; ++i) pools.push_back("p" + std::to_string(i));
    for (size_t i = pools.size(); i > 1; --i) std::swap(pools[i - 1], pools[random_.Below(i)]);
    pools.resize(1 + random_.Below(pools.size()));
    world_.AddRecord("www.example.com", "web", pools,
                     "ttl { min { seconds: 10 } max { seconds: 60 } }");
  }

  liveness::Standing RandomStanding(uint64_t percent_up) {
    if (Chance(percent_up)) return liveness::Standing::kUp;
    return static_cast<liveness::Standing>(random_.Below(liveness::kStandings));
  }

  void SetBoard() {
    const uint64_t percent_up = Pick<uint64_t>({95, 60, 20, 0});
    const bool all_down = Chance(10);
    const auto& topology = world_.steering().topology;
    for (const Endpoint& endpoint : topology.endpoints) {
      Facts::EndpointFacts& e = facts_.endpoints[endpoint.id];
      e.standing = all_down ? Pick<liveness::Standing>({liveness::Standing::kDown,
                                                        liveness::Standing::kForcedDown,
                                                        liveness::Standing::kDrained})
                            : RandomStanding(percent_up);
      e.weight = Pick<uint16_t>({0, 1, 50, 100, 100, 1000});
      e.ttl_cap_s = Pick<uint16_t>({0xFFFF, 0xFFFF, 0xFFFF, 5, 20, 40});
      world_.SetStanding(endpoint.id, e.standing);
      world_.SetEndpointWeight(endpoint.id, e.weight);
      world_.SetTtlCap(endpoint.id, e.ttl_cap_s);
    }
    for (const Pool& pool : topology.pools) SetPoolWeight(pool);
    for (const Pool& pool : topology.pools) SetPoolLoad(pool.name);
    if (Chance(15)) world_.Pin("www.example.com", facts_.pin = PickPool());
    for (const Hold& hold : world_.steering().holds) {
      if (!Chance(40)) continue;
      facts_.held.emplace(hold.policy, topology.pools[hold.pool].name);
      world_.SetHold(hold.policy, topology.pools[hold.pool].name, true);
    }
  }

  void SetPoolWeight(const Pool& pool) {
    const auto weight = Pick<uint16_t>({0, 1, 30, 70, 100, 65535});
    uint32_t effective = 0;
    for (EndpointIndex e = pool.first; e < pool.first + pool.v4 + pool.v6; ++e) {
      const std::string& id = world_.steering().topology.endpoints[e].id;
      if (facts_.endpoints[id].weight > 0) effective = weight;
    }
    facts_.pool_weights[pool.name] = effective;
    world_.SetPoolWeight(pool.name, weight);
  }

  void SetPoolLoad(const std::string& pool) {
    if (Chance(20)) return;
    const liveness::Load load{Pick<float>({0, 10, 55, 90, 95, 150}), Pick<float>({100, 100, 10})};
    facts_.pool_loads[pool] = load;
    world_.SetLoad(pool, load);
  }

  test::FakeClients RandomClients(Facts& facts) {
    struct Place {
      const char* country;
      const char* continent;
      geo::Continent number;
      const char* subdivision;
    };
    const std::vector<Place> places = {{"DE", "EU", geo::Continent::kEurope, ""},
                                       {"NO", "EU", geo::Continent::kEurope, ""},
                                       {"FR", "EU", geo::Continent::kEurope, ""},
                                       {"US", "NA", geo::Continent::kNorthAmerica, "US-CA"},
                                       {"US", "NA", geo::Continent::kNorthAmerica, ""},
                                       {"JP", "AS", geo::Continent::kAsia, ""},
                                       {"", "AF", geo::Continent::kAfrica, ""},
                                       {"", "", geo::Continent::kUnknown, ""}};
    const Place& place = Pick(places);
    test::FakeClients clients{.country = place.country, .continent = place.number};
    facts.country = place.country;
    facts.continent = place.continent;
    SetSubdivision(place.subdivision, clients, facts);
    SetLabels(clients, facts);
    SetTimes(clients, facts);
    return clients;
  }

  void SetSubdivision(const std::string& subdivision, test::FakeClients& clients, Facts& facts) {
    const auto& known = world_.steering().vocabulary.subdivisions;
    const auto at = std::find(known.begin(), known.end(), subdivision);
    if (at == known.end()) return;
    clients.subdivision = static_cast<uint16_t>(at - known.begin() + 1);
    facts.subdivision = subdivision;
  }

  void SetLabels(test::FakeClients& clients, Facts& facts) {
    const auto& labels = world_.steering().vocabulary.labels;
    for (size_t i = 0; i < labels.size(); ++i) {
      if (!Chance(20)) continue;
      clients.labels.push_back(static_cast<uint16_t>(i));
      facts.labels.emplace_back(labels[i].network, labels[i].label);
    }
  }

  void SetTimes(test::FakeClients& clients, Facts& facts) {
    const bool known = Chance(85);
    for (size_t i = 0; i < world_.steering().topology.regions.size(); ++i) {
      const std::string& region = world_.steering().topology.regions[i].name;
      const bool in_table = known && Chance(90);
      const uint32_t rtt = static_cast<uint32_t>(random_.Below(20)) * 40;
      const double km = static_cast<double>(random_.Below(20)) * 500;
      clients.rtt.push_back(in_table ? static_cast<uint16_t>(rtt) : geo::ClientMap::kUnknownRtt);
      clients.distance_km.push_back(in_table ? static_cast<uint16_t>(km)
                                             : geo::ClientMap::kUnknownDistance);
      if (!in_table) continue;
      facts.rtt[region] = rtt;
      facts.distance_km[region] = km;
      if (!Chance(30)) continue;
      clients.measured |= uint64_t{1} << i;
      facts.measured.insert(region);
    }
  }

  void SetClient() {
    world_.AddClients("198.51.96.0/20", RandomClients(facts_));
    Facts unused;
    world_.AddClients("100.64.0.0/10", RandomClients(unused));
    const auto length = Pick<uint8_t>({32, 24, 20, 28});
    client_ = world_.ClientAt(
        IpPrefix{IpAddress::Parse("198.51.101.77")->Masked(length), length}.ToString());
    stranger_ = world_.ClientAt("100.64.9.9");
    facts_.network_hash = HashNetwork(client_.address, length, 0);
    facts_.spill_hash = HashNetwork(client_.address, length, Spill::kSeed);
    for (uint64_t seed = 0; seed < 3; ++seed) {
      facts_.network_hashes[seed] = HashNetwork(client_.address, length, Mix64(seed));
    }
  }

  Random random_;
  test::World world_;
  Facts facts_;
  Client client_;
  Client stranger_;
  uint64_t region_count_ = 0;
  uint64_t pool_count_ = 0;
  uint64_t next_host_ = 0;
  bool has_waiting_failover_ = false;
};

inline bool Same(const Decision& a, const Decision& b) {
  return a.outcome == b.outcome && a.count == b.count && a.pool == b.pool && a.ttl_s == b.ttl_s &&
         a.scope == b.scope &&
         std::equal(a.endpoints.begin(), a.endpoints.begin() + a.count, b.endpoints.begin());
}

}  // namespace waypost::steer
