#include "dnsd/geo/map_compiler.h"

#include <tuple>
#include <utility>

#include "dnsd/geo/compiled_map.h"
#include "dnsd/geo/normalise.h"

namespace waypost::geo {
namespace {

constexpr uint32_t kMixed = UINT32_MAX;  // no class: a position with several
constexpr uint32_t kNoSite = UINT32_MAX;

constexpr IpPrefix kEmbeddings[] = {{IpAddress::FromV6(0, 0xFFFF00000000), 96},
                                    {IpAddress::FromV6(0x0064FF9B00000000, 0), 96},
                                    {IpAddress::FromV6(0x2002000000000000, 0), 16},
                                    {IpAddress::FromV6(0x2001000000000000, 0), 32}};

IpPrefix Half(const IpPrefix& prefix, bool upper) {
  const auto length = static_cast<uint8_t>(prefix.length + 1);
  if (!upper) return {prefix.address, length};
  const uint64_t bit = uint64_t{1} << (63 - prefix.length % 64);
  const IpAddress& a = prefix.address;
  if (a.is_v4()) return {IpAddress::FromV4(a.v4() | static_cast<uint32_t>(bit >> 32)), length};
  return {prefix.length < 64 ? IpAddress::FromV6(a.high() | bit, a.low())
                             : IpAddress::FromV6(a.high(), a.low() | bit),
          length};
}

}  // namespace

MapCompiler::MapCompiler(const Files& files, const StringPool& strings,
                         const Vocabulary& vocabulary, const NetworkTable& networks,
                         const MeasuredTimes& times)
    : files_(files),
      strings_(strings),
      regions_(vocabulary.regions.size()),
      networks_(networks),
      times_(times),
      classes_(vocabulary, networks, times),
      v4_class_(kMixed) {
  for (const auto& file : files) sites_.emplace_back(file->facts().size(), kNoSite);
  for (const auto& prefix : kEmbeddings) embeddings_.Set(prefix, 1);
}

std::shared_ptr<const ClientMap> MapCompiler::Compile() {
  V4Leaves v4;
  V6Leaves v6;
  v4_class_ = CompileFamily(IpFamily::kV4, v4);
  CompileFamily(IpFamily::kV6, v6);
  return CompiledMap::Build(regions_, classes_.Take(), std::move(v4), std::move(v6));
}

template <typename Leaves>
uint32_t MapCompiler::CompileFamily(IpFamily family, Leaves& leaves) {
  const Position start = Start(family);
  const uint32_t only_class = Walk(start, leaves);
  if (only_class != kMixed) leaves.Push(start.prefix, only_class);
  leaves.Index();
  return only_class;
}

template <typename Leaves>
uint32_t MapCompiler::Walk(const Position& position, Leaves& leaves) {
  if (position.embedding.value != 0) {
    if (v4_class_ == kMixed) leaves.Push(position.prefix, 0);
    return v4_class_;
  }
  if (IsLeaf(position)) return ClassOf(position);
  Position left;
  Position right;
  Divide(position, left, right);
  const uint32_t left_class = Walk(left, leaves);
  if (left_class != kMixed) leaves.Push(left.prefix, left_class);
  const uint32_t right_class = Walk(right, leaves);
  if (right_class == kMixed) return kMixed;
  if (right_class == left_class) {
    leaves.Pop();
    return left_class;
  }
  leaves.Push(right.prefix, right_class);
  return kMixed;
}

MapCompiler::Position MapCompiler::Start(IpFamily family) const {
  Position position;
  position.prefix.address =
      family == IpFamily::kV4 ? IpAddress::FromV4(0) : IpAddress::FromV6(0, 0);
  for (size_t i = 0; i < files_.size(); ++i) position.files[i] = files_[i]->Root(family);
  position.network = networks_.trie().Root(family);
  position.measured = times_.prefixes().Root(family);
  position.embedding = embeddings_.Root(family);
  return position;
}

bool MapCompiler::IsLeaf(const Position& position) const {
  for (size_t i = 0; i < files_.size(); ++i)
    if (!files_[i]->IsLeaf(position.files[i])) return false;
  return position.network.IsLeaf() && position.measured.IsLeaf() && position.embedding.IsLeaf();
}

void MapCompiler::Divide(const Position& position, Position& left, Position& right) const {
  left.prefix = Half(position.prefix, false);
  right.prefix = Half(position.prefix, true);
  for (size_t i = 0; i < files_.size(); ++i) {
    const MmdbFile::Cursor cursor = position.files[i];
    std::tie(left.files[i], right.files[i]) =
        files_[i]->IsLeaf(cursor) ? std::pair(cursor, cursor) : files_[i]->Children(cursor);
  }
  left.network = networks_.trie().Child(position.network, false);
  right.network = networks_.trie().Child(position.network, true);
  left.measured = times_.prefixes().Child(position.measured, false);
  right.measured = times_.prefixes().Child(position.measured, true);
  left.embedding = embeddings_.Child(position.embedding, false);
  right.embedding = embeddings_.Child(position.embedding, true);
  LeaveIpv4Tree(left);
}

void MapCompiler::LeaveIpv4Tree(Position& position) const {
  if (position.prefix.address.is_v4()) return;
  if (!IsIpv4TreePrefix(position.prefix.address, position.prefix.length)) return;
  for (size_t i = 0; i < files_.size(); ++i) position.files[i] = files_[i]->Empty();
}

uint32_t MapCompiler::ClassOf(const Position& position) {
  ClassTable::Client client;
  uint32_t asn = 0;
  for (size_t i = 0; i < files_.size(); ++i) {
    const uint32_t number = files_[i]->FactsOf(position.files[i]);
    const PlaceFacts& facts = files_[i]->facts()[number];
    if (asn == 0) asn = facts.asn;
    if (client.site != 0 || !facts.HasPlace()) continue;
    uint32_t& site = sites_[i][number];
    if (site == kNoSite) site = classes_.SiteOf(facts, strings_);
    client.site = site;
  }
  client.asn_row = times_.AsnRow(asn);
  client.network = position.network.value;
  client.measured_prefix = position.measured.value;
  return classes_.ClassOf(client);
}

}  // namespace waypost::geo
