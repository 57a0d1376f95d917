// A small world for tests of steering: resources from short text, a board on which everything is up
// until a test says otherwise, and clients of known place.
//
//   World world;
//   world.AddRegion("eu", "country: 'IE' latitude: 53 longitude: -6");
//   world.AddPool("web-eu", "eu", {"192.0.2.1", "192.0.2.2"});
//   world.AddPolicy("web", "steps { latency {} } steps { weighted {} }");
//   world.AddRecord("www.example.com", "web", {"web-eu"});
//   world.Build();
//   world.SetStanding("web-eu/192.0.2.1", Standing::kDown);
//   EXPECT_THAT(world.Answer("www.example.com"), ElementsAre("web-eu/192.0.2.2"));
//
// Thread safety: one thread. Errors: text that does not parse and names that do not exist end the
// test with an exception.
#pragma once

#include <google/protobuf/text_format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "dnsd/liveness/board.h"
#include "dnsd/steer/compile.h"
#include "dnsd/steer/decide.h"
#include "tests/support/fake_client_map.h"
#include "waypost/v1/resource.pb.h"

namespace waypost::test {

class World {
 public:
  /// `location` and everything else: protobuf text of the message's fields.
  void AddRegion(const std::string& name, const std::string& location = "",
                 const std::string& jurisdiction = "") {
    v1::Region& region = regions_[name];
    region.set_name(name);
    if (!location.empty()) ReadText(location, *region.mutable_location());
    if (!jurisdiction.empty()) (*region.mutable_labels())["jurisdiction"] = jurisdiction;
  }
  /// An endpoint that has letters other than a to f in it is a name, to answer with as CNAME.
  v1::Pool& AddPool(const std::string& name, const std::string& region,
                    const std::vector<std::string>& endpoints, uint32_t weight = 100) {
    v1::Pool& pool = pools_[name];
    pool.set_name(name);
    pool.set_region(region);
    pool.set_weight(weight);
    for (const std::string& text : endpoints) {
      const bool is_address = IpAddress::Parse(text).has_value();
      v1::Endpoint& endpoint = *pool.add_endpoints();
      is_address ? endpoint.set_address(text) : endpoint.set_cname(text);
    }
    return pool;
  }
  v1::Network& AddNetwork(const std::string& name, const std::string& text) {
    return Read(text, name, networks_);
  }
  v1::Policy& AddPolicy(const std::string& name, const std::string& text) {
    return Read(text, name, policies_);
  }
  v1::Record& AddRecord(const std::string& name, const std::string& policy,
                        const std::vector<std::string>& pools, const std::string& text = "") {
    v1::Record& record = Read(text, name, records_);
    record.set_policy(policy);
    for (const std::string& pool : pools) record.add_pools(pool);
    if (record.types().empty()) {
      record.add_types(v1::RECORD_TYPE_A);
      record.add_types(v1::RECORD_TYPE_AAAA);
    }
    return record;
  }

  steer::Compiled Compile() const {
    return steer::Compile({Pointers(regions_), Pointers(pools_), Pointers(networks_),
                           Pointers(policies_), Pointers(records_)});
  }

  /// Everything is up and has its declared weight; no client is known.
  void Build() {
    steer::Compiled compiled = Compile();
    for (const Problem& problem : compiled.problems) {
      if (!problem.is_warning) throw std::runtime_error(problem.ToString());
    }
    steering_ = std::move(compiled.steering);
    clients_ = std::make_unique<FakeClientMap>(steering_->topology.regions.size());
    board_ = std::make_unique<liveness::Board>(steering_->layout);
    for (size_t i = 0; i < steering_->topology.endpoints.size(); ++i) {
      board_->SetEndpoint(static_cast<uint32_t>(i),
                          {liveness::Standing::kUp, 255, steering_->topology.endpoints[i].weight});
    }
    for (size_t i = 0; i < steering_->topology.pools.size(); ++i) {
      board_->CombinePool(static_cast<uint32_t>(i), steering_->topology.pools[i].weight);
    }
  }

  /// Of a pool (all its endpoints) or an endpoint (POOL/ADDRESS).
  void SetStanding(const std::string& target, liveness::Standing standing) {
    Change(target, [&](liveness::EndpointWord& word) { word.standing = standing; });
  }
  void SetEndpointWeight(const std::string& target, uint16_t weight) {
    Change(target, [&](liveness::EndpointWord& word) { word.weight = weight; });
  }
  void SetRamp(const std::string& target, uint8_t ramp) {
    Change(target, [&](liveness::EndpointWord& word) { word.ramp = ramp; });
  }
  void SetTtlCap(const std::string& target, uint16_t seconds) {
    Change(target, [&](liveness::EndpointWord& word) { word.ttl_cap_s = seconds; });
  }
  void SetPoolWeight(const std::string& pool, uint16_t weight) {
    board_->CombinePool(PoolOf(pool), weight);
  }
  void SetLoad(const std::string& pool, liveness::Load load) {
    board_->SetLoad(PoolOf(pool), load);
  }
  void Pin(const std::string& record, const std::string& pool) {
    board_->SetPin(record_of(record).index, PoolOf(pool));
  }
  void SetHold(const std::string& policy, const std::string& pool, bool held) {
    const auto& holds = steering_->holds;
    for (size_t i = 0; i < holds.size(); ++i) {
      if (holds[i].policy == policy && holds[i].pool == PoolOf(pool)) {
        return board_->SetHold(static_cast<uint32_t>(i), held);
      }
    }
    throw std::runtime_error("no hold " + policy + "/" + pool);
  }

  void AddClients(const std::string& prefix, const FakeClients& clients) {
    clients_->Add(prefix, clients);
  }
  /// `text`: an address, or a prefix as it would come in a client subnet option.
  steer::Client ClientAt(const std::string& text) const {
    const IpPrefix prefix = IpPrefix::Parse(text).value();
    return {prefix.address, prefix.length, clients_->Find(prefix.address)};
  }

  steer::Decision Decide(const std::string& record, const steer::Draw& draw = {},
                         const std::string& client = "198.51.100.1",
                         steer::Want want = steer::Want::kA, steer::Trace* trace = nullptr) const {
    return steer::Decide(record_of(record), want, ClientAt(client), world(), draw, trace);
  }
  /// Ids of the endpoints that answer.
  std::vector<std::string> Answer(const std::string& record, const steer::Draw& draw = {},
                                  const std::string& client = "198.51.100.1",
                                  steer::Want want = steer::Want::kA) const {
    const steer::Decision decision = Decide(record, draw, client, want);
    std::vector<std::string> ids;
    for (size_t i = 0; i < decision.count; ++i) {
      ids.push_back(steering_->topology.endpoints[decision.endpoints[i]].id);
    }
    return ids;
  }

  const std::map<std::string, v1::Region>& regions() const { return regions_; }
  const std::map<std::string, v1::Pool>& pools() const { return pools_; }
  const std::map<std::string, v1::Policy>& policies() const { return policies_; }
  const std::map<std::string, v1::Record>& records() const { return records_; }

  steer::World world() const { return {steering_.get(), clients_.get(), board_.get()}; }
  const steer::Steering& steering() const { return *steering_; }
  liveness::Board& board() { return *board_; }
  const steer::Record& record_of(const std::string& name) const {
    const wire::Name owner = wire::Name::Parse(name).value();
    for (const steer::Record& record : steering_->records) {
      if (record.name == owner) return record;
    }
    throw std::runtime_error("no record " + name);
  }
  steer::PoolIndex PoolOf(const std::string& name) const {
    const auto& pools = steering_->topology.pools;
    for (size_t i = 0; i < pools.size(); ++i) {
      if (pools[i].name == name) return static_cast<steer::PoolIndex>(i);
    }
    throw std::runtime_error("no pool " + name);
  }
  uint16_t RegionOf(const std::string& name) const {
    const auto& regions = steering_->topology.regions;
    for (size_t i = 0; i < regions.size(); ++i) {
      if (regions[i].name == name) return static_cast<uint16_t>(i);
    }
    throw std::runtime_error("no region " + name);
  }

 private:
  static void ReadText(const std::string& text, google::protobuf::Message& message) {
    if (!google::protobuf::TextFormat::MergeFromString(text, &message)) {
      throw std::runtime_error("bad text: " + text);
    }
  }

  template <typename T>
  static T& Read(const std::string& text, const std::string& name, std::map<std::string, T>& list) {
    T& message = list[name];
    ReadText(text, message);
    message.set_name(name);
    return message;
  }

  template <typename T>
  static std::vector<const T*> Pointers(const std::map<std::string, T>& list) {
    std::vector<const T*> pointers;
    for (const auto& [name, message] : list) pointers.push_back(&message);
    return pointers;
  }

  template <typename F>
  void Change(const std::string& target, F change) {
    bool found = false;
    const auto& topology = steering_->topology;
    for (size_t i = 0; i < topology.endpoints.size(); ++i) {
      const steer::Endpoint& endpoint = topology.endpoints[i];
      if (endpoint.id != target && topology.pools[endpoint.pool].name != target) continue;
      const auto index = static_cast<uint32_t>(i);
      liveness::EndpointWord word = board_->endpoint(index);
      change(word);
      board_->SetEndpoint(index, word);
      board_->CombinePool(endpoint.pool, topology.pools[endpoint.pool].weight);
      found = true;
    }
    if (!found) throw std::runtime_error("no endpoint or pool " + target);
  }

  std::map<std::string, v1::Region> regions_;
  std::map<std::string, v1::Pool> pools_;
  std::map<std::string, v1::Network> networks_;
  std::map<std::string, v1::Policy> policies_;
  std::map<std::string, v1::Record> records_;
  std::shared_ptr<const steer::Steering> steering_;
  std::unique_ptr<FakeClientMap> clients_;
  std::unique_ptr<liveness::Board> board_;
};

}  // namespace waypost::test
