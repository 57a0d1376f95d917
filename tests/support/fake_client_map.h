// A client map that tests write by hand: prefixes with what is known of the clients in them.
//
// Thread safety: written by one thread, then read by any.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "dnsd/geo/client_map.h"

namespace waypost::test {

/// What the map says about clients of one prefix. Times and distances by region index; missing ones
/// are unknown.
struct FakeClients {
  std::string country;  // two letters, or unknown
  geo::Continent continent = geo::Continent::kUnknown;
  uint16_t subdivision = 0;      // index + 1 in the vocabulary
  std::vector<uint16_t> labels;  // most specific first
  std::vector<uint16_t> rtt;     // tenths of a millisecond
  std::vector<uint16_t> distance_km;
  uint64_t measured = 0;
};

class FakeClientMap final : public geo::ClientMap {
 public:
  /// Class 0, and every address without a prefix: nothing is known.
  explicit FakeClientMap(size_t regions) {
    regions_ = regions;
    AddClass({});
  }

  void Add(const std::string& prefix, const FakeClients& clients) {
    prefixes_.emplace_back(IpPrefix::Parse(prefix).value(), AddClass(clients));
  }

  void PrefetchIndex(const IpAddress&) const noexcept override {}
  void PrefetchLeaf(const IpAddress&) const noexcept override {}
  geo::Located Find(const IpAddress& address) const noexcept override {
    geo::Located best;
    for (const auto& [prefix, id] : prefixes_) {
      if (prefix.Contains(address) && prefix.length >= best.prefix_length) {
        best = {id, prefix.length};
      }
    }
    return best;
  }
  void ForEach(const std::function<void(const IpPrefix&, uint32_t)>& visit) const override {
    for (const auto& [prefix, id] : prefixes_) visit(prefix, id);
  }
  uint64_t prefix_count() const noexcept override { return prefixes_.size(); }
  uint64_t memory_bytes() const noexcept override { return 0; }

 private:
  uint32_t AddClass(const FakeClients& clients) {
    geo::ClientClass c;
    if (clients.country.size() == 2) {
      c.country = static_cast<uint16_t>(clients.country[0] << 8 | clients.country[1]);
    }
    c.continent = clients.continent;
    c.subdivision = clients.subdivision;
    c.label_begin = static_cast<uint32_t>(labels_.size());
    c.label_count = static_cast<uint16_t>(clients.labels.size());
    labels_.insert(labels_.end(), clients.labels.begin(), clients.labels.end());
    Append(rtt_, clients.rtt, kUnknownRtt);
    Append(distance_, clients.distance_km, kUnknownDistance);
    measured_.push_back(clients.measured);
    classes_.push_back(c);
    return static_cast<uint32_t>(classes_.size() - 1);
  }

  void Append(std::vector<uint16_t>& row, std::vector<uint16_t> values, uint16_t unknown) const {
    values.resize(regions_, unknown);
    row.insert(row.end(), values.begin(), values.end());
  }

  std::vector<std::pair<IpPrefix, uint32_t>> prefixes_;
};

}  // namespace waypost::test
