// A zone whose Rrsets change, made of the zone before, against the same zone made anew.
#include "dnsd/config/zone_patch.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "dnsd/base/random.h"
#include "dnsd/config/build.h"
#include "dnsd/config/parse.h"
#include "dnsd/zone/patched_zone.h"

namespace waypost::config {
namespace {

constexpr int kNames = 5000;
constexpr const char* kSteered = R"(
kind: Region
name: us
location: {latitude: 39, longitude: -77}
---
kind: Pool
name: a
region: us
endpoints: [{address: 192.0.2.1}]
---
kind: Policy
name: first
steps: [{failover: {}}]
---
kind: Record
name: www.big.test
types: A
policy: first
pools: [a]
)";

ResourceSet BigZone() {
  ResourceSet set = Collect(ParseDocuments(kSteered, "w.yaml")).resources;
  std::string text =
      "@ 60 SOA ns admin 7 2 3 4 5\n@ 60 NS ns\nns 60 A 192.0.2.53\n"
      "deep.er.name 60 TXT x\ncut 60 NS ns.cut\nns.cut 60 A 192.0.2.9\n";
  for (int i = 0; i < kNames; ++i) text += "h" + std::to_string(i) + " 60 A 192.0.2.1\n";
  auto zone = std::make_shared<v1::Resource>();
  zone->mutable_zone()->set_origin("big.test");
  zone->mutable_zone()->set_text(text);
  set["zone/big.test"] = std::move(zone);
  return set;
}

void Put(const std::string& name, const std::string& type, const std::vector<std::string>& records,
         ResourceSet& set) {
  auto resource = std::make_shared<v1::Resource>();
  v1::Rrset& rrset = *resource->mutable_rrset();
  rrset.set_name(name);
  rrset.set_type(type);
  rrset.set_ttl(30);
  for (const std::string& record : records) rrset.add_records(record);
  set[IdOf(*resource)] = std::move(resource);
}

const BuiltZone& ZoneOf(const Built& built) { return built.zones.at("big.test"); }

bool IsPatched(const Built& built) {
  return std::dynamic_pointer_cast<const zone::PatchedZone>(ZoneOf(built).zone) != nullptr;
}

std::set<std::string> Records(const zone::Zone& zone) {
  std::set<std::string> all;
  for (const zone::Node& node : zone.nodes()) {
    const zone::LoweredName owner(node.owner());
    const std::string name = wire::Name::FromWire(zone::AsText(owner.view()))->ToString();
    all.insert(name + (node.steered().any() ? " steered" : ""));
    for (const zone::RrSet& set : node.rrsets()) {
      for (const std::string& rdata : zone::ValueOf(node, set).rdata) {
        all.insert(name + " " + std::to_string(set.type) + " " + std::to_string(set.ttl) + " " +
                   rdata);
      }
    }
  }
  return all;
}

void ExpectSame(const BuiltZone& patched, const BuiltZone& anew) {
  EXPECT_EQ(Records(*patched.zone), Records(*anew.zone));
  EXPECT_EQ(patched.zone->serial(), anew.zone->serial());
  EXPECT_EQ(patched.zone->negative_ttl(), anew.zone->negative_ttl());
  EXPECT_EQ(patched.base_serial, anew.base_serial);
  EXPECT_EQ(patched.steered, anew.steered);
  EXPECT_EQ(patched.extras->overlay, anew.extras->overlay);
  EXPECT_EQ(patched.extras->replaced, anew.extras->replaced);
}

class ZonePatch : public testing::Test {
 protected:
  /// Serves this; false: it is refused. What is served is as if built anew.
  bool Serve(const ResourceSet& next) {
    const BuildResult built = Build(next, built_.get());
    const BuildResult anew = Build(next, nullptr);
    EXPECT_EQ(built.built == nullptr, anew.built == nullptr);
    if (built.built == nullptr || anew.built == nullptr) {
      EXPECT_EQ(built.problems.empty(), anew.problems.empty());
      return false;
    }
    ExpectSame(ZoneOf(*built.built), ZoneOf(*anew.built));
    set_ = next;
    built_ = built.built;
    return true;
  }

  ResourceSet set_ = BigZone();
  std::shared_ptr<const Built> built_ = Build(set_, nullptr).built;
};

TEST_F(ZonePatch, FollowsRrsets) {
  ResourceSet next = set_;
  Put("h7.big.test", "A", {"192.0.2.7", "192.0.2.8"}, next);
  ASSERT_TRUE(Serve(next));
  EXPECT_TRUE(IsPatched(*built_));
  EXPECT_EQ(ZoneOf(*built_).extras->replaced.size(), 1U);
  Put("h7.big.test", "A", {}, next);
  ASSERT_TRUE(Serve(next));
  EXPECT_TRUE(IsPatched(*built_));
  // Without the Rrset, what the text says counts again.
  next.erase("rrset/h7.big.test/A");
  ASSERT_TRUE(Serve(next));
  EXPECT_TRUE(IsPatched(*built_));
  EXPECT_TRUE(ZoneOf(*built_).extras->replaced.empty());
}

TEST_F(ZonePatch, FollowsTheSoa) {
  ResourceSet next = set_;
  Put("big.test", "SOA", {". . 9 0 0 0 0"}, next);
  ASSERT_TRUE(Serve(next));
  EXPECT_TRUE(IsPatched(*built_));
  EXPECT_EQ(ZoneOf(*built_).zone->serial(), 9U);
  Put("big.test", "SOA", {"other. admin. 10 6 7 8 9"}, next);
  ASSERT_TRUE(Serve(next));
  EXPECT_EQ(ZoneOf(*built_).zone->negative_ttl(), 9U);
  // The text's own is newer.
  Put("big.test", "SOA", {". . 6 0 0 0 0"}, next);
  ASSERT_TRUE(Serve(next));
  EXPECT_EQ(ZoneOf(*built_).zone->serial(), 7U);
  next.erase("rrset/big.test/SOA");
  ASSERT_TRUE(Serve(next));
  EXPECT_TRUE(IsPatched(*built_));
}

TEST_F(ZonePatch, TellsWhatIsWrongAsEver) {
  ResourceSet next = set_;
  Put("h7.big.test", "CNAME", {"elsewhere.test."}, next);
  EXPECT_FALSE(Serve(next));
  next = set_;
  Put("h7.big.test", "A", {"not an address"}, next);
  EXPECT_FALSE(Serve(next));
  next = set_;
  Put("www.big.test", "A", {"192.0.2.1"}, next);
  EXPECT_FALSE(Serve(next));
}

TEST_F(ZonePatch, TellsWhatIsHardlyMeantAsEver) {
  ResourceSet next = set_;
  Put("h7.big.test", "MX", {"10 nowhere.big.test."}, next);
  const BuildResult built = Build(next, built_.get());
  ASSERT_TRUE(IsPatched(*built.built));
  const BuildResult anew = Build(next, nullptr);
  ASSERT_EQ(built.problems.size(), 1U);
  ASSERT_EQ(anew.problems.size(), 1U);
  EXPECT_EQ(built.problems[0].ToString(), anew.problems[0].ToString());
}

TEST_F(ZonePatch, IsNotForATypeUnderTwoNames) {
  ResourceSet next = set_;
  Put("h7.big.test", "A", {"192.0.2.7"}, next);
  ASSERT_TRUE(Serve(next));
  Put("h7.big.test", "TYPE1", {"192.0.2.9"}, next);
  ASSERT_TRUE(Serve(next));
  next.erase("rrset/h7.big.test/A");
  ASSERT_TRUE(Serve(next));
  next.erase("rrset/h7.big.test/TYPE1");
  ASSERT_TRUE(Serve(next));
}

TEST_F(ZonePatch, IsNotForAnotherText) {
  ResourceSet next = set_;
  Put("h7.big.test", "A", {"192.0.2.7"}, next);
  auto zone = std::make_shared<v1::Resource>(*next.at("zone/big.test"));
  zone->mutable_zone()->set_text(zone->zone().text() + "one.more 60 A 192.0.2.1\n");
  next["zone/big.test"] = std::move(zone);
  ASSERT_TRUE(Serve(next));
  EXPECT_FALSE(IsPatched(*built_));
}

std::string Any(Random& random, const std::vector<std::string>& of) {
  return of[random.Below(of.size())];
}

/// Puts in, changes or takes away an Rrset.
void ChangeOne(Random& random, ResourceSet& set) {
  const std::string name = Any(random, {"h1.", "h2.", "H3.", "new.", "a.new.", "*.h1.", "", "www.",
                                        "deep.er.name.", "cut.", "er.name."}) +
                           "big.test";
  const std::string type = Any(random, {"A", "A", "A", "TXT", "TXT", "TXT", "CNAME", "NS"});
  if (random.Below(4) == 0) {
    v1::Resource probe;
    probe.mutable_rrset()->set_name(name);
    probe.mutable_rrset()->set_type(type);
    set.erase(IdOf(probe));
    return;
  }
  std::vector<std::string> records;
  for (uint64_t more = random.Below(3); more > 0; --more) {
    const std::string number = std::to_string(1 + random.Below(3));
    records.push_back(type == "A"     ? "192.0.2." + number
                      : type == "TXT" ? "text" + number
                                      : "name" + number + ".test.");
  }
  Put(name, type, records, set);
}

TEST_F(ZonePatch, AgreesAfterRandomChanges) {
  Random random(7);
  int served = 0;
  int patched = 0;
  for (int i = 0; i < 80; ++i) {
    ResourceSet next = set_;
    for (uint64_t more = 1 + random.Below(2); more > 0; --more) ChangeOne(random, next);
    if (random.Below(2) == 0) {
      Put("big.test", "SOA", {". . " + std::to_string(8 + i) + " 0 0 0 0"}, next);
    }
    SCOPED_TRACE(i);
    if (!Serve(next)) continue;
    ++served;
    patched += IsPatched(*built_) ? 1 : 0;
  }
  EXPECT_GT(served, 40);
  EXPECT_GT(patched, served / 2);
}

}  // namespace
}  // namespace waypost::config
