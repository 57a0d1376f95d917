#include "dnsd/config/variants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dnsd/config/parse.h"
#include "dnsd/zone/wire_names.h"

namespace waypost::config {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kSeenWorld = R"(
kind: Region
name: eu
---
kind: Pool
name: outside
region: eu
endpoints: [{address: 192.0.2.1}, {address: "2001:db8::1"}]
---
kind: Pool
name: inside
region: eu
endpoints: [{address: 10.0.0.1}, {address: "fd00::1"}]
---
kind: Pool
name: names
region: eu
endpoints: [{cname: inside.example.net}]
---
kind: Policy
name: any
preset: active_active
---
kind: View
name: in
match: [{networks: [10.0.0.0/8]}]
---
kind: View
name: lab
match: [{networks: [10.9.0.0/16]}]
---
kind: Zone
origin: example.com
text: |
  $TTL 60
  @ SOA ns admin 7 3600 600 604800 60
  @ NS ns
  ns A 192.0.2.53
  static A 192.0.2.2
  static AAAA 2001:db8::2
  static TXT "all"
  alias CNAME static
---
kind: Record
name: www.example.com
types: [A, AAAA]
policy: any
pools: [outside]
)";

std::string Record(const std::string& name, const std::string& types, const std::string& pool,
                   const std::string& view = "in") {
  return "---\nkind: Record\nname: " + name + "\ntypes: [" + types + "]\npolicy: any\npools: [" +
         pool + "]\n" + (view.empty() ? "" : "view: " + view + "\n");
}

std::string Rrset(const std::string& name, const std::string& type, const std::string& records,
                  const std::string& view = "in") {
  return "---\nkind: Rrset\nname: " + name + "\ntype: " + type + "\nttl: 60\nrecords: [" + records +
         "]\n" + (view.empty() ? "" : "view: " + view + "\n");
}

std::string OwnZone(const std::string& origin, const std::string& view = "in") {
  return "---\nkind: Zone\norigin: " + origin + "\nview: " + view +
         "\ntext: |\n  $TTL 60\n  @ SOA ns admin 1 3600 600 604800 60\n  @ NS ns\n  ns A "
         "10.0.0.53\n";
}

std::vector<std::string> Texts(const Problems& problems) {
  std::vector<std::string> texts;
  for (const Problem& problem : problems) {
    if (!problem.is_warning) texts.push_back(problem.ToString());
  }
  return texts;
}

class Variants : public ::testing::Test {
 protected:
  BuildResult Try(const std::string& more) {
    const Collected collected = Collect(ParseDocuments(kSeenWorld + more, ""));
    EXPECT_THAT(Texts(collected.problems), IsEmpty());
    return config::Build(collected.resources, built_.get());
  }
  void Build(const std::string& more) {
    BuildResult result = Try(more);
    EXPECT_THAT(Texts(result.problems), IsEmpty());
    ASSERT_NE(result.built, nullptr);
    before_ = built_;
    built_ = result.built;
  }

  std::vector<std::string> Zones() const {
    std::vector<std::string> names;
    for (const auto& [name, zone] : built_->zones) names.push_back(name);
    return names;
  }
  const BuiltZone& Zone(const std::string& name) const { return built_->zones.at(name); }
  const zone::Node* Find(const std::string& zone, const std::string& name) const {
    const auto owner = wire::Name::Parse(name);
    return Zone(zone).zone->FindExact(zone::AsView(owner->wire()));
  }
  /// Of what stands at a name: static types, then "policy".
  std::string Types(const std::string& zone, const std::string& name) const {
    const zone::Node* node = Find(zone, name);
    if (node == nullptr) return "nothing";
    std::string types;
    for (const zone::RrSet& rrset : node->rrsets()) types += std::to_string(rrset.type) + " ";
    return types + (node->steered().any() ? "policy" : "");
  }
  /// Of the first pool of the Record at a name.
  std::string PoolAt(const std::string& zone, const std::string& name) const {
    const uint32_t slot = Find(zone, name)->steered().slot;
    const auto& record = built_->steering->records[Zone(zone).steered.at(slot)];
    return built_->steering->topology.pools[record.candidates->all.at(0)].name;
  }

  std::shared_ptr<const Built> built_;
  std::shared_ptr<const Built> before_;
};

TEST_F(Variants, AreNotThereWhereAViewHasNothingOfItsOwn) {
  Build("");
  EXPECT_THAT(Zones(), ElementsAre("example.com"));
  ASSERT_NE(built_->views, nullptr);
  EXPECT_EQ(built_->views->views.size(), 2U);
}

TEST_F(Variants, ShareTheWholeZoneWhereOnlyARecordDiffers) {
  Build(Record("WWW.example.com", "A, AAAA", "inside"));
  ASSERT_THAT(Zones(), ElementsAre("example.com", "example.com@in"));
  EXPECT_EQ(Zone("example.com@in").zone, Zone("example.com").zone);
  EXPECT_EQ(PoolAt("example.com@in", "www.example.com"), "inside");
  EXPECT_EQ(PoolAt("example.com", "www.example.com"), "outside");
}

TEST_F(Variants, ShareTheBytesOfWhatIsNotTheirOwn) {
  Build(Record("new.example.com", "A", "inside"));
  EXPECT_NE(Zone("example.com@in").zone, Zone("example.com").zone);
  EXPECT_EQ(Find("example.com@in", "static.example.com")->Find(zone::kTxt)->rdata().data(),
            Find("example.com", "static.example.com")->Find(zone::kTxt)->rdata().data());
  EXPECT_EQ(Types("example.com", "new.example.com"), "nothing");
  EXPECT_EQ(PoolAt("example.com@in", "new.example.com"), "inside");
  EXPECT_EQ(PoolAt("example.com@in", "www.example.com"), "outside");
}

TEST_F(Variants, OutliveTheZoneThatTheyBorrowFrom) {
  Build(Record("new.example.com", "A", "inside"));
  const std::shared_ptr<const zone::Zone> variant = Zone("example.com@in").zone;
  built_ = before_ = nullptr;
  const auto owner = wire::Name::Parse("static.example.com");
  const zone::RrSet* text = variant->FindExact(zone::AsView(owner->wire()))->Find(zone::kTxt);
  EXPECT_EQ(zone::AsText(text->rdata().subspan(2)), "\3all");
}

TEST_F(Variants, HaveTheRecordOfTheViewInsteadOfAllAddressesAtItsName) {
  Build(Record("static.example.com", "A", "inside") + Record("alias.example.com", "A", "inside") +
        Record("www.example.com", "A", "inside"));
  EXPECT_EQ(Types("example.com@in", "static.example.com"), "16 policy");
  EXPECT_EQ(Types("example.com@in", "alias.example.com"), "policy");
  EXPECT_FALSE(Find("example.com@in", "www.example.com")->steered().types.Has(zone::kAaaa));
  EXPECT_EQ(Types("example.com", "static.example.com"), "1 16 28 ");
}

TEST_F(Variants, HaveTheAliasOfTheViewInsteadOfEverythingAtItsName) {
  Build(Record("static.example.com", "CNAME", "names") +
        Rrset("www.example.com", "CNAME", "static.example.com."));
  EXPECT_EQ(Types("example.com@in", "static.example.com"), "policy");
  EXPECT_EQ(Types("example.com@in", "www.example.com"), "5 ");
}

TEST_F(Variants, HaveTheRrsetOfTheViewInsteadOfThatOfItsType) {
  Build(Rrset("static.example.com", "A", "10.0.0.2") + Rrset("alias.example.com", "A", "10.0.0.3") +
        Rrset("www.example.com", "A", "10.0.0.4") + Rrset("static.example.com", "TXT", ""));
  EXPECT_EQ(Types("example.com@in", "static.example.com"), "1 28 ");
  EXPECT_EQ(Types("example.com@in", "alias.example.com"), "1 ");
  EXPECT_EQ(Types("example.com@in", "www.example.com"), "1 policy");
  EXPECT_FALSE(Find("example.com@in", "www.example.com")->steered().types.Has(zone::kA));
  EXPECT_TRUE(Find("example.com", "www.example.com")->steered().types.Has(zone::kA));
}

TEST_F(Variants, LieOverWhatAllSee) {
  Build(Rrset("extra.example.com", "A", "192.0.2.9", "") +
        Rrset("more.example.com", "A", "10.0.0.9"));
  EXPECT_EQ(Types("example.com@in", "extra.example.com"), "1 ");
  EXPECT_EQ(Types("example.com", "more.example.com"), "nothing");
}

TEST_F(Variants, AreOfEachViewForItself) {
  Build(Rrset("a.example.com", "A", "10.0.0.1") + Rrset("b.example.com", "A", "10.9.0.1", "lab"));
  EXPECT_THAT(Zones(), ElementsAre("example.com", "example.com@in", "example.com@lab"));
  EXPECT_EQ(Types("example.com@in", "b.example.com"), "nothing");
  EXPECT_EQ(Types("example.com@lab", "a.example.com"), "nothing");
}

TEST_F(Variants, GiveWayToAZoneOfTheView) {
  Build(OwnZone("example.com") + Record("www.example.com", "A", "inside") +
        Rrset("txt.example.com", "TXT", "in"));
  ASSERT_THAT(Zones(), ElementsAre("example.com", "example.com@in"));
  EXPECT_EQ(Zone("example.com@in").extras->variant, nullptr);
  EXPECT_EQ(PoolAt("example.com@in", "www.example.com"), "inside");
  EXPECT_EQ(Types("example.com@in", "txt.example.com"), "16 ");
  EXPECT_EQ(Types("example.com@in", "static.example.com"), "nothing");
}

TEST_F(Variants, AndZonesOfViewsMayFollowEachOther) {
  const std::string own =
      Record("www.example.com", "A", "inside") + Rrset("txt.example.com", "TXT", "in");
  Build(own);
  const auto variant = Zone("example.com@in").zone;
  Build(own + OwnZone("example.com"));
  EXPECT_EQ(Types("example.com@in", "static.example.com"), "nothing");
  EXPECT_EQ(Types("example.com@in", "txt.example.com"), "16 ");
  EXPECT_EQ(PoolAt("example.com@in", "www.example.com"), "inside");
  Build(own);
  EXPECT_EQ(Types("example.com@in", "static.example.com"), "1 16 28 ");
  EXPECT_EQ(Types("example.com@in", "txt.example.com"), "16 ");
  EXPECT_NE(Zone("example.com@in").extras->variant, nullptr);
  Build("");
  EXPECT_THAT(Zones(), ElementsAre("example.com"));
}

TEST_F(Variants, FollowADeeperZoneOfAllThatComesAndGoes) {
  const std::string own = OwnZone("example.com") + Rrset("a.deep.example.com", "A", "10.0.0.1");
  const std::string deep =
      "---\nkind: Zone\norigin: deep.example.com\ntext: |\n  $TTL 60\n  @ SOA ns admin 1 2 3 4 5\n"
      "  @ NS ns\n  ns A 192.0.2.1\n";
  Build(own);
  EXPECT_EQ(Types("example.com@in", "a.deep.example.com"), "1 ");
  Build(own + deep);
  EXPECT_EQ(Types("example.com@in", "a.deep.example.com"), "nothing");
  EXPECT_EQ(Types("deep.example.com@in", "a.deep.example.com"), "1 ");
  Build(own);
  EXPECT_EQ(Types("example.com@in", "a.deep.example.com"), "1 ");
}

TEST_F(Variants, AreTakenOverWhereNothingOfThemChanged) {
  const std::string own = Rrset("a.example.com", "A", "10.0.0.1");
  Build(own);
  const auto before = Zone("example.com@in").zone;
  Build(own + Record("other.example.com", "A", "inside", "lab"));
  EXPECT_EQ(Zone("example.com@in").zone, before);
  Build(own + Rrset("b.example.com", "A", "192.0.2.1", ""));
  EXPECT_NE(Zone("example.com@in").zone, before);
  EXPECT_EQ(Types("example.com@in", "b.example.com"), "1 ");
}

TEST_F(Variants, SayWhatIsWrongWithThem) {
  const BuildResult result = Try(Record("static.example.com", "A", "inside") +
                                 Rrset("static.example.com", "A", "10.0.0.1"));
  EXPECT_EQ(result.built, nullptr);
  EXPECT_THAT(Texts(result.problems),
              ElementsAre("zone \"example.com\": as view \"in\" sees it: static.example.com: the "
                          "steered record answers A, and the master file has A too"));
}

TEST_F(Variants, SayWhichRrsetCannotBeRead) {
  const BuildResult result = Try(Rrset("a.example.com", "A", "10.0.0.256"));
  EXPECT_EQ(result.built, nullptr);
  ASSERT_EQ(Texts(result.problems).size(), 1U);
  EXPECT_THAT(Texts(result.problems)[0], ::testing::HasSubstr("rrset \"a.example.com/A@in\""));
}

TEST_F(Variants, AreFoundByOriginAndView) {
  Build(Rrset("a.example.com", "A", "10.0.0.1"));
  const ViewClient inside{*IpAddress::Parse("10.1.1.1"), {}, {}};
  const ViewClient outside{*IpAddress::Parse("192.0.2.77"), {}, {}};
  EXPECT_EQ(FindZone(*built_, "example.com", built_->views->Find(inside)), &Zone("example.com@in"));
  EXPECT_EQ(built_->views->Find(outside), nullptr);
  EXPECT_EQ(FindZone(*built_, "example.com", nullptr), &Zone("example.com"));
  EXPECT_EQ(FindZone(*built_, "example.org", nullptr), nullptr);
}

}  // namespace
}  // namespace waypost::config
