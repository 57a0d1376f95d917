// Measured round-trip times as operators import them: CSV with the header `client,region,rtt_ms`.
//
//   client,region,rtt_ms
//   192.0.2.0/24,eu-west,12.5
//   AS64500,eu-west,31
//   IE,eu-west,9
//   city:US/New York,us-east,7.5
//
// A client is a prefix, AS64500, a country's two letters, or one of prefix:P, asn:N, country:CC and
// city:CC/NAME. Fields may be quoted as in RFC 4180; empty lines and lines that begin with # are
// left out.
//
// Thread safety: pure functions. Errors: all of them at once, with file and line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dnsd/base/problem.h"

namespace waypost::geo {

struct LatencyRow {
  std::string client;  // as a key of LatencyTable
  std::string region;
  double rtt_ms = 0;
};

struct LatencyRows {
  std::vector<LatencyRow> rows;
  Problems problems;  // empty: all of the text was read
};

/// `file` is what problems name. A client and region that stand twice are a problem.
LatencyRows ParseLatencyCsv(std::string_view text, const std::string& file);

}  // namespace waypost::geo
