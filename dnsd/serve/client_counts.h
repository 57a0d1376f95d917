// How many connections each client has: an IPv4 address, or an IPv6 /64, which is what one customer
// is given.
//
// Thread safety: one thread. Holds no more clients than there are connections.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "dnsd/base/ip.h"
#include "dnsd/base/random.h"

namespace waypost::serve {

class ClientCounts {
 public:
  /// False: the client has `limit` already, and is not counted.
  bool Enter(const IpAddress& client, uint32_t limit) {
    uint32_t& count = counts_[Of(client)];
    if (count >= limit) return false;
    ++count;
    return true;
  }
  /// For each Enter that was true.
  void Leave(const IpAddress& client) {
    const auto found = counts_.find(Of(client));
    if (--found->second == 0) counts_.erase(found);
  }

 private:
  struct Hash {
    size_t operator()(const IpAddress& address) const noexcept {
      return Mix64(address.high() ^ Mix64(address.low()));
    }
  };
  static IpAddress Of(const IpAddress& client) { return client.Masked(64); }

  std::unordered_map<IpAddress, uint32_t, Hash> counts_;
};

}  // namespace waypost::serve
