// The ClientMap that MapCompiler makes: the leaves of each family.
//
// Thread safety: immutable after Build.
#pragma once

#include <utility>

#include "dnsd/geo/class_table.h"
#include "dnsd/geo/client_map.h"
#include "dnsd/geo/prefix_leaves.h"

namespace waypost::geo {

class CompiledMap final : public ClientMap {
 public:
  static std::shared_ptr<const ClientMap> Build(size_t regions, ClassRows rows, V4Leaves v4,
                                                V6Leaves v6);

  Located Find(const IpAddress& address) const noexcept override;
  void PrefetchIndex(const IpAddress& address) const noexcept override {
    if (address.is_v4()) v4_.PrefetchIndex(address);
  }
  void PrefetchLeaf(const IpAddress& address) const noexcept override {
    if (address.is_v4()) v4_.PrefetchLeaf(address);
  }
  void ForEach(const std::function<void(const IpPrefix&, uint32_t)>& visit) const override;
  uint64_t prefix_count() const noexcept override { return prefix_count_; }
  uint64_t memory_bytes() const noexcept override;

 private:
  CompiledMap(size_t regions, ClassRows rows, V4Leaves v4, V6Leaves v6);

  V4Leaves v4_;
  V6Leaves v6_;
  // False: all IPv4 clients are of one class, and prefixes that embed IPv4 are as any other.
  bool has_embedded_;
  uint64_t prefix_count_ = 0;
};

}  // namespace waypost::geo
