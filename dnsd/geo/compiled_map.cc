#include "dnsd/geo/compiled_map.h"

#include "dnsd/geo/atlas.h"
#include "dnsd/geo/normalise.h"

namespace waypost::geo {
namespace {

template <typename T>
uint64_t Bytes(const std::vector<T>& items) {
  return items.capacity() * sizeof(T);
}

}  // namespace

std::shared_ptr<const ClientMap> CompiledMap::Build(size_t regions, ClassRows rows, V4Leaves v4,
                                                    V6Leaves v6) {
  return std::shared_ptr<const ClientMap>(
      new CompiledMap(regions, std::move(rows), std::move(v4), std::move(v6)));
}

CompiledMap::CompiledMap(size_t regions, ClassRows rows, V4Leaves v4, V6Leaves v6)
    : v4_(std::move(v4)), v6_(std::move(v6)), has_embedded_(!v4_.is_undivided()) {
  regions_ = regions;
  classes_ = std::move(rows.classes);
  labels_ = std::move(rows.labels);
  rtt_ = std::move(rows.rtt);
  distance_ = std::move(rows.distance);
  measured_ = std::move(rows.measured);
  CompiledMap::ForEach([this](const IpPrefix&, uint32_t) { ++prefix_count_; });
}

Located CompiledMap::Find(const IpAddress& address) const noexcept {
  const Normalised inner = has_embedded_ ? Normalise(address) : Normalised{address, 0};
  const PackedLeaf leaf = inner.address.is_v4() ? v4_.Find(inner.address) : v6_.Find(inner.address);
  return {leaf.class_id(), static_cast<uint8_t>(leaf.length() + inner.extra_bits)};
}

void CompiledMap::ForEach(const std::function<void(const IpPrefix&, uint32_t)>& visit) const {
  v4_.ForEach(visit);
  v6_.ForEach([&](const IpPrefix& prefix, uint32_t class_id) {
    if (has_embedded_ && IsEmbeddingPrefix(prefix.address, prefix.length)) return;
    visit(prefix, class_id);
  });
}

uint64_t CompiledMap::memory_bytes() const noexcept {
  return sizeof *this + v4_.memory_bytes() + v6_.memory_bytes() + Bytes(classes_) + Bytes(labels_) +
         Bytes(rtt_) + Bytes(distance_) + Bytes(measured_);
}

}  // namespace waypost::geo
