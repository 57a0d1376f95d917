#include "dnsd/zone/zone_index.h"

#include <algorithm>
#include <random>

#include "dnsd/zone/arena.h"
#include "dnsd/zone/name_hash.h"
#include "dnsd/zone/name_table.h"
#include "dnsd/zone/wire_names.h"

namespace waypost::zone {

struct ZoneIndex::Table {
  Arena arena;
  std::vector<NameView> origins;  // lowered, as given to Build
  size_t max_labels = 0;
  uint64_t seed = std::random_device()();
  NameTable names;

  uint32_t Find(NameView name) const noexcept {
    return names.Find(HashName(name, seed), [this, name](uint32_t position) {
      return EqualsLowered(origins[position], name);
    });
  }
};

ZoneIndex::ZoneIndex() : table_(std::make_unique<const Table>()) {}
ZoneIndex::~ZoneIndex() = default;
ZoneIndex::ZoneIndex(ZoneIndex&&) noexcept = default;
ZoneIndex& ZoneIndex::operator=(ZoneIndex&&) noexcept = default;

ZoneIndex ZoneIndex::Build(std::span<const wire::Name> origins) {
  auto table = std::make_unique<Table>();
  table->names = NameTable(origins.size());
  for (const wire::Name& origin : origins) {
    const NameView lowered = table->arena.Store(LoweredName(AsView(origin.wire())).view());
    const auto position = static_cast<uint32_t>(table->origins.size());
    table->origins.push_back(lowered);
    table->max_labels = std::max(table->max_labels, LabelCount(lowered));
    table->names.Insert(HashName(lowered, table->seed), position, [&table](uint32_t other) {
      return HashName(table->origins[other], table->seed);
    });
  }
  ZoneIndex index;
  index.table_ = std::move(table);
  return index;
}

uint32_t ZoneIndex::Find(std::span<const uint8_t> qname) const noexcept {
  NameView name = qname;
  for (size_t labels = LabelCount(qname); labels > table_->max_labels; --labels) {
    name = ParentOf(name);
  }
  for (;;) {
    const uint32_t found = table_->Find(name);
    if (found != NameTable::kNone) return found;
    if (name.size() == 1) return kNone;
    name = ParentOf(name);
  }
}

size_t ZoneIndex::origin_octets(uint32_t position) const noexcept {
  return table_->origins[position].size();
}

}  // namespace waypost::zone
