#include "dnsd/config/catalog_zone.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dnsd/config/build.h"
#include "dnsd/config/parse.h"
#include "dnsd/zone/master_file.h"

namespace waypost::config {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

wire::Name NameOf(const std::string& text) { return wire::Name::Parse(text).value(); }

Result<std::vector<CatalogMember>> Read(const std::string& lines) {
  const wire::Name origin = NameOf("Catalog.test");
  zone::MasterFile file = zone::ParseMasterText(
      "$TTL 0\n@ SOA invalid. invalid. 1 1 1 1 1\n@ NS invalid.\n" + lines, origin, "test");
  EXPECT_THAT(file.problems, IsEmpty());
  return ReadCatalogZone(origin, file.records);
}

std::string WhyBroken(const std::string& lines) {
  const auto members = Read(lines);
  return members ? "" : members.error().message;
}

/// Zone, groups and the catalog to move to, of each member.
std::vector<std::string> Told(const Result<std::vector<CatalogMember>>& members) {
  std::vector<std::string> told;
  if (!members) return {members.error().message};
  for (const CatalogMember& member : *members) {
    std::string words = member.zone.ToString();
    for (const std::string& group : member.groups) words += " " + group;
    told.push_back(words + (member.moves_to.empty() ? "" : " -> " + member.moves_to));
  }
  return told;
}

TEST(CatalogZones, AreReadAsTheyAreMade) {
  const std::vector<CatalogMember> members = {{NameOf("a.test"), {}, ""},
                                              {NameOf("b.test"), {"eu"}, ""},
                                              {NameOf("c.test"), {}, "other.test"},
                                              {NameOf("."), {}, ""}};
  const wire::Name origin = NameOf("catalog.test");
  EXPECT_THAT(Told(ReadCatalogZone(origin, MakeCatalogZone(origin, members))),
              ElementsAre("a.test", "b.test eu", "c.test -> other.test", "."));
}

TEST(CatalogZones, HaveTheSameLabelForAZoneInEachCatalog) {
  const std::vector<CatalogMember> members = {{NameOf("a.test"), {}, ""}};
  const auto label = [&](const char* origin) {
    return ReadCatalogZone(NameOf(origin), MakeCatalogZone(NameOf(origin), members))->at(0).label;
  };
  EXPECT_EQ(label("catalog.test"), label("other.test")) << "so that a move keeps the zone's state";
}

TEST(CatalogZones, AreReadWhateverElseTheyHave) {
  const auto members = Read(
      "version TXT 2\nx.zones PTR One.Test.\nX2.ZONES PTR two.test.\ngroup.x2.zones TXT eu\n"
      "group.x2.zones TXT us\ngroup.x2.zones TXT two strings\n"
      "coo.x.zones PTR other.\nzones TXT hello\nfoo.ext TXT bar\nxzones PTR no.\n"
      "primaries.ext A 192.0.2.1\ndeep.x.zones PTR no.\n");
  EXPECT_THAT(Told(members), ElementsAre("one.test -> other", "two.test eu us"));
}

TEST(CatalogZones, AreBrokenWithoutExactlyOneVersionTwo) {
  EXPECT_THAT(WhyBroken("x.zones PTR a.\n"), HasSubstr("exactly one version"));
  EXPECT_THAT(WhyBroken("version TXT 1\n"), HasSubstr("version is not 2"));
  EXPECT_THAT(WhyBroken("version TXT 2 2\n"), HasSubstr("version is not 2"));
  EXPECT_THAT(WhyBroken("version TXT 2\nversion TXT 3\n"), HasSubstr("version"));
  EXPECT_EQ(WhyBroken("version TXT 2\n"), "") << "without members";
}

TEST(CatalogZones, AreBrokenWhereALabelHasTwoMembersOrAMemberTwoLabels) {
  EXPECT_THAT(WhyBroken("version TXT 2\nx.zones PTR a.\nx.zones PTR b.\n"),
              HasSubstr("\"x\" names more than one member"));
  EXPECT_THAT(WhyBroken("version TXT 2\nx.zones PTR a.\ny.zones PTR A.\n"),
              HasSubstr("\"a\" is a member twice"));
  EXPECT_THAT(WhyBroken("version TXT 2\nx.zones PTR a.\ncoo.x.zones PTR b.\ncoo.x.zones PTR c.\n"),
              HasSubstr("\"x\" moves to more than one catalog"));
}

constexpr const char* kCatalog = "{kind: Zone, origin: catalog.test, catalog: produce}\n";

BuildResult Built(const std::string& yaml, const config::Built* previous = nullptr,
                  const Contents& contents = {}) {
  return Build(Collect(ParseDocuments(yaml, "test.yaml")).resources, previous, contents);
}

std::string Member(const std::string& origin, const std::string& more = "") {
  return "---\nkind: Zone\norigin: " + origin + "\nmember_of: Catalog.test.\n" + more +
         "text: \"@ 60 SOA ns h 7 1 1 1 1\\n@ 60 NS ns.test.\\n\"\n";
}

TEST(CatalogZones, AreBuiltOfTheirMembersAndSharedWhileTheseStayTheSame) {
  const auto first = Built(kCatalog + Member("a.test") + Member("b.test", "catalog_group: eu\n"));
  ASSERT_NE(first.built, nullptr) << first.problems.front().ToString();
  const auto& zone = first.built->zones.at("catalog.test").zone;
  EXPECT_EQ(zone->record_count(), 6U);
  const auto same =
      Built(kCatalog + Member("a.test") + Member("b.test", "catalog_group: eu\necs: false\n"),
            first.built.get());
  EXPECT_EQ(same.built->zones.at("catalog.test").zone, zone);
  const auto other = Built(kCatalog + Member("a.test"), first.built.get());
  EXPECT_EQ(other.built->zones.at("catalog.test").zone->record_count(), 4U);
}

TEST(CatalogZones, SayWhichCatalogAMemberMovesTo) {
  const std::string other = "---\n{kind: Zone, origin: other.test, catalog: produce}\n";
  const auto moved = Built(kCatalog + other + Member("a.test", "moves_from: other.test\n"));
  ASSERT_NE(moved.built, nullptr) << moved.problems.front().ToString();
  const auto members = [&](const char* name) {
    return Told(ReadCatalogZone(NameOf(name), *moved.built->zones.at(name).extras->content));
  };
  EXPECT_THAT(members("other.test"), ElementsAre("a.test -> catalog.test"));
  EXPECT_THAT(members("catalog.test"), ElementsAre("a.test"));
}

TEST(CatalogZones, CannotGoWhileTheyHaveMembers) {
  const auto first = Built(kCatalog + Member("a.test"));
  const auto without = Built(Member("a.test"), first.built.get());
  EXPECT_EQ(without.built, nullptr);
  EXPECT_THAT(without.problems.front().ToString(), HasSubstr("is no zone with catalog: produce"));
}

constexpr const char* kConsumed = R"(kind: Zone
origin: catalog.test
catalog: consume
primaries: [{address: 192.0.2.1}]
allow_transfer: [{networks: [192.0.2.0/24]}]
groups:
  - {name: eu, primaries: [{address: 192.0.2.7}], allow_query: [10.0.0.0/8]}
---
{kind: Zone, origin: other.test, catalog: consume, primaries: [{address: 192.0.2.3}]}
---
{kind: Zone, origin: own.test, primaries: [{address: 192.0.2.2}]}
)";

std::shared_ptr<const zone::Records> Content(const std::string& lines,
                                             const std::string& origin = "catalog.test") {
  return std::make_shared<const zone::Records>(
      zone::ParseMasterText("$TTL 0\n@ SOA a. b. 1 1 1 1 1\n@ NS invalid.\n" + lines,
                            NameOf(origin), "test")
          .records);
}

class ConsumedCatalogs : public ::testing::Test {
 protected:
  ConsumedCatalogs() : built_(Built(kConsumed).built) {}
  /// Why it is refused; empty: it is served.
  std::string Transfer(const std::string& lines, const std::string& origin = "catalog.test") {
    const Refilled refilled = Refill(*built_, {{origin, Content(lines, origin)}});
    built_ = refilled.built;
    const auto refused = refilled.refused.find(origin);
    return refused == refilled.refused.end() ? "" : refused->second.front().ToString();
  }
  /// Those that are listed.
  std::vector<std::string> Zones() {
    std::vector<std::string> names;
    for (const auto& [name, zone] : built_->zones) {
      if (!zone.extras->listed_by.empty()) names.push_back(name);
    }
    return names;
  }
  /// The catalog, and whether there is something to answer from.
  std::string About(const std::string& zone) {
    const BuiltZone& found = built_->zones.at(zone);
    return found.extras->listed_by + (found.zone == nullptr ? " waits" : " serves");
  }
  std::vector<std::string> Ignored() {
    return IgnoredMembers({built_->resources, built_->listing.get()});
  }

  std::shared_ptr<const config::Built> built_;
};

TEST_F(ConsumedCatalogs, MakeASecondaryZoneOfEachMember) {
  EXPECT_THAT(Zones(), IsEmpty());
  EXPECT_EQ(Transfer("version TXT 2\nx.zones PTR a.test.\ny.zones PTR B.test.\n"), "");
  EXPECT_THAT(Zones(), ElementsAre("a.test", "b.test"));
  const v1::Zone& made = built_->zones.at("b.test").resource->zone();
  EXPECT_EQ(made.primaries(0).address(), "192.0.2.1");
  EXPECT_EQ(made.allow_transfer_size(), 1);
  EXPECT_EQ(made.catalog(), v1::CATALOG_ROLE_UNSPECIFIED);
  EXPECT_FALSE(built_->resources.contains("zone/b.test")) << "nobody declared it";
}

TEST_F(ConsumedCatalogs, KeepWhatMembersHaveAndDropThoseThatLeave) {
  Transfer("version TXT 2\nx.zones PTR a.test.\ny.zones PTR b.test.\n");
  EXPECT_EQ(Transfer("www A 192.0.2.80\n", "a.test"), "");
  const auto zone = built_->zones.at("a.test").zone;
  ASSERT_NE(zone, nullptr);
  EXPECT_EQ(Transfer("version TXT 2\nx.zones PTR a.test.\n"), "");
  EXPECT_THAT(Zones(), ElementsAre("a.test"));
  EXPECT_EQ(built_->zones.at("a.test").zone, zone);
  const auto again = Built(kConsumed, built_.get());
  EXPECT_EQ(again.built->zones.at("a.test").zone, zone) << "a change elsewhere";
}

TEST_F(ConsumedCatalogs, ThatAreBrokenChangeNothing) {
  Transfer("version TXT 2\nx.zones PTR a.test.\n");
  EXPECT_THAT(Transfer("version TXT 1\n"), HasSubstr("stay as they were: its version is not 2"));
  EXPECT_THAT(Zones(), ElementsAre("a.test"));
}

TEST_F(ConsumedCatalogs, ThatExpireLeaveTheirMembers) {
  Transfer("version TXT 2\nx.zones PTR a.test.\n");
  built_ = Refill(*built_, {{"catalog.test", nullptr}}).built;
  EXPECT_THAT(Zones(), ElementsAre("a.test"));
  EXPECT_EQ(built_->zones.at("catalog.test").zone, nullptr);
}

TEST_F(ConsumedCatalogs, GiveAMemberWhatItsGroupHas) {
  Transfer("version TXT 2\nx.zones PTR a.test.\ngroup.x.zones TXT us\ngroup.x.zones TXT eu\n");
  const v1::Zone& made = built_->zones.at("a.test").resource->zone();
  EXPECT_EQ(made.primaries(0).address(), "192.0.2.7");
  EXPECT_EQ(made.allow_query(0), "10.0.0.0/8");
  EXPECT_EQ(made.allow_transfer_size(), 1) << "as the catalog has it";
}

TEST_F(ConsumedCatalogs, ResetAMemberThatHasAnotherLabel) {
  Transfer("version TXT 2\nx.zones PTR a.test.\n");
  Transfer("www A 192.0.2.80\n", "a.test");
  Transfer("version TXT 2\nx.zones PTR a.test.\ny.zones PTR b.test.\n");
  EXPECT_EQ(About("a.test"), "catalog.test serves");
  Transfer("version TXT 2\nz.zones PTR a.test.\n");
  EXPECT_EQ(About("a.test"), "catalog.test waits") << "RFC 9432 section 5.4";
}

TEST_F(ConsumedCatalogs, KeepAMemberThatAnotherCatalogWantsAsWell) {
  Transfer("version TXT 2\nx.zones PTR a.test.\n", "other.test");
  Transfer("www A 192.0.2.80\n", "a.test");
  Transfer("version TXT 2\nx.zones PTR a.test.\n");
  EXPECT_EQ(About("a.test"), "other.test serves") << "it had the zone first";
  EXPECT_THAT(Ignored(), Contains(HasSubstr("catalog \"catalog.test\": its member \"a.test\" is "
                                            "ignored: catalog \"other.test\" has it")));
  Transfer("version TXT 2\n", "other.test");
  EXPECT_EQ(About("a.test"), "catalog.test waits") << "another zone of the same name";
  EXPECT_THAT(Ignored(), IsEmpty());
}

TEST_F(ConsumedCatalogs, KnowAfterARestartWhoHadAMemberFirst) {
  const Contents contents = {
      {"catalog.test", Content("version TXT 2\nx.zones PTR a.test.\n")},
      {"other.test", Content("version TXT 2\nx.zones PTR a.test.\n", "other.test")},
      {"a.test", Content("www A 192.0.2.80\n", "a.test")}};
  const auto restart = [&](const ListersByZone& listers) {
    config::Built before;
    before.listing = ListedBefore(listers);
    built_ = Built(kConsumed, &before, contents).built;
    return About("a.test");
  };
  EXPECT_EQ(restart({{"a.test", "other.test"}}), "other.test serves");
  EXPECT_THAT(Ignored(), Contains(HasSubstr("catalog \"other.test\" has it")));
  EXPECT_EQ(restart({}), "catalog.test serves") << "the first by name";
  EXPECT_EQ(restart({{"a.test", "gone.test"}, {"b.test", "other.test"}}), "catalog.test serves");
  EXPECT_THAT(Zones(), ElementsAre("a.test"));
}

TEST_F(ConsumedCatalogs, GiveAMemberAwayWithItsStateWhereTheySaySo) {
  Transfer("version TXT 2\nx.zones PTR a.test.\n");
  Transfer("www A 192.0.2.80\n", "a.test");
  Transfer("version TXT 2\nx.zones PTR a.test.\ncoo.x.zones PTR other.test.\n");
  EXPECT_EQ(About("a.test"), "catalog.test serves") << "until the other one lists it";
  Transfer("version TXT 2\nx.zones PTR a.test.\n", "other.test");
  EXPECT_EQ(About("a.test"), "other.test serves") << "RFC 9432 section 4.3.1";
  EXPECT_EQ(built_->zones.at("a.test").resource->zone().primaries(0).address(), "192.0.2.3");
  EXPECT_THAT(Ignored(), IsEmpty());
  Transfer("version TXT 2\n");
  EXPECT_EQ(About("a.test"), "other.test serves");
}

TEST_F(ConsumedCatalogs, ResetAMemberThatMovesToAnotherLabel) {
  Transfer("version TXT 2\nx.zones PTR a.test.\ncoo.x.zones PTR other.test.\n");
  Transfer("www A 192.0.2.80\n", "a.test");
  Transfer("version TXT 2\nz.zones PTR a.test.\n", "other.test");
  EXPECT_EQ(About("a.test"), "other.test waits");
}

TEST_F(ConsumedCatalogs, AreOnlyForRecordsThatLieInADeclaredZoneToo) {
  Transfer("version TXT 2\nx.zones PTR a.test.\ny.zones PTR sub.own.test.\n");
  const auto with = [&](const std::string& name) {
    return Built(std::string(kConsumed) + "---\n{kind: Rrset, name: " + name +
                     ", type: A, ttl: 60, records: [192.0.2.9]}\n",
                 built_.get());
  };
  EXPECT_THAT(with("www.a.test").problems.front().ToString(), HasSubstr("none of the zones"));
  const auto laid = with("www.sub.own.test");
  ASSERT_NE(laid.built, nullptr) << laid.problems.front().ToString();
  EXPECT_EQ(laid.built->zones.at("sub.own.test").extras->overlay.size(), 1U);
  built_ = laid.built;
  EXPECT_EQ(Transfer("version TXT 2\n"), "");
  EXPECT_EQ(built_->zones.at("own.test").extras->overlay.size(), 1U)
      << "the zone around it has it now";
}

TEST_F(ConsumedCatalogs, LeaveDeclaredZonesAlone) {
  EXPECT_EQ(Transfer("version TXT 2\nx.zones PTR own.test.\nz.zones PTR catalog.test.\n"), "");
  EXPECT_EQ(built_->zones.at("own.test").resource->zone().primaries(0).address(), "192.0.2.2");
  EXPECT_THAT(Ignored(), Contains(HasSubstr("\"own.test\" is ignored: a zone of this name is")));
  built_ = Built(kConsumed, built_.get()).built;
  EXPECT_THAT(Zones(), IsEmpty());
}

TEST(CatalogZones, WantMembersThatMakeSense) {
  const auto problems = [](const std::string& yaml) {
    std::vector<std::string> words;
    for (const Problem& problem : Built(yaml).problems) words.push_back(problem.ToString());
    return words;
  };
  EXPECT_THAT(problems(Member("a.test")), Contains(HasSubstr("is no zone with catalog: produce")));
  EXPECT_THAT(problems("{kind: Zone, origin: c.test, catalog: produce, text: x}"),
              Contains(HasSubstr("made of its members")));
  EXPECT_THAT(problems("{kind: Zone, origin: c.test, catalog: consume, text: x}"),
              Contains(HasSubstr("give primaries")));
  EXPECT_THAT(problems("{kind: Zone, origin: c.test, catalog_group: x, text: x}"),
              Contains(HasSubstr("needs member_of")));
  EXPECT_THAT(problems("{kind: Zone, origin: c.test, catalog: produce, view: inside}"),
              Contains(HasSubstr("belong to no view")));
  EXPECT_THAT(problems("{kind: Zone, origin: c.test, groups: [{name: eu}], text: x}"),
              Contains(HasSubstr("only a catalog that is consumed has groups")));
}

}  // namespace
}  // namespace waypost::config
