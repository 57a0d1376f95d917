// The round-trip time that is usual to an address: what is known before something goes wrong.
//
// Follows a shorter time at once, for nothing is quicker than the path, and a longer one slowly, so
// that a path that became longer for good is usual after a while.
//
// Thread safety: all members from any thread. Limits: kMaxAddresses; then new ones are not noted.
#pragma once

#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "dnsd/base/ip.h"

namespace waypost::diagnose {

class RttMemory {
 public:
  static constexpr size_t kMaxAddresses = 65536;
  /// A change of the path is usual after about as many probes.
  static constexpr uint32_t kSlowness = 256;

  void Note(const IpAddress& address, uint32_t rtt_us) {
    const std::lock_guard lock(mutex_);
    if (rtt_us == 0 || (table_.size() >= kMaxAddresses && !table_.contains(address))) return;
    const auto [entry, is_new] = table_.emplace(address, rtt_us);
    uint32_t& held = entry->second;
    held = is_new || rtt_us < held ? rtt_us : held + (rtt_us - held) / kSlowness;
  }
  /// 0: nothing is known.
  uint32_t UsualTo(const IpAddress& address) const {
    const std::lock_guard lock(mutex_);
    const auto found = table_.find(address);
    return found == table_.end() ? 0 : found->second;
  }

 private:
  struct Hash {
    size_t operator()(const IpAddress& address) const {
      return std::hash<uint64_t>()(address.high() * 0x9E3779B97F4A7C15U ^ address.low());
    }
  };
  mutable std::mutex mutex_;  // guards table_
  std::unordered_map<IpAddress, uint32_t, Hash> table_;
};

}  // namespace waypost::diagnose
