// Any octets before a query, as a front would put them: what is taken for a header lies inside of
// them, more of them change nothing about a whole one, and fewer never make it whole.
#include "dnsd/serve/proxy_header.h"

#include <cstdlib>
#include <vector>

namespace waypost::serve {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void Check(std::span<const uint8_t> octets) {
  const ProxyHeader header = ParseProxyHeader(octets);
  if (header.state == ProxyHeader::State::kIncomplete) {
    Require(header.octets > octets.size() && header.octets <= kMaxProxyOctets);
  }
  if (header.state != ProxyHeader::State::kWhole) return;
  Require(header.octets >= kProxyFixedOctets && header.octets <= octets.size());
  const std::vector<uint8_t> alone(octets.begin(), octets.begin() + header.octets);
  Require(ParseProxyHeader(alone).state == ProxyHeader::State::kWhole);
  const std::vector<uint8_t> cut(alone.begin(), alone.end() - 1);
  Require(ParseProxyHeader(cut).state == ProxyHeader::State::kIncomplete);
}

}  // namespace
}  // namespace waypost::serve

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  waypost::serve::Check({data, size});
  return 0;
}
