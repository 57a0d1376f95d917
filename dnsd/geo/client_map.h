// What a query needs to know about its client, compiled ahead: address -> class, with the prefix
// length for which it holds.
//
// A class is a set of clients that no policy can tell apart: same country, continent, subdivision
// (of those that the configuration names), networks, coordinates (on a grid of half a degree, an
// error of at most 39 km or 0.8 ms) and measured round-trip times. Neighbouring prefixes of one
// class are merged, so the prefixes of the map are disjoint and as short as can be: tailored
// answers (RFC 7871 section 7.2.1) never overlap.
//
// Thread safety: immutable after Build. Lookups are noexcept and allocate nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "dnsd/base/ip.h"
#include "dnsd/base/prefetch.h"
#include "dnsd/geo/vocabulary.h"

namespace waypost::geo {

struct ClientClass {
  CountryCode country = 0;
  Continent continent = Continent::kUnknown;
  bool has_coordinates = false;
  uint16_t subdivision = 0;  // index + 1 in Vocabulary::subdivisions; 0: none that matters
  uint16_t label_count = 0;
  uint32_t label_begin = 0;
};

struct Located {
  uint32_t class_id = 0;
  /// In bits of the address as it was given to Find; 0 where the map is empty.
  uint8_t prefix_length = 0;
};

class ClientMap {
 public:
  /// Tenths of a millisecond; the clients' place or the region's is unknown.
  static constexpr uint16_t kUnknownRtt = 0xFFFF;
  static constexpr uint16_t kUnknownDistance = 0xFFFF;

  virtual ~ClientMap() = default;

  /// `address` as it came from the packet; IPv4-mapped, NAT64, 6to4 and Teredo addresses are
  /// located by the IPv4 address inside, and the prefix length is that of the outer address.
  virtual Located Find(const IpAddress& address) const noexcept = 0;
  /// Finding in steps, each of which begins to load what the next will read.
  virtual void PrefetchIndex(const IpAddress& address) const noexcept = 0;
  virtual void PrefetchLeaf(const IpAddress& address) const noexcept = 0;

  /// Begins to load what steps read of a class.
  void TouchClass(uint32_t id) const noexcept {
    Touch(&classes_[id]);
    if (regions_ > 0) Touch(&rtt_[id * regions_]);
  }

  const ClientClass& Class(uint32_t id) const noexcept { return classes_[id]; }
  size_t class_count() const noexcept { return classes_.size(); }
  /// Labels of the networks that contain the client, most specific first: indices in
  /// Vocabulary::labels.
  std::span<const uint16_t> Labels(const ClientClass& c) const noexcept {
    return {labels_.data() + c.label_begin, c.label_count};
  }
  /// Round-trip time to each region, in tenths of a millisecond, by region index.
  std::span<const uint16_t> Rtt(uint32_t id) const noexcept {
    return {rtt_.data() + id * regions_, regions_};
  }
  /// Great-circle distance to each region, in km, by region index.
  std::span<const uint16_t> Distance(uint32_t id) const noexcept {
    return {distance_.data() + id * regions_, regions_};
  }
  /// Bit r is set where Rtt(id)[r] was measured and is not from the model; regions from 64 on are
  /// never marked.
  uint64_t Measured(uint32_t id) const noexcept { return measured_[id]; }

  /// Every prefix of the map with its class, IPv4 first, in address order.
  virtual void ForEach(
      const std::function<void(const IpPrefix&, uint32_t class_id)>& visit) const = 0;
  virtual uint64_t prefix_count() const noexcept = 0;
  virtual uint64_t memory_bytes() const noexcept = 0;

 protected:
  ClientMap() = default;

  size_t regions_ = 0;
  std::vector<ClientClass> classes_;
  std::vector<uint16_t> labels_;
  std::vector<uint16_t> rtt_;
  std::vector<uint16_t> distance_;
  std::vector<uint64_t> measured_;
};

}  // namespace waypost::geo
