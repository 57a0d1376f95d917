#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dnsd/config/build.h"
#include "dnsd/config/parse.h"
#include "dnsd/zone/master_file.h"

namespace waypost::config {
namespace {

using ::testing::HasSubstr;

constexpr const char* kDeclared = R"(
{kind: Region, name: us, location: {latitude: 39, longitude: -77}}
---
{kind: Pool, name: a, region: us, endpoints: [{address: 192.0.2.1}]}
---
{kind: Policy, name: first, steps: [{answers: {max: 1}}]}
---
{kind: Record, name: www.example.com, types: A, policy: first, pools: [a]}
---
{kind: Rrset, name: added.example.com, type: TXT, ttl: 60, records: ['"here"']}
---
{kind: Zone, origin: example.com, primaries: [{address: 192.0.2.53}]}
---
{kind: Zone, origin: other.test, text: "@ 60 SOA ns h 7 1 1 1 1\n@ 60 NS ns.example."}
)";

ResourceSet Declared() { return Collect(ParseDocuments(kDeclared, "w.yaml")).resources; }

Contents Transferred(const std::string& text, const std::string& origin = "example.com") {
  zone::MasterFile read = zone::ParseMasterText(
      "@ 60 SOA ns h 9 1 1 1 1\n@ 60 NS ns.test.\n" + text, wire::Name::Parse(origin).value(), "");
  EXPECT_TRUE(read.problems.empty());
  return {{origin, std::make_shared<zone::Records>(std::move(read.records))}};
}

const zone::Node* Find(const Built& built, const std::string& name) {
  const auto owner = wire::Name::Parse(name).value();
  return built.zones.at("example.com").zone->FindExact(zone::AsView(owner.wire()));
}

TEST(SecondaryZone, HasNoDataUntilItIsTransferred) {
  const auto result = Build(Declared(), nullptr);
  ASSERT_NE(result.built, nullptr);
  EXPECT_TRUE(result.faulty_zones.empty());
  const BuiltZone& zone = result.built->zones.at("example.com");
  EXPECT_EQ(zone.zone, nullptr);
  EXPECT_EQ(zone.Origin().ToString(), "example.com");
}

TEST(SecondaryZone, RecordsAndRrsetsAreLaidOverWhatWasTransferred) {
  const auto built =
      Build(Declared(), nullptr, Transferred("www 60 A 203.0.113.9\nwww 60 TXT a\n")).built;
  ASSERT_NE(built, nullptr);
  const zone::Node* www = Find(*built, "www.example.com");
  EXPECT_TRUE(www->steered().types.Has(1));
  EXPECT_EQ(www->Find(zone::kA), nullptr) << "the policy answers in its place";
  EXPECT_NE(www->Find(zone::kTxt), nullptr);
  EXPECT_NE(Find(*built, "added.example.com")->Find(zone::kTxt), nullptr);
  EXPECT_EQ(built->zones.at("example.com").zone->serial(), 9U);
}

TEST(SecondaryZone, KeepsItsContentThroughChangesOfTheConfiguration) {
  const auto before = Build(Declared(), nullptr, Transferred("mail 60 A 203.0.113.9\n")).built;
  ResourceSet changed = Declared();
  changed.erase("rrset/added.example.com/TXT");
  const auto after = Build(changed, before.get()).built;
  EXPECT_NE(Find(*after, "mail.example.com"), nullptr);
  EXPECT_EQ(Find(*after, "added.example.com"), nullptr);
  EXPECT_EQ(Build(Declared(), before.get()).built->zones.at("example.com").zone,
            before->zones.at("example.com").zone)
      << "nothing changed, nothing is built";
}

TEST(SecondaryZone, RefillingBuildsNoOtherZone) {
  const auto before = Build(Declared(), nullptr).built;
  const auto [after, refused] = Refill(*before, Transferred("mail 60 A 203.0.113.9\n"));
  EXPECT_TRUE(refused.empty());
  EXPECT_TRUE(Find(*after, "www.example.com")->steered().types.Has(1));
  EXPECT_NE(Find(*after, "mail.example.com"), nullptr);
  EXPECT_EQ(after->zones.at("other.test").zone, before->zones.at("other.test").zone);
  EXPECT_EQ(after->steering, before->steering);
}

TEST(SecondaryZone, ContentThatCannotBeServedLeavesTheZoneAsItWas) {
  const auto before = Build(Declared(), nullptr, Transferred("mail 60 A 203.0.113.9\n")).built;
  const auto [after, refused] =
      Refill(*before, Transferred("bad 60 CNAME x.test.\nbad 60 A 203.0.113.9\n"));
  EXPECT_EQ(after->zones.at("example.com").zone, before->zones.at("example.com").zone);
  ASSERT_EQ(refused.count("example.com"), 1U);
  EXPECT_THAT(refused.at("example.com").at(0).ToString(),
              HasSubstr("bad.example.com CNAME: there is A"));
}

TEST(SecondaryZone, HasNoDataAgainOnceItExpired) {
  const auto before = Build(Declared(), nullptr, Transferred("")).built;
  const auto [after, refused] = Refill(*before, {{"example.com", nullptr}});
  EXPECT_EQ(after->zones.at("example.com").zone, nullptr);
  EXPECT_EQ(after->zones.at("example.com").steered.size(), 1U);
  EXPECT_NE(Refill(*after, Transferred("")).built->zones.at("example.com").zone, nullptr);
}

TEST(SecondaryZone, ContentOfOtherZonesIsPassedOver) {
  const auto before = Build(Declared(), nullptr).built;
  Contents contents = Transferred("", "other.test");
  contents.merge(Transferred("", "unknown.test"));
  const auto [after, refused] = Refill(*before, contents);
  EXPECT_TRUE(refused.empty());
  EXPECT_EQ(after->zones.size(), 2U);
  EXPECT_EQ(after->zones.at("other.test").zone->serial(), 7U);
}

}  // namespace
}  // namespace waypost::config
