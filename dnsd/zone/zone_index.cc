#include "dnsd/zone/zone_index.h"

#include <algorithm>
#include <random>
#include <utility>

#include "dnsd/base/prefetch.h"
#include "dnsd/zone/name_hash.h"
#include "dnsd/zone/wire_names.h"

namespace waypost::zone {
namespace {

constexpr size_t kFewestSlots = 8;

/// One for all indexes of this process.
uint64_t Seed() {
  static const uint64_t seed = std::random_device()();
  return seed;
}

/// The half of the hash that does not choose the slot.
uint32_t TagOf(uint64_t hash) noexcept { return static_cast<uint32_t>(hash >> 32); }

}  // namespace

ZoneIndex::ZoneIndex() : seed_(Seed()) {}

ZoneIndex ZoneIndex::Build(std::span<const wire::Name> origins) {
  ZoneIndex index;
  for (const wire::Name& origin : origins) index.Add(origin);
  return index;
}

NameView ZoneIndex::Cut(NameView qname) const noexcept {
  NameView name = qname;
  for (size_t labels = LabelCount(qname); labels > max_labels_; --labels) name = ParentOf(name);
  return name;
}

template <typename IsRight>
ZoneIndex::Likely ZoneIndex::Search(NameView qname, const IsRight& is_right) const noexcept {
  if (slots_.empty()) return {};
  const size_t mask = slots_.size() - 1;
  for (NameView name = Cut(qname);; name = ParentOf(name)) {
    const uint64_t hash = HashName(name, seed_);
    for (size_t at = hash & mask;; at = (at + 1) & mask) {
      const Slot& slot = slots_[at];
      if (slot.position == kNone) break;
      if (slot.tag != TagOf(hash) || !is_right(slot.position, name)) continue;
      return {slot.position, name.size()};
    }
    if (name.size() == 1) return {};
  }
}

uint32_t ZoneIndex::Find(NameView qname) const noexcept {
  const auto is_right = [this](uint32_t position, NameView name) {
    return IsOrigin(position, name);
  };
  return Search(qname, is_right).position;
}

ZoneIndex::Likely ZoneIndex::FindLikely(NameView qname) const noexcept {
  return Search(qname, [](uint32_t, NameView) { return true; });
}

void ZoneIndex::Prefetch(NameView qname) const noexcept {
  if (slots_.empty()) return;
  waypost::Prefetch(&slots_[HashName(Cut(qname), seed_) & (slots_.size() - 1)]);
}

size_t ZoneIndex::origin_octets(uint32_t position) const noexcept {
  return origins_[position].size();
}

uint32_t ZoneIndex::FindExact(const wire::Name& origin) const {
  const LoweredName lowered(AsView(origin.wire()));
  const uint32_t found = Find(lowered.view());
  return found != kNone && origins_[found] == AsText(lowered.view()) ? found : kNone;
}

void ZoneIndex::Add(const wire::Name& origin) {
  const LoweredName lowered(AsView(origin.wire()));
  max_labels_ = std::max(max_labels_, LabelCount(lowered.view()));
  origins_.push_back(std::string(AsText(lowered.view())));
  // At most three quarters are full.
  if (origins_.size() * 4 > slots_.size() * 3) return Grow();
  Place(static_cast<uint32_t>(origins_.size() - 1));
}

void ZoneIndex::Remove(uint32_t position) {
  const auto last = static_cast<uint32_t>(origins_.size() - 1);
  const size_t gap = SlotOf(position);
  if (position != last) {
    slots_.Own(SlotOf(last)).position = position;
    origins_.Own(position) = origins_[last];
  }
  origins_.pop_back();
  slots_.Own(gap) = {};
  CloseGap(gap);
}

bool ZoneIndex::IsOrigin(uint32_t position, NameView lowered) const noexcept {
  const NameView origin = AsView(origins_[position]);
  return origin.size() == lowered.size() &&
         wire::SameOctets(origin.data(), lowered.data(), origin.size());
}

uint64_t ZoneIndex::HashOf(uint32_t position) const {
  return HashName(AsView(origins_[position]), seed_);
}

size_t ZoneIndex::SlotOf(uint32_t position) const {
  const size_t mask = slots_.size() - 1;
  size_t at = HashOf(position) & mask;
  while (slots_[at].position != position) at = (at + 1) & mask;
  return at;
}

void ZoneIndex::Place(uint32_t position) {
  const size_t mask = slots_.size() - 1;
  const uint64_t hash = HashOf(position);
  size_t at = hash & mask;
  while (slots_[at].position != kNone) at = (at + 1) & mask;
  slots_.Own(at) = {TagOf(hash), position};
}

void ZoneIndex::Grow() {
  slots_ = SharedVector<Slot>(std::max(kFewestSlots, slots_.size() * 2));
  for (uint32_t i = 0; i < origins_.size(); ++i) Place(i);
}

void ZoneIndex::CloseGap(size_t gap) {
  const size_t mask = slots_.size() - 1;
  for (size_t at = (gap + 1) & mask; slots_[at].position != kNone; at = (at + 1) & mask) {
    const size_t home = HashOf(slots_[at].position) & mask;
    // It would not be found any more if the gap lies between its home and it.
    if (((at - home) & mask) < ((at - gap) & mask)) continue;
    slots_.Own(gap) = slots_[at];
    slots_.Own(at) = {};
    gap = at;
  }
}

}  // namespace waypost::zone
