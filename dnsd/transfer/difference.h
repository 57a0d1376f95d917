// What leads from one version of a zone to the next, as secondaries are told it (IXFR, RFC 1995),
// and a digest by which two versions are told apart.
//
// Names count as equal whatever their case, and so do names inside of RDATA where RFC 4034 section
// 6.2 lowers them. A record whose TTL changed is removed and added.
//
// Thread safety: pure; cursors belong to one thread. Ownership: a Difference owns its octets.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dnsd/base/result.h"
#include "dnsd/transfer/zone_image.h"

namespace waypost::transfer {

struct Difference {
  uint32_t from = 0;     // serial
  uint32_t to = 0;       // serial
  uint64_t records = 0;  // both SOAs counted
  /// RFC 1995 section 4: the old SOA, what is removed, the new SOA, what is added. Each record:
  /// owner (uncompressed), type, TTL, length of RDATA, RDATA; numbers in network order.
  std::string sequence;
};

/// A linear pass over both versions; nullopt: it takes more than `max_octets`.
std::optional<Difference> DifferenceOf(const ZoneImage& before, const ZoneImage& after,
                                       size_t max_octets);
/// The same when nothing differs but the SOA and what is at these owners (lowered wire format, each
/// once).
std::optional<Difference> DifferenceAt(const ZoneImage& before, const ZoneImage& after,
                                       std::span<const std::string> owners, size_t max_octets);

/// kInvalid: it is no such sequence.
Result<Difference> ReadDifference(std::string sequence);

/// The same for versions with the same records, in whatever order and case; others differ but for
/// one case in 2^64. Linear.
uint64_t DigestOf(const ZoneImage& image);
/// DigestOf the version to which the difference leads.
uint64_t DigestAfter(uint64_t before, const Difference& difference);

using Differences = std::vector<std::shared_ptr<const Difference>>;
/// The SOA of `current`, the differences that lead there one after the other, the SOA again.
std::unique_ptr<RrCursor> Incremental(std::shared_ptr<const ZoneImage> current, Differences steps);

}  // namespace waypost::transfer
