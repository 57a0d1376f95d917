#include "dnsd/zone/assembler.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "dnsd/wire/writer.h"
#include "dnsd/zone/plain_rdata.h"

namespace waypost::zone {
namespace {

/// Of zones that take no more than this there may be hundreds of thousands; they are copied into
/// memory of just their size.
constexpr size_t kMaxPackedOctets = Arena::kChunkOctets;
/// Records between where a slot of the table begins to be loaded and where it is read: in a large
/// zone each lies anywhere, and waiting for them was a third of the work.
constexpr uint32_t kAhead = 8;

/// The same for all zones of this process: nobody who asks knows it, and asking the system for one
/// takes longer than building a small zone.
uint64_t Seed() {
  static const uint64_t seed = [] {
    std::random_device device;
    return uint64_t{device()} << 32 | device();
  }();
  return seed;
}

/// Names that differ from the one before: close to how many nodes there will be.
size_t CountOwners(const Records& records) {
  size_t count = 1;
  const uint8_t* last = nullptr;
  for (const Records::Entry& entry : records.entries()) {
    count += entry.owner != last ? 1 : 0;
    last = entry.owner;
  }
  return count;
}

/// 65,535 octets less header, question, and twelve octets of each record's fixed part (RFC 1035
/// section 4.1): names in RDATA not compressed.
bool IsSureToFit(const RrSet& set) {
  constexpr size_t kMaxSetOctets = wire::kMaxMessageOctets - 12 - (wire::kMaxNameOctets + 4);
  return set.rdata().size() + size_t{10} * set.count <= kMaxSetOctets;
}

/// Whether a message can hold it, written as it is answered.
bool Fits(NameView owner, const RrSet& set) {
  if (IsSureToFit(set)) return true;
  wire::Query query;
  query.has_question = true;
  query.qname_octets = static_cast<uint8_t>(owner.size());
  query.name_as_asked = owner.data();
  std::ranges::copy(LoweredName(owner).view(), query.name_lowered.begin());
  // A name that a wildcard stands for may be longer.
  std::vector<uint8_t> message(wire::kMaxMessageOctets - (wire::kMaxNameOctets - owner.size()));
  const wire::ReplyOptions options;
  wire::ReplyWriter writer(query, message, options);
  return writer.Add(wire::Section::kAnswer, query.qname(),
                    {.type = set.type, .count = set.count, .rdata = set.rdata()});
}

/// Equal for RDATA that differs only in the case of a name.
std::string Canonical(const Records::Entry& entry) {
  const std::span<const uint8_t> rdata = entry.rdata_bytes();
  std::string canonical(AsText(rdata));
  const size_t name = NameOffset(entry.type).value_or(canonical.size());
  for (size_t i = name; i < canonical.size(); ++i) {
    canonical[i] = static_cast<char>(wire::Lower(static_cast<uint8_t>(canonical[i])));
  }
  return canonical;
}

}  // namespace

Assembler::Assembler(const wire::Name& origin, const Records& records, Arena arena,
                     ProblemList& problems)
    : origin_(origin),
      records_(records),
      problems_(problems),
      result_{.layout = {.arena = std::move(arena)}} {
  ZoneLayout& layout = result_.layout;
  layout.seed = Seed();
  const size_t owners = CountOwners(records);
  layout.table = NameTable(owners);
  layout.nodes.reserve(owners);
  result_.parents.reserve(owners);
  const LoweredName lowered(AsView(origin.wire()));
  std::copy(lowered.view().begin(), lowered.view().end(), lowered_origin_.octets);
  lowered_origin_.size = lowered.view().size();
  AddNode(layout.arena.Store(AsView(origin.wire())), HashOf(lowered.view()), 0);
}

bool Assembler::IsInZone(NameView lowered) const {
  return IsAtOrBelow(lowered, lowered_origin_.view());
}

uint64_t Assembler::HashOf(NameView owner) const {
  return HashName(LoweredName(owner).view(), result_.layout.seed);
}

uint32_t Assembler::AddNode(NameView owner, uint64_t hash, uint32_t parent) {
  ZoneLayout& layout = result_.layout;
  const auto index = static_cast<uint32_t>(layout.nodes.size());
  layout.nodes.emplace_back(owner);
  result_.parents.push_back(parent);
  layout.table.Insert(
      hash, index, [this](uint32_t other) { return HashOf(result_.layout.nodes[other].owner()); });
  layout.max_labels = std::max(layout.max_labels, LabelCount(owner));
  return index;
}

uint32_t Assembler::NodeFor(NameView owner) {
  const LoweredName lowered(owner);
  NameView name = lowered.view();
  uint32_t node = result_.layout.Find(name);
  if (node != NameTable::kNone) return node;
  std::vector<size_t> missing;  // offsets of the names to make, the longest first
  for (; node == NameTable::kNone; node = result_.layout.Find(name)) {
    missing.push_back(owner.size() - name.size());
    name = ParentOf(name);
  }
  for (auto offset = missing.rbegin(); offset != missing.rend(); ++offset) {
    const NameView part = lowered.view().subspan(*offset);
    node = AddNode(owner.subspan(*offset), HashName(part, result_.layout.seed), node);
  }
  return node;
}

void Assembler::LoadAhead(uint32_t record) const {
  const auto entries = records_.entries();
  if (record >= entries.size() || entries[record].owner == entries[record - 1].owner) return;
  result_.layout.table.Prefetch(HashOf(NameAt(entries[record].owner)));
}

void Assembler::PlaceRecords() {
  placed_.reserve(records_.size());
  const uint8_t* last_owner = nullptr;
  uint32_t node = NameTable::kNone;
  for (uint32_t i = 0; i < records_.size(); ++i) {
    LoadAhead(i + kAhead);
    const Records::Entry& entry = records_.entries()[i];
    if (entry.owner != last_owner) {
      last_owner = entry.owner;
      const NameView owner = NameAt(entry.owner);
      node = IsInZone(LoweredName(owner).view()) ? NodeFor(owner) : NameTable::kNone;
    }
    if (node != NameTable::kNone) {
      placed_.push_back({node, entry.type, i});
    } else {
      problems_.Add({records_.FileOf(entry), entry.line, ObjectName(entry.owner, entry.type), "",
                     "lies outside of the zone " + origin_.ToString()});
    }
  }
  MakeRrSets();
}

void Assembler::MakeRrSets() {
  if (!std::is_sorted(placed_.begin(), placed_.end())) std::sort(placed_.begin(), placed_.end());
  size_t count = 0;
  for (size_t i = 0; i < placed_.size(); ++i) {
    count += i == 0 || !placed_[i].IsSameSet(placed_[i - 1]) ? 1 : 0;
  }
  // Reserved, because the nodes' spans must not move.
  result_.layout.rrsets.reserve(count);
  result_.sources.reserve(count);
  const std::span<const Placed> all(placed_);
  for (size_t begin = 0, end = 0; begin < all.size(); begin = end) {
    while (end < all.size() && all[end].IsSameSet(all[begin])) ++end;
    MakeRrSet(all.subspan(begin, end - begin));
  }
  placed_ = {};
}

void Assembler::MakeRrSet(std::span<const Placed> placed) {
  ZoneLayout& layout = result_.layout;
  const std::vector<uint32_t> unique = WithoutDuplicates(placed);
  const Records::Entry& first = records_.entries()[unique[0]];
  Node& node = layout.nodes[placed[0].node];
  const RrSet set{Join(unique), LowestTtl(placed), first.type,
                  static_cast<uint16_t>(std::min<size_t>(unique.size(), 65535))};
  // What is larger can never be answered.
  if (set.count < unique.size() || !Fits(node.owner(), set)) {
    problems_.Add({records_.FileOf(first), first.line, ObjectName(first.owner, first.type), "",
                   fmt::format("{} records do not fit into a message", unique.size())});
    return;
  }
  if (node.rrsets().size() == Node::kMaxRrsets) {
    problems_.Add({records_.FileOf(first), first.line, ObjectName(first.owner, first.type), "",
                   fmt::format("is one type more than a name may have ({})", Node::kMaxRrsets)});
    return;
  }
  node.Append(&layout.rrsets.emplace_back(set));
  result_.sources.push_back(unique[0]);
}

std::vector<uint32_t> Assembler::WithoutDuplicates(std::span<const Placed> placed) const {
  if (placed.size() == 1) return {placed[0].record};
  std::set<std::string> seen;
  std::vector<uint32_t> unique;
  for (const Placed& one : placed) {
    if (seen.insert(Canonical(records_.entries()[one.record])).second) unique.push_back(one.record);
  }
  return unique;
}

const uint8_t* Assembler::Join(std::span<const uint32_t> records) {
  const auto part = [this](uint32_t record) { return records_.entries()[record].prefixed_rdata(); };
  const uint8_t* const begin = part(records[0]).data();
  size_t octets = 0;
  bool is_joined = true;  // as they are when the file has them one after the other
  for (const uint32_t record : records) {
    is_joined = is_joined && part(record).data() == begin + octets;
    octets += part(record).size();
  }
  if (is_joined) return begin;
  uint8_t* const joined = result_.layout.arena.Allocate(octets);
  uint8_t* at = joined;
  for (const uint32_t record : records) {
    at = std::copy(part(record).begin(), part(record).end(), at);
  }
  return joined;
}

uint32_t Assembler::LowestTtl(std::span<const Placed> placed) {
  const Records::Entry& first = records_.entries()[placed[0].record];
  uint32_t lowest = first.ttl;
  for (const Placed& one : placed) lowest = std::min(lowest, records_.entries()[one.record].ttl);
  for (const Placed& one : placed) {
    const Records::Entry& entry = records_.entries()[one.record];
    // Signatures have the TTLs of what they sign (RFC 4034 section 3).
    if (entry.ttl == first.ttl || entry.type == kRrsig) continue;
    problems_.Add({records_.FileOf(entry), entry.line, ObjectName(entry.owner, entry.type), "",
                   fmt::format("TTL {} differs from {} of the same set: {} is used (RFC 2181 5.2)",
                               entry.ttl, first.ttl, lowest),
                   /*is_warning=*/true});
    break;
  }
  return lowest;
}

void Assembler::MarkCuts() {
  ZoneLayout& layout = result_.layout;
  for (size_t i = 1; i < layout.nodes.size(); ++i) {
    Node& node = layout.nodes[i];
    // Parents come first, so theirs is known.
    Node& above = layout.nodes[result_.parents[i]];
    above.MarkParent();
    node.Mark(node.Find(kNs) != nullptr,
              above.is_cut() || above.Find(kDname) != nullptr || above.is_occluded());
  }
}

void Assembler::PlaceSteered(const SteeredOwner& steered, uint32_t slot) {
  const NameView owner = AsView(steered.owner.wire());
  const std::string object = steered.owner.ToString();
  if (!IsInZone(LoweredName(owner).view())) {
    const std::string origin = origin_.ToString();
    problems_.Add({"", 0, object, "", "the steered record lies outside of the zone " + origin});
    return;
  }
  Node& node = result_.layout.nodes[NodeFor(result_.layout.arena.Store(owner))];
  if (node.steered().any()) {
    problems_.Add({"", 0, object, "", "two steered records have this name"});
    return;
  }
  node.Steer({slot, steered.types});
}

void Assembler::PlaceName(NameView owner) { NodeFor(result_.layout.arena.Store(owner)); }

Assembled Assembler::Finish(std::shared_ptr<const Zone> lender) && {
  MarkCuts();
  result_.layout.lender = std::move(lender);
  const bool is_small = result_.layout.arena.capacity() <= kMaxPackedOctets;
  if (is_small && result_.layout.lender == nullptr) Pack();
  return std::move(result_);
}

Assembled Assembler::FinishPacked() && {
  MarkCuts();
  Pack();
  return std::move(result_);
}

void Assembler::Pack() {
  ZoneLayout& layout = result_.layout;
  size_t octets = 0;
  for (const Node& node : layout.nodes) octets += node.owner().size();
  for (const RrSet& rrset : layout.rrsets) octets += rrset.rdata().size();
  Arena packed(octets);
  for (Node& node : layout.nodes) node.MoveOwner(packed.Store(node.owner()).data());
  for (RrSet& rrset : layout.rrsets) rrset.records = packed.Store(rrset.rdata()).data();
  layout.nodes.shrink_to_fit();
  result_.unpacked = std::exchange(layout.arena, std::move(packed));
}

}  // namespace waypost::zone
