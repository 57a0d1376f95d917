#include "dnsd/zone/flat_zone.h"

#include <algorithm>
#include <utility>

#include "dnsd/base/prefetch.h"
#include "dnsd/zone/search.h"

namespace waypost::zone {

static_assert(sizeof(FlatZone) <= kZoneFieldOctets);

namespace {

uint32_t ReadNumber(const uint8_t* at) {
  return uint32_t{at[0]} << 24 | uint32_t{at[1]} << 16 | uint32_t{at[2]} << 8 | at[3];
}

}  // namespace

FlatZone::FlatZone(const wire::Name& origin, ZoneLayout layout) : layout_(std::move(layout)) {
  origin_ = origin;
  apex_ = &layout_.nodes.front();
  TakeOverSoa();
}

void FlatZone::TakeOverSoa() {
  // Five numbers at the end of the RDATA (RFC 1035 section 3.3.13).
  constexpr size_t kNumbers = 20;
  const RrSet* const soa = apex_->Find(kSoa);
  if (soa == nullptr || soa->rdata().size() < kNumbers) return;
  const uint8_t* const end = soa->rdata().data() + soa->rdata().size();
  serial_ = ReadNumber(end - kNumbers);
  negative_ttl_ = std::min(soa->ttl, ReadNumber(end - 4));
}

Found FlatZone::Find(std::span<const uint8_t> qname) const noexcept {
  return Search(*this).Find(qname);
}

uint64_t FlatZone::PrefetchSlot(std::span<const uint8_t> qname) const noexcept {
  const uint64_t hash = HashName(qname, layout_.seed);
  layout_.table.Prefetch(hash);
  return hash;
}

const Node* FlatZone::PrefetchNode(uint64_t hash) const noexcept {
  const uint32_t index = layout_.table.Find(hash, [](uint32_t) { return true; });
  if (index == NameTable::kNone) return nullptr;
  const Node* const node = &layout_.nodes[index];
  // It may begin in one line of the cache and end in the next.
  Prefetch(node);
  Prefetch(reinterpret_cast<const char*>(node + 1) - 1);
  return node;
}

const Node* FlatZone::FindExact(std::span<const uint8_t> name) const noexcept {
  const uint32_t index = layout_.Find(name);
  return index == NameTable::kNone ? nullptr : &layout_.nodes[index];
}

}  // namespace waypost::zone
