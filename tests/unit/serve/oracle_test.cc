// The server against the oracle: small zones of every kind, and large random ones, asked through
// the responder over TCP, so that everything has room.
//
// WAYPOST_EXHAUSTIVE=1 asks all zones of two owners (some 15 s) instead of a part of them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <memory>

#include "dnsd/base/random.h"
#include "dnsd/serve/responder.h"
#include "dnsd/zone/builder.h"
#include "tests/support/dns_message.h"
#include "tests/unit/serve/slow_resolver.h"

namespace waypost::serve {
namespace {

using slow::Labels;
using slow::Record;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr uint64_t kSlowdown = 11;
#else
constexpr uint64_t kSlowdown = 1;
#endif

std::string WireOf(const Labels& labels) {
  std::string wire;
  for (auto label = labels.rbegin(); label != labels.rend(); ++label) {
    wire += static_cast<char>(label->size());
    wire += *label;
  }
  return wire + '\0';
}

std::string TextOf(const Labels& labels) {
  return wire::Name::FromWire(WireOf(labels))->ToString();
}

std::string RdataOf(const Record& record) {
  if (record.type == slow::kMx) return std::string("\0\1", 2) + WireOf(record.target);
  return record.target.empty() ? record.rdata : WireOf(record.target);
}

/// A line for each record, in the form in which replies are compared.
std::string Line(const std::string& owner, uint32_t ttl, uint16_t type, const std::string& rdata) {
  return owner + " " + std::to_string(ttl) + " " + std::to_string(type) + " " + rdata;
}
std::multiset<std::string> Lines(const std::vector<Record>& records) {
  std::multiset<std::string> lines;
  for (const Record& record : records) {
    lines.insert(Line(TextOf(record.owner), record.ttl, record.type, RdataOf(record)));
  }
  return lines;
}
std::multiset<std::string> Lines(const std::vector<test::MessageRecord>& records) {
  std::multiset<std::string> lines;
  for (const auto& record : records) {
    lines.insert(Line(record.owner, record.ttl, record.type, record.rdata));
  }
  return lines;
}

/// The same zones, once for the oracle and once served.
class Pair {
 public:
  explicit Pair(std::vector<slow::Zone> zones) : slow_(zones) {
    std::vector<wire::Name> origins;
    for (const slow::Zone& zone : zones) {
      origins.push_back(*wire::Name::FromWire(WireOf(zone.origin)));
      zone::Records records;
      for (const Record& record : zone.records) {
        records.Add(*wire::Name::FromWire(WireOf(record.owner)), record.type, record.ttl,
                    RdataOf(record));
      }
      const auto built = zone::BuildZone(origins.back(), std::move(records));
      is_sound_ = is_sound_ && built.zone != nullptr;
      snapshot_.zones.push_back({.zone = built.zone});
    }
    snapshot_.index = std::make_shared<zone::ZoneIndex>(zone::ZoneIndex::Build(origins));
  }

  bool is_sound() const { return is_sound_; }
  slow::Reply Expected(const Labels& qname, uint16_t qtype) const {
    return slow_.Resolve(qname, qtype);
  }
  test::Message Ask(const Labels& qname, uint16_t qtype) {
    const auto query = test::QueryPacket(TextOf(qname), qtype).Build();
    const size_t octets = Responding().Respond(query, IpAddress::FromV4(0x7F000001),
                                               Transport::kTcp, &snapshot_, Buffer());
    const auto message = test::ReadMessage(Buffer().first(octets));
    if (!message) ADD_FAILURE() << "the reply is not well-formed";
    return message.value_or(test::Message{});
  }

 private:
  static Responder& Responding() {
    static const Identity identity{"", ""};
    static Tally tally;
    static Responder responder{identity, &steer::Decide, 1, tally};
    return responder;
  }
  static std::span<uint8_t> Buffer() {
    static std::vector<uint8_t> buffer(wire::kMaxMessageOctets);
    return buffer;
  }

  slow::Resolver slow_;
  bool is_sound_ = true;
  Snapshot snapshot_;
};

/// All that must be there, and one whole RRset of those that may be chosen.
bool IsAnswer(const slow::Reply& expected, const std::multiset<std::string>& answer) {
  if (expected.choice.empty()) return Lines(expected.answer) == answer;
  std::map<uint16_t, std::vector<Record>> sets;
  for (const Record& record : expected.choice) sets[record.type].push_back(record);
  const auto fixed = Lines(expected.answer);
  return std::any_of(sets.begin(), sets.end(), [&](auto& set) {
    const auto chosen = Lines(set.second);
    // A DNAME that the chain has passed is there already.
    if (std::includes(fixed.begin(), fixed.end(), chosen.begin(), chosen.end())) {
      return fixed == answer;
    }
    set.second.insert(set.second.end(), expected.answer.begin(), expected.answer.end());
    return Lines(set.second) == answer;
  });
}

/// Empty: they agree. Otherwise what differs.
std::string Compare(const slow::Reply& expected, const test::Message& reply) {
  if (expected.rcode != reply.rcode()) return "rcode " + std::to_string(reply.rcode());
  if (expected.authoritative != reply.authoritative()) return "AA";
  if (reply.truncated()) return "TC";
  if (!IsAnswer(expected, Lines(reply.answer))) return "answer";
  if (Lines(expected.authority) != Lines(reply.authority)) return "authority";
  if (Lines(expected.additional) != Lines(reply.additional)) return "additional";
  return "";
}

std::string Show(const std::vector<slow::Zone>& zones) {
  std::string text;
  for (const slow::Zone& zone : zones) {
    text += "\n$ORIGIN " + TextOf(zone.origin);
    for (const Record& record : zone.records) {
      text += "\n  " + TextOf(record.owner) + " " + std::to_string(record.type) + " " +
              TextOf(record.target);
    }
  }
  return text;
}

/// How often each kind of reply was compared, by rcode and AA, so that no kind goes missing.
using Seen = std::map<std::pair<unsigned, bool>, uint64_t>;

void ExpectAgreement(const std::vector<slow::Zone>& zones, const std::set<Labels>& names,
                     const std::vector<uint16_t>& types, Seen& seen) {
  Pair pair(zones);
  ASSERT_TRUE(pair.is_sound()) << Show(zones);
  for (const Labels& qname : names) {
    for (const uint16_t qtype : types) {
      const slow::Reply expected = pair.Expected(qname, qtype);
      const std::string fault = Compare(expected, pair.Ask(qname, qtype));
      if (!fault.empty()) {
        ADD_FAILURE() << fault << " of " << TextOf(qname) << " " << qtype << " in" << Show(zones);
      }
      ++seen[{expected.rcode, expected.authoritative}];
    }
  }
}

slow::Zone NewZone(const Labels& origin) {
  const std::string soa = WireOf({"m"}) + WireOf({"r"}) + std::string(18, '\0') + "\1\x2C";
  return {origin,
          300,
          {{origin, slow::kSoa, 900, soa, {}}, {origin, slow::kNs, 12, "", {"test", "ns"}}}};
}

std::string Address(uint8_t last) { return std::string("\xC0\0\2", 3) + static_cast<char>(last); }

/// What an owner can have: each entry goes to one name.
using Kit = std::vector<Record>;

std::vector<Kit> Kits(const Labels& owner) {
  const Labels a = {"o", "a"};
  const Labels below_b = {"o", "b", "a"};
  Labels own_child = owner;
  own_child.push_back("b");
  const Record address{owner, slow::kA, 60, Address(1), {}};
  const Record servers{owner, slow::kNs, 70, "", a};
  return {{address},
          {{owner, slow::kTxt, 60, "\1x", {}}, address},
          {{owner, slow::kCname, 80, "", a}},
          {{owner, slow::kCname, 80, "", below_b}},
          {{owner, slow::kDname, 90, "", a}},
          {{owner, slow::kDname, 90, "", own_child}},
          {{owner, slow::kMx, 50, "", a}, {owner, slow::kMx, 50, "", below_b}},
          {servers, {owner, slow::kNs, 70, "", own_child}},
          {servers, {owner, slow::kDs, 40, std::string(36, '\2'), {}}}};
}

/// All names of one to `depth` labels of `alphabet` below the origin.
std::vector<Labels> AllNames(const std::vector<std::string>& alphabet, size_t depth) {
  std::vector<Labels> names = {{"o"}};
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i].size() == 1 + depth) continue;
    for (const std::string& label : alphabet) {
      Labels name = names[i];
      name.push_back(label);
      names.push_back(name);
    }
  }
  names.erase(names.begin());
  return names;
}

/// Each ancestor of the name and itself, each with a child and a grandchild, wild ones too.
void AddNeighbours(const Labels& owner, std::set<Labels>& names) {
  for (Labels name = owner; !name.empty(); name.pop_back()) {
    names.insert(name);
    for (const char* label : {"c", "*"}) {
      Labels child = name;
      child.push_back(label);
      names.insert(child);
    }
  }
  Labels below = owner;
  below.insert(below.end(), {"b", "c"});
  names.insert(below);
}

bool WantsAll() { return std::getenv("WAYPOST_EXHAUSTIVE") != nullptr; }

TEST(Oracle, AgreesOnTinyZones) {
  const std::vector<Labels> owners = AllNames({"a", "b", "*"}, 3);
  std::vector<Kit> kits;
  for (const Labels& owner : owners) {
    for (const Kit& kit : Kits(owner)) kits.push_back(kit);
  }
  // Without a factor of the nine kits of a name, so that none is left out.
  const uint64_t step = WantsAll() ? 1 : 7 * kSlowdown;
  Seen seen;
  uint64_t number = 0;
  for (const Kit& first : kits) {
    for (const Kit& second : kits) {
      if (!(first[0].owner < second[0].owner) || ++number % step != 0) continue;
      slow::Zone zone = NewZone({"o"});
      zone.records.insert(zone.records.end(), first.begin(), first.end());
      zone.records.insert(zone.records.end(), second.begin(), second.end());
      std::set<Labels> names;
      AddNeighbours(first[0].owner, names);
      AddNeighbours(second[0].owner, names);
      ExpectAgreement({zone}, names, {slow::kA, slow::kCname, slow::kDs, slow::kMx, slow::kAny},
                      seen);
    }
  }
  EXPECT_GT((seen[{0, true}]), 1000U);
  EXPECT_GT((seen[{0, false}]), 1000U) << "referrals";
  EXPECT_GT((seen[{3, true}]), 1000U);
}

std::string RandomLabel(Random& random) {
  const auto letter = static_cast<char>('a' + random.Below(4));
  switch (random.Below(12)) {
    case 0:
    case 1:
      return "*";
    case 2:
      return std::string(1 + random.Below(63), letter);
    case 3:
      return {static_cast<char>(random.Below(65)), static_cast<char>(128 + random.Below(128))};
    default:
      return std::string(1, letter);
  }
}

/// Three trees of zones, one inside the other.
const std::vector<Labels> kOrigins = {{"o"}, {"o", "a"}, {"o", "a", "b", "c"}, {"p"}};

Labels RandomName(Random& random, const std::vector<Labels>& known) {
  Labels name = random.Below(3) == 0 || known.empty() ? kOrigins[random.Below(kOrigins.size())]
                                                      : known[random.Below(known.size())];
  if (random.Below(4) == 0 && name.size() > 1) name.pop_back();
  for (uint64_t more = random.Below(4); more > 0; --more) {
    Labels longer = name;
    longer.push_back(RandomLabel(random));
    if (WireOf(longer).size() > wire::kMaxNameOctets) break;
    name = longer;
  }
  return name;
}

/// What stands alone: CNAME beside nothing, one CNAME, one DNAME, no NS beside DNAME below an apex.
bool IsAllowed(const slow::Zone& zone, const Record& next) {
  const bool is_apex = next.owner == zone.origin;
  if (is_apex && (next.type == slow::kCname || next.type == slow::kDs)) return false;
  for (const Record& record : zone.records) {
    if (record.owner != next.owner) continue;
    if (record.type == slow::kCname || next.type == slow::kCname) return false;
    const bool is_same = record.type == next.type;
    if (is_same && (next.type == slow::kDname || RdataOf(record) == RdataOf(next))) return false;
    const std::set<uint16_t> both = {record.type, next.type};
    if (!is_apex && both == std::set<uint16_t>{slow::kNs, slow::kDname}) return false;
  }
  return true;
}

std::vector<slow::Zone> RandomZones(Random& random, std::vector<Labels>& names) {
  constexpr uint16_t kTypes[] = {slow::kA,     slow::kA,     slow::kAaaa, slow::kTxt, slow::kNs,
                                 slow::kCname, slow::kCname, slow::kMx,   slow::kDs,  slow::kDname};
  std::vector<slow::Zone> zones;
  for (const Labels& origin : kOrigins) zones.push_back(NewZone(origin));
  for (uint64_t i = random.Below(150); i > 0; --i) {
    const uint16_t type = kTypes[random.Below(std::size(kTypes))];
    Record record{RandomName(random, names), type, 10U + type, "", {}};
    const bool has_target =
        type == slow::kNs || type == slow::kCname || type == slow::kMx || type == slow::kDname;
    if (has_target) record.target = RandomName(random, names);
    if (!has_target) record.rdata = std::string(type == slow::kA ? 4 : 16, '\7');
    if (type == slow::kTxt) record.rdata = "\1x";
    for (slow::Zone& zone : zones) {
      // Into each zone that could hold it, so that parents have data behind their cuts.
      if (!slow::IsAtOrBelow(record.owner, zone.origin) || !IsAllowed(zone, record)) continue;
      zone.records.push_back(record);
      names.push_back(record.owner);
    }
  }
  return zones;
}

TEST(Oracle, AgreesOnRandomZones) {
  Seen seen;
  for (uint64_t seed = 1; seed <= 500 / kSlowdown; ++seed) {
    Random random(seed);
    std::vector<Labels> names;
    const std::vector<slow::Zone> zones = RandomZones(random, names);
    std::set<Labels> questions = {{"q"}, {"q", "a"}};
    for (int i = 0; i < 60; ++i) questions.insert(RandomName(random, names));
    SCOPED_TRACE("seed " + std::to_string(seed));
    ExpectAgreement(zones, questions,
                    {slow::kA, slow::kNs, slow::kCname, slow::kMx, slow::kTxt, slow::kDname,
                     slow::kDs, slow::kAny},
                    seen);
  }
  for (const auto& kind : std::vector<std::pair<unsigned, bool>>{
           {0, true}, {0, false}, {3, true}, {5, false}, {6, true}}) {
    EXPECT_GT(seen[kind], 10U) << "rcode " << kind.first;
  }
}

}  // namespace
}  // namespace waypost::serve
