// One layer of an answer, so many times and nothing else: layers.py counts its instructions.
//
//   bench_layers LAYER COUNT
//
// The world: a zone of 10,000 names, three regions of which a policy prefers the nearest
// (residency, latency, weighted, answers), and a city database of 20,000 networks made here.
// Queries come in another order than names.
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "dnsd/base/random.h"
#include "dnsd/geo/atlas.h"
#include "dnsd/serve/lookahead.h"
#include "dnsd/serve/responder.h"
#include "tests/support/dns_message.h"
#include "tests/support/mmdb_writer.h"
#include "tests/support/process.h"
#include "tests/support/served_world.h"

namespace waypost {
namespace {

constexpr int kNames = 10'000;
constexpr int kNetworks = 20'000;
constexpr size_t kBatch = 20;  // a divisor of kNames

IpAddress NetworkOf(uint32_t number) {
  const uint8_t octets[] = {20, static_cast<uint8_t>(number >> 8U), static_cast<uint8_t>(number),
                            0};
  return IpAddress::FromBytes(IpFamily::kV4, octets);
}

std::shared_ptr<const geo::ClientMap> MapFor(const geo::Vocabulary& vocabulary) {
  const test::TempDir folder;
  test::MmdbWriter writer({4, 24, "city ipv4"});
  Random random(1);
  const char* const countries[] = {"DE", "US", "JP", "BR", "ZA"};
  for (uint32_t i = 0; i < kNetworks; ++i) {
    const auto latitude = static_cast<float>(random.Below(120)) - 60;
    const auto longitude = static_cast<float>(random.Below(360)) - 180;
    writer.Insert({NetworkOf(i), 24}, test::MmdbValue::Map{{"country_code", countries[i % 5]},
                                                           {"latitude", latitude},
                                                           {"longitude", longitude}});
  }
  const auto atlas = geo::Atlas::Open({writer.WriteTo(folder.path() + "/city.mmdb")});
  return atlas.value()->Compile(vocabulary, {});
}

class Layers {
 public:
  Layers() {
    test::World& world = served_.world;
    for (const char* region : {"ap", "eu", "us"}) {
      world.AddRegion(region, "country: 'IE' latitude: 53 longitude: -6");
      world.AddPool(std::string("web-") + region, region, {"192.0.2.1", "192.0.2.2"});
    }
    world.AddPolicy("example",
                    "steps { residency { prefer: true } } steps { latency {} } "
                    "steps { weighted {} } steps { answers { max: 2 } }");
    world.AddRecord("steered.example.com", "example", {"web-ap", "web-eu", "web-us"});
    std::string text;
    for (int i = 0; i < kNames; ++i) text += "n" + std::to_string(i) + " A 192.0.2.1\n";
    served_.AddZone("example.com", text);
    snapshot_ = served_.Build();
    snapshot_.clients = MapFor(snapshot_.steering->vocabulary);
    snapshot_.fronts = std::make_shared<steer::FrontTable>(*snapshot_.steering, *snapshot_.clients);
    for (uint32_t i = 0; i < kNames; ++i) AddQuestion(i * 7919 % kNames, i);
  }

  /// Null: there is no such layer.
  std::function<void(size_t)> Find(const std::string& layer) {
    const std::map<std::string, void (Layers::*)(size_t)> layers = {
        {"parse", &Layers::Parse},
        {"find", &Layers::FindName},
        {"locate", &Layers::Locate},
        {"decide", &Layers::Decide},
        {"decide-anew", &Layers::DecideAnew},
        {"write", &Layers::Write},
        {"static", &Layers::AnswerStatic},
        {"steered", &Layers::AnswerSteered},
        {"static-batch", &Layers::AnswerStaticInBatch},
        {"steered-batch", &Layers::AnswerSteeredInBatch}};
    const auto found = layers.find(layer);
    if (found == layers.end()) return nullptr;
    return [this, way = found->second](size_t at) { (this->*way)(at % kNames); };
  }

  uint64_t seen() const { return seen_; }

 private:
  void AddQuestion(int name, uint32_t network) {
    const std::string text = "n" + std::to_string(name) + ".example.com";
    names_.push_back(test::WireName(text));
    static_.push_back(test::QueryPacket(text, 1).Edns().Build());
    const std::vector<uint8_t> subnet = {20, static_cast<uint8_t>(network >> 8U),
                                         static_cast<uint8_t>(network)};
    steered_.push_back(test::QueryPacket("steered.example.com", 1).Subnet(1, 24, subnet).Build());
    wire::ParseQuery(static_.back(), queries_.emplace_back());
    clients_.push_back({NetworkOf(network), 24, snapshot_.clients->Find(NetworkOf(network))});
  }

  void Parse(size_t at) { seen_ += wire::ParseQuery(steered_[at], query_) ? query_.qtype : 0; }

  void FindName(size_t at) {
    const std::string& name = names_[at];
    const std::span qname(reinterpret_cast<const uint8_t*>(name.data()), name.size());
    seen_ += snapshot_.FindZone(qname, nullptr).zone->zone->Find(qname).node->rrsets().size();
  }

  void Locate(size_t at) { seen_ += snapshot_.clients->Find(clients_[at].address).class_id; }

  void Decide(size_t at) { Decide(at, snapshot_.world()); }
  void DecideAnew(size_t at) {
    steer::World world = snapshot_.world();
    world.fronts = nullptr;
    Decide(at, world);
  }
  void Decide(size_t at, const steer::World& world) {
    const steer::Draw draw{random_.Next(), at};
    seen_ += steer::Decide(record(), steer::Want::kA, clients_[at], world, draw).count;
  }

  void Write(size_t at) {
    static constexpr uint8_t kRdata[] = {0, 4, 192, 0, 2, 1};
    wire::ReplyWriter writer(queries_[at], out_, options_);
    writer.Add(wire::Section::kAnswer, queries_[at].qname(), {1, 1, 3600, kRdata});
    seen_ += writer.Finish(wire::Rcode::kNoError, 0);
  }

  void AnswerStatic(size_t at) { Answer(static_[at]); }
  void AnswerSteered(size_t at) { Answer(steered_[at]); }
  void Answer(const test::Bytes& query) {
    seen_ += responder_.Respond(query, from_, serve::Transport::kUdp, &snapshot_, out_);
  }

  void AnswerStaticInBatch(size_t at) { AnswerInBatch(static_, at); }
  void AnswerSteeredInBatch(size_t at) { AnswerInBatch(steered_, at); }
  /// As a worker does: all are looked ahead for, then each is answered.
  void AnswerInBatch(const std::vector<test::Bytes>& queries, size_t at) {
    lookahead_.Add(queries[at], from_);
    if (++batched_ < kBatch) return;
    lookahead_.Load(&snapshot_);
    for (size_t place = 0; place < kBatch; ++place) {
      const test::Bytes& query = queries[at + 1 - kBatch + place];
      serve::Horizon horizon = &snapshot_;
      horizon.hint = &lookahead_.HintOf(place, query);
      seen_ += responder_.Respond(query, from_, serve::Transport::kUdp, horizon, out_);
    }
    batched_ = 0;
  }

  const steer::Record& record() const { return *snapshot_.zones[0].steered[0]; }

  test::ServedWorld served_;
  serve::Snapshot snapshot_;
  serve::Identity identity_{"", ""};
  serve::Tally tally_;
  serve::Responder responder_{identity_, &steer::Decide, 1, tally_};
  serve::Lookahead lookahead_;
  size_t batched_ = 0;
  const IpAddress from_ = NetworkOf(0);
  const wire::ReplyOptions options_;
  std::vector<uint8_t> out_ = std::vector<uint8_t>(wire::kMaxUdpPayload);
  std::vector<std::string> names_;
  std::vector<test::Bytes> static_, steered_;
  std::vector<wire::Query> queries_;
  std::vector<steer::Client> clients_;
  wire::Query query_;
  Random random_{2};
  uint64_t seen_ = 0;  // so that nothing is left out by the compiler
};

}  // namespace
}  // namespace waypost

int main(int argc, char** argv) {
  waypost::Layers layers;
  const auto layer = layers.Find(argc == 3 ? argv[1] : "");
  if (!layer) {
    std::cerr << "usage: bench_layers "
                 "parse|find|locate|decide|write|static|steered|static-batch|steered-batch COUNT\n";
    return 2;
  }
  const size_t count = std::strtoull(argv[2], nullptr, 10);
  for (size_t i = 0; i < count; ++i) layer(i);
  std::cout << layers.seen() << '\n';
}
