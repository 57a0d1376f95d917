// Measured round-trip times: rows imported by operators, and times between regions that the
// vantages saw.
//
// Which row holds for a client: the longest prefix, else city, else ASN, else country. Where no row
// names a region, and the client is within 500 km of a region X whose time to that region is known,
// the model's time to X plus the time from X; else the model alone.
//
// Thread safety: a value. Errors: a bad row gives an Error that names it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "dnsd/base/result.h"

namespace waypost::geo {

struct LatencyEntry {
  double rtt_ms = 0;
  int64_t measured_at_s = 0;  // Unix time
  std::string witness;        // "import", or `vantage "eu-1"`
};

class LatencyTable {
 public:
  /// (client key, region) -> entry. Client keys: prefix:P, asn:N, country:CC, city:CC/NAME.
  using Rows = std::map<std::pair<std::string, std::string>, LatencyEntry>;

  /// Checks key, region name (not empty) and time (above 0, at most 10,000 ms); a row with the same
  /// keys is replaced.
  Status Set(const std::string& client, const std::string& region, LatencyEntry entry);
  /// Between regions; symmetric unless both directions are set.
  void SetRegionRtt(const std::string& from, const std::string& to, LatencyEntry entry);
  void ClearRows() { rows_.clear(); }

  const Rows& rows() const { return rows_; }
  const Rows& regions() const { return regions_; }

  /// For the store; text of one row a line.
  std::string Serialize() const;
  static Result<LatencyTable> Parse(const std::string& text);

 private:
  Rows rows_;
  Rows regions_;
};

}  // namespace waypost::geo
