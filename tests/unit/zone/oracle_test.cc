// The zone against the oracle: all tiny zones, and random larger ones.
#include <gtest/gtest.h>

#include <map>

#include "dnsd/base/random.h"
#include "tests/unit/zone/slow_zone.h"
#include "tests/unit/zone/zone_words.h"

namespace waypost::zone {
namespace {

const Labels kOrigin = {"o"};

wire::Name NameOf(const Labels& labels) {
  std::string wire;
  for (auto label = labels.rbegin(); label != labels.rend(); ++label) {
    wire += static_cast<char>(label->size());
    wire += *label;
  }
  return *wire::Name::FromWire(wire + '\0');
}

/// What Find and the nodes do not look into, but rules do: RDATA that fits the type.
std::string RdataOf(uint16_t type) {
  if (type == kA) return std::string("\xC0\0\2\1", 4);
  if (type == kTxt) return "\1x";
  if (type == kSoa) return std::string(2, '\0') + std::string(20, '\1');
  return std::string("\4test\0", 6);
}

struct Owned {
  Labels owner;
  uint16_t type;
};

/// The same zone twice. Empty if its rules refuse it.
struct Pair {
  SlowZone slow{kOrigin};
  std::shared_ptr<const Zone> fast;
};

Pair Make(std::vector<Owned> data) {
  data.push_back({kOrigin, kSoa});
  data.push_back({kOrigin, kNs});
  Pair pair;
  Records records;
  for (const Owned& owned : data) {
    pair.slow.Add(owned.owner, owned.type);
    records.Add(NameOf(owned.owner), owned.type, 60, RdataOf(owned.type));
  }
  pair.fast = BuildZone(NameOf(kOrigin), std::move(records)).zone;
  return pair;
}

/// Whether the zone gives what the oracle gave. Not EXPECT_EQ: there are millions.
bool Agrees(const Zone& fast, const SlowZone::Answer& slow, const Labels& qname) {
  const wire::Name name = NameOf(qname).Lowered();
  const Found found = fast.Find(AsView(name.wire()));
  if (found.match != slow.match) return false;
  if (found.match == Match::kNone) return found.node == nullptr;
  return NameOf(slow.owner).wire() == AsText(found.node->owner());
}

/// Nodes, empty non-terminals and types.
bool SameContent(const Pair& pair) {
  if (pair.fast->name_count() != pair.slow.names().size()) return false;
  for (const auto& [labels, types] : pair.slow.names()) {
    const Node* const node = pair.fast->FindExact(AsView(NameOf(labels).wire()));
    if (node == nullptr || node->rrsets().size() != types.size()) return false;
    for (const uint16_t type : types) {
      if (node->Find(type) == nullptr) return false;
    }
    if (node->is_empty() != types.empty()) return false;
  }
  return true;
}

/// All names of one to `depth` labels of `alphabet` below the origin, and the origin.
std::vector<Labels> AllNames(const std::vector<std::string>& alphabet, size_t depth) {
  std::vector<Labels> names = {kOrigin};
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i].size() == kOrigin.size() + depth) continue;
    for (const std::string& label : alphabet) {
      Labels name = names[i];
      name.push_back(label);
      names.push_back(name);
    }
  }
  return names;
}

std::string Show(const std::vector<Owned>& data, const Labels& qname) {
  std::string text = NameOf(qname).ToString() + " in";
  for (const Owned& owned : data) {
    text += " " + NameOf(owned.owner).ToString() + "/" + std::to_string(owned.type);
  }
  return text;
}

/// How often each kind of answer was compared.
using Seen = std::map<Match, uint64_t>;

void ExpectEachKind(const Seen& seen, uint64_t at_least) {
  EXPECT_EQ(seen.size(), 5U);
  for (const auto& [match, count] : seen) EXPECT_GT(count, at_least) << static_cast<int>(match);
}

void ExpectAgreement(const std::vector<Owned>& data, const std::vector<Labels>& questions,
                     Seen& seen) {
  const Pair pair = Make(data);
  if (pair.fast == nullptr) return;
  EXPECT_TRUE(SameContent(pair)) << Show(data, kOrigin);
  for (const Labels& qname : questions) {
    const SlowZone::Answer slow = pair.slow.Find(qname);
    if (!Agrees(*pair.fast, slow, qname)) ADD_FAILURE() << Show(data, qname);
    ++seen[slow.match];
  }
}

TEST(Oracle, AgreesOnAllTinyZones) {
  // Up to three records at any names of up to three labels, each an address, a cut or a DNAME.
  const std::vector<Labels> owners = AllNames({"a", "b", "*"}, 3);
  const std::vector<Labels> few_owners = AllNames({"a", "*"}, 3);
  const std::vector<Labels> questions = AllNames({"a", "b", "*", "c"}, 3);
  const uint16_t types[] = {kA, kNs, kDname};
  Seen seen;
  for (size_t i = 1; i < owners.size(); ++i) {
    for (const uint16_t type : types) {
      ExpectAgreement({{owners[i], type}}, questions, seen);
      for (size_t k = i + 1; k < owners.size(); ++k) {
        for (const uint16_t other : {kA, kNs}) {
          ExpectAgreement({{owners[i], type}, {owners[k], other}}, questions, seen);
        }
      }
    }
  }
  for (size_t i = 1; i < few_owners.size(); ++i) {
    for (size_t k = 1; k < few_owners.size(); ++k) {
      for (size_t l = 1; l < few_owners.size(); ++l) {
        ExpectAgreement({{few_owners[i], kNs}, {few_owners[k], kA}, {few_owners[l], kDname}},
                        questions, seen);
      }
    }
  }
  ExpectEachKind(seen, 3000);
}

/// Random labels: few, so that names share ancestors; some long, some with octets of any value.
std::string RandomLabel(Random& random) {
  switch (random.Below(8)) {
    case 0:
      return "*";
    case 1:
      return std::string(1 + random.Below(63), static_cast<char>('a' + random.Below(2)));
    case 2:
      return {static_cast<char>(random.Below(65)), static_cast<char>(128 + random.Below(128))};
    default:
      return std::string(1, static_cast<char>('a' + random.Below(6)));
  }
}

Labels RandomName(Random& random, const std::vector<Owned>& data) {
  Labels name =
      data.empty() || random.Below(2) == 0 ? kOrigin : data[random.Below(data.size())].owner;
  if (random.Below(4) == 0 && name.size() > kOrigin.size()) name.pop_back();
  for (uint64_t more = random.Below(4); more > 0; --more) {
    const std::string label = RandomLabel(random);
    size_t octets = 1 + 1 + label.size();
    for (const std::string& other : name) octets += 1 + other.size();
    if (octets > wire::kMaxNameOctets) break;
    name.push_back(label);
  }
  return name;
}

uint16_t RandomType(Random& random) {
  constexpr uint16_t kTypes[] = {kA, kA, kA, kA, kTxt, kTxt, kNs, kDname, kCname};
  return kTypes[random.Below(std::size(kTypes))];
}

/// Leaves out what the rules refuse, so that most zones are sound.
bool IsAllowed(const std::vector<Owned>& data, const Owned& next) {
  const bool is_wild = next.owner.back() == "*";
  if (is_wild && (next.type == kNs || next.type == kDname)) return false;
  if (next.owner == kOrigin && next.type != kTxt) return false;
  for (const Owned& owned : data) {
    const bool is_below = next.owner.size() > owned.owner.size() &&
                          std::equal(owned.owner.begin(), owned.owner.end(), next.owner.begin());
    if (owned.type == kDname && is_below) return false;
    const bool is_above = owned.owner.size() > next.owner.size() &&
                          std::equal(next.owner.begin(), next.owner.end(), owned.owner.begin());
    if (next.type == kDname && is_above) return false;
    if (owned.owner != next.owner) continue;
    if (owned.type == next.type || owned.type == kCname || next.type == kCname) return false;
    const bool is_pair = owned.type == kNs || owned.type == kDname;
    if (is_pair && (next.type == kNs || next.type == kDname)) return false;
  }
  return true;
}

TEST(Oracle, AgreesOnRandomZones) {
  Seen seen;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    std::vector<Owned> data;
    for (uint64_t i = random.Below(120); i > 0; --i) {
      const Owned next{RandomName(random, data), RandomType(random)};
      if (IsAllowed(data, next)) data.push_back(next);
    }
    std::vector<Labels> questions;
    for (int i = 0; i < 500; ++i) questions.push_back(RandomName(random, data));
    SCOPED_TRACE("seed " + std::to_string(seed));
    ExpectAgreement(data, questions, seen);
  }
  ExpectEachKind(seen, 3000);
}

}  // namespace
}  // namespace waypost::zone
