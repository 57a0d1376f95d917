// A patched zone against the same zone built anew.
#include "dnsd/zone/patch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dnsd/base/random.h"
#include "dnsd/zone/patched_zone.h"
#include "tests/unit/zone/zone_words.h"

namespace waypost::zone {
namespace {

constexpr PatchLimits kAny{.fewest_names = 1, .share = 1, .most_names = 1000};
const char* const kApex = "o";

using Key = std::pair<std::string, uint16_t>;  // lowered owner, type
Key KeyOf(const RrsetValue& rrset) {
  return {std::string(AsText(LoweredName(AsView(rrset.owner)).view())), rrset.type};
}

/// What a zone is made of.
struct Model {
  std::map<Key, RrsetValue> rrsets;
  std::vector<SteeredOwner> steered;

  void Put(const RrsetValue& rrset) {
    if (rrset.rdata.empty()) {
      rrsets.erase(KeyOf(rrset));
    } else {
      rrsets[KeyOf(rrset)] = rrset;
    }
  }
  std::shared_ptr<const Zone> Build() const {
    Records records;
    for (const auto& [key, rrset] : rrsets) {
      for (const std::string& rdata : rrset.rdata) {
        records.Add(AsView(rrset.owner), rrset.type, rrset.ttl, AsView(rdata));
      }
    }
    return BuildZone(N(kApex), std::move(records), steered).zone;
  }
};

std::string RdataFor(uint16_t type, char last) {
  if (type == kA) return std::string("\xC0\0\2", 3) + last;
  if (type == kTxt) return std::string("\1") + last;
  if (type == kMx) return std::string("\0\1\1", 3) + last + std::string("\1o\0", 3);
  if (type == kSoa)
    return std::string(2, '\0') + std::string(3, '\0') + last + std::string(16, '\1');
  return std::string("\1") + last + std::string("\1o\0", 3);
}

RrsetValue Rrset(const std::string& owner, uint16_t type, std::string_view lasts,
                 uint32_t ttl = 60) {
  RrsetValue rrset{std::string(N(owner).wire()), type, ttl, {}};
  for (const char last : lasts) rrset.rdata.push_back(RdataFor(type, last));
  return rrset;
}

RrsetValue Gone(const std::string& owner, uint16_t type) { return Rrset(owner, type, ""); }

Model Small() {
  Model model;
  for (const RrsetValue& rrset :
       {Rrset("o", kSoa, "1"), Rrset("o", kNs, "n"), Rrset("n.o", kA, "1"), Rrset("a.o", kA, "12"),
        Rrset("b.a.o", kTxt, "1"), Rrset("c.d.o", kA, "1"), Rrset("*.w.o", kA, "1"),
        Rrset("cut.o", kNs, "x"), Rrset("x.cut.o", kA, "1"), Rrset("new.o", kDname, "y"),
        Rrset("Big.o", kA, "1")}) {
    model.Put(rrset);
  }
  model.steered.push_back({N("n.o"), SteeredTypes{kTxt}});
  model.steered.push_back({N("s.o"), SteeredTypes{kA, kAaaa}});
  return model;
}

/// All that can be seen of a node.
std::string ShowNode(const Node& node) {
  std::string text = wire::Name::FromWire(AsText(LoweredName(node.owner()).view()))->ToString();
  if (node.is_cut()) text += " cut";
  if (node.is_occluded()) text += " occluded";
  if (node.steered().any()) {
    text += " slot " + std::to_string(node.steered().slot);
    for (const uint16_t type : SteeredTypes::kAll) {
      if (node.steered().types.Has(type)) text += "/" + std::to_string(type);
    }
  }
  for (const RrSet& set : node.rrsets()) {
    text += " " + std::to_string(set.type) + ":" + std::to_string(set.ttl);
    for (const std::string& rdata : ValueOf(node, set).rdata) {
      text += ",";
      for (const char c : rdata) text += std::to_string(static_cast<uint8_t>(c)) + ".";
    }
  }
  return text;
}

std::set<std::string> ShowAll(const Zone& zone) {
  std::set<std::string> all;
  for (const Node& node : zone.nodes())
    EXPECT_TRUE(all.insert(ShowNode(node)).second) << ShowNode(node);
  return all;
}

/// The apex first, and parents before their children.
void ExpectInOrder(const Zone& zone) {
  std::set<std::string> seen;
  EXPECT_EQ(&zone.nodes().front(), &zone.apex());
  for (const Node& node : zone.nodes()) {
    const std::string name(AsText(LoweredName(node.owner()).view()));
    const std::string parent(AsText(ParentOf(AsView(name))));
    EXPECT_TRUE(seen.empty() || seen.contains(parent)) << ShowNode(node);
    seen.insert(name);
    EXPECT_EQ(zone.FindExact(AsView(name)), &node);
    EXPECT_EQ(zone.PrefetchNode(zone.PrefetchSlot(AsView(name))), &node);
  }
}

/// Looking ahead finds what there is, and nothing where there is nothing.
void ExpectSameAhead(const Zone& zone, const std::string& name) {
  const std::string wire = Wire(name);
  EXPECT_EQ(zone.PrefetchNode(zone.PrefetchSlot(AsView(wire))), zone.FindExact(AsView(wire)))
      << name;
}

void ExpectSameAnswer(const Zone& patched, const Zone& anew, const std::string& name) {
  ExpectSameAhead(patched, name);
  const Found found = Ask(patched, name);
  const Found wanted = Ask(anew, name);
  EXPECT_EQ(found.match, wanted.match) << name;
  EXPECT_EQ(found.node == nullptr ? "" : ShowNode(*found.node),
            wanted.node == nullptr ? "" : ShowNode(*wanted.node))
      << name;
}

void ExpectSame(const Zone& patched, const Zone& anew) {
  EXPECT_EQ(ShowAll(patched), ShowAll(anew));
  EXPECT_EQ(patched.name_count(), anew.name_count());
  EXPECT_EQ(patched.record_count(), anew.record_count());
  EXPECT_EQ(patched.serial(), anew.serial());
  EXPECT_EQ(patched.negative_ttl(), anew.negative_ttl());
  EXPECT_EQ(patched.origin(), anew.origin());
  ExpectInOrder(patched);
}

/// One change after the other.
class Patches : public testing::Test {
 protected:
  /// Whether it was taken; then the zone is as it would be if built anew.
  bool Change(const std::vector<RrsetValue>& changes, const PatchLimits& limits = kAny) {
    const auto patched = PatchZone(zone_, changes, limits).zone;
    if (patched == nullptr) return false;
    for (const RrsetValue& change : changes) model_.Put(change);
    const auto anew = model_.Build();
    EXPECT_NE(anew, nullptr);
    if (anew != nullptr) ExpectSame(*patched, *anew);
    zone_ = patched;
    return true;
  }

  Model model_ = Small();
  std::shared_ptr<const Zone> zone_ = model_.Build();
};

TEST_F(Patches, ChangeAddAndRemoveRrsets) {
  EXPECT_TRUE(Change({Rrset("a.o", kA, "3")}));
  EXPECT_TRUE(Change({Rrset("a.o", kTxt, "3", 5)}));
  EXPECT_TRUE(Change({Rrset("o", kSoa, "2"), Rrset("A.O", kA, "345")}));
  EXPECT_TRUE(Change({Gone("a.o", kTxt)}));
  EXPECT_EQ(zone_->serial(), '2');
  // With its address only the text below it is left of it, and it becomes empty.
  EXPECT_TRUE(Change({Gone("a.o", kA)}));
  EXPECT_TRUE(Ask(*zone_, "a.o").node->is_empty());
  EXPECT_TRUE(Change({Rrset("a.o", kA, "1")}));
}

TEST_F(Patches, BringNamesAndWhatIsAboveThem) {
  EXPECT_EQ(Ask(*zone_, "p.q.r.o").match, Match::kNone);
  EXPECT_TRUE(Change({Rrset("p.q.r.o", kA, "1")}));
  EXPECT_EQ(Ask(*zone_, "p.q.r.o").match, Match::kExact);
  EXPECT_TRUE(Ask(*zone_, "q.r.o").node->is_empty());
  EXPECT_TRUE(Change({Rrset("*.q.r.o", kTxt, "1")}));
  EXPECT_EQ(Ask(*zone_, "any.q.r.o").match, Match::kWildcard);
  EXPECT_TRUE(Change({Gone("p.q.r.o", kA), Gone("*.q.r.o", kTxt)}));
  EXPECT_EQ(Ask(*zone_, "r.o").match, Match::kNone);
}

TEST_F(Patches, TakeNamesAway) {
  EXPECT_TRUE(Change({Gone("big.o", kA)}));
  EXPECT_EQ(Ask(*zone_, "big.o").match, Match::kNone);
  EXPECT_EQ(zone_->FindExact(AsView(Wire("big.o"))), nullptr);
  ExpectSameAhead(*zone_, "big.o");
  EXPECT_TRUE(Change({Rrset("x.big.o", kA, "1")}));
  EXPECT_TRUE(Ask(*zone_, "big.o").node->is_empty());
  EXPECT_TRUE(Change({Gone("x.big.o", kA)}));
  EXPECT_EQ(Ask(*zone_, "big.o").match, Match::kNone);
  EXPECT_TRUE(Change({Rrset("big.o", kTxt, "1")}));
  EXPECT_TRUE(Change({Gone("nothing.here.o", kA)}));
}

TEST_F(Patches, LeaveAloneWhatNeedsALookAtTheWholeZone) {
  // Was c.d the only name below d?
  EXPECT_FALSE(Change({Gone("c.d.o", kA)}));
  // What has more types stays, and so does what is above it.
  EXPECT_TRUE(Change({Rrset("c.d.o", kTxt, "1")}));
  EXPECT_TRUE(Change({Gone("c.d.o", kA)}));
  EXPECT_FALSE(Change({Gone("c.d.o", kTxt)}));
  EXPECT_FALSE(Change({Gone("b.a.o", kTxt), Gone("a.o", kA)}));
}

TEST_F(Patches, LeaveCutsAlone) {
  EXPECT_FALSE(Change({Rrset("cut.o", kNs, "z")}));
  EXPECT_FALSE(Change({Rrset("cut.o", kTxt, "z")}));
  EXPECT_FALSE(Change({Rrset("x.cut.o", kA, "2")}));
  EXPECT_FALSE(Change({Rrset("y.x.cut.o", kA, "2")}));
  EXPECT_FALSE(Change({Rrset("a.o", kNs, "z")}));
  EXPECT_FALSE(Change({Rrset("a.o", kDname, "z")}));
  EXPECT_FALSE(Change({Gone("new.o", kDname)}));
  EXPECT_FALSE(Change({Rrset("x.new.o", kA, "2")}));
  EXPECT_TRUE(Change({Rrset("new.o", kA, "2")}));
  EXPECT_TRUE(Change({Rrset("o", kNs, "nm")}));
}

TEST_F(Patches, AreRefusedWhereTheZoneWouldBe) {
  EXPECT_FALSE(Change({Rrset("a.o", kCname, "z")}));   // beside an address
  EXPECT_FALSE(Change({Rrset("b.o", kCname, "zy")}));  // two of them
  EXPECT_FALSE(Change({Rrset("a.o", kSoa, "z")}));     // not at the apex
  EXPECT_FALSE(Change({Gone("o", kSoa)}));             // none at all
  EXPECT_FALSE(Change({Gone("o", kNs)}));
  EXPECT_FALSE(Change({Rrset("s.o", kA, "1")}));        // a policy answers it
  EXPECT_FALSE(Change({Rrset("elsewhere", kA, "1")}));  // outside of the zone
  EXPECT_TRUE(Change({Rrset("s.o", kTxt, "1")}));
}

TEST_F(Patches, WarnOfWhatIsHardlyMeant) {
  const auto warned = PatchZone(zone_, std::vector{Rrset("a.o", kMx, "z")}, kAny);
  ASSERT_NE(warned.zone, nullptr);
  // And of the apex, which is always among what is checked: its own server has no address.
  EXPECT_THAT(Texts(warned.problems), testing::Contains(testing::HasSubstr("z.o does not exist")));
  // What the large zone has is there.
  const auto sound = PatchZone(zone_, std::vector{Rrset("b.o", kMx, "a")}, kAny);
  EXPECT_THAT(Texts(sound.problems), testing::Not(testing::Contains(testing::HasSubstr("a.o"))));
}

TEST_F(Patches, HaveLimits) {
  EXPECT_FALSE(Change({Rrset("a.o", kA, "3")}, {.fewest_names = 1000}));
  EXPECT_FALSE(Change({Rrset("a.o", kA, "3")}, {.fewest_names = 1, .share = 8}));
  EXPECT_FALSE(Change({Rrset("a.o", kA, "3")}, {.fewest_names = 1, .share = 1, .most_names = 1}));
  // The apex is always among them.
  EXPECT_TRUE(Change({Rrset("a.o", kA, "3")}, {.fewest_names = 1, .share = 1, .most_names = 2}));
  EXPECT_FALSE(Change({Rrset("n.o", kA, "3")}, {.fewest_names = 1, .share = 1, .most_names = 2}));
}

TEST_F(Patches, ShareTheLargeZone) {
  const auto base = zone_;
  EXPECT_TRUE(Change({Rrset("a.o", kA, "3")}));
  EXPECT_EQ(std::dynamic_pointer_cast<const PatchedZone>(zone_)->base(), base);
  EXPECT_TRUE(Change({Rrset("n.o", kA, "3")}));
  EXPECT_EQ(std::dynamic_pointer_cast<const PatchedZone>(zone_)->base(), base);
  EXPECT_EQ(Ask(*zone_, "b.a.o").node, Ask(*base, "b.a.o").node);
}

std::string RandomOwner(Random& random) {
  std::string name = kApex;
  for (uint64_t labels = random.Below(4); labels > 0; --labels) {
    const uint64_t one = random.Below(8);
    name = (one == 0 ? "*" : std::string(1, static_cast<char>((one == 1 ? 'A' : 'a') + one))) +
           "." + name;
  }
  return name;
}

RrsetValue RandomRrset(Random& random, bool may_cut) {
  constexpr uint16_t kTypes[] = {kA, kA, kA, kTxt, kTxt, kCname, kNs, kDname};
  const uint16_t type = kTypes[random.Below(std::size(kTypes) - (may_cut ? 0 : 2))];
  std::string lasts;
  for (uint64_t more = random.Below(3); more > 0; --more) {
    lasts += static_cast<char>('a' + random.Below(3));
  }
  return Rrset(RandomOwner(random), type, lasts, static_cast<uint32_t>(30 + random.Below(2)));
}

/// One to three, each of another name or type.
std::vector<RrsetValue> RandomChanges(Random& random, bool may_cut) {
  std::map<Key, RrsetValue> changes;
  for (uint64_t more = 1 + random.Below(3); more > 0; --more) {
    const RrsetValue change = RandomRrset(random, may_cut);
    changes[KeyOf(change)] = change;
  }
  std::vector<RrsetValue> list;
  for (const auto& [key, change] : changes) list.push_back(change);
  return list;
}

Model RandomModel(Random& random) {
  Model model;
  model.Put(Rrset("o", kSoa, "1"));
  model.Put(Rrset("o", kNs, "n"));
  model.steered.push_back({N("c.o"), SteeredTypes{kA, kAaaa}});
  model.steered.push_back({N("d.d.o"), SteeredTypes{kTxt}});
  for (int i = 0; i < 40; ++i) {
    Model next = model;
    next.Put(RandomRrset(random, i % 8 == 0));
    if (next.Build() != nullptr) model = std::move(next);
  }
  return model;
}

TEST(Patch, AgreesWithAZoneBuiltAnewAfterRandomChanges) {
  uint64_t taken = 0;
  uint64_t built = 0;
  std::map<Match, uint64_t> seen;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    Model model = RandomModel(random);
    std::shared_ptr<const Zone> zone = model.Build();
    for (int step = 0; step < 60; ++step) {
      const std::vector<RrsetValue> changes = RandomChanges(random, step % 16 == 0);
      Model next = model;
      for (const RrsetValue& change : changes) next.Put(change);
      const auto anew = next.Build();
      const auto patched = PatchZone(zone, changes, kAny).zone;
      if (anew == nullptr) {
        EXPECT_EQ(patched, nullptr);
        continue;
      }
      ++built;
      model = std::move(next);
      zone = patched != nullptr ? patched : anew;
      if (patched == nullptr) continue;
      ++taken;
      ExpectSame(*patched, *anew);
      for (int i = 0; i < 20; ++i) {
        const std::string name = RandomOwner(random);
        ExpectSameAnswer(*patched, *anew, name);
        ++seen[Ask(*anew, name).match];
      }
    }
  }
  EXPECT_GT(taken, built / 2) << built;
  EXPECT_EQ(seen.size(), 5U);
  for (const auto& [match, count] : seen) EXPECT_GT(count, 200U) << static_cast<int>(match);
}

}  // namespace
}  // namespace waypost::zone
