// RDATA of an OPT record, as a hostile peer would send it: parsing must agree with RFC 7871 as
// stated here a second time, and an accepted subnet must come back from the writer as it was read.
#include <cstdlib>
#include <vector>

#include "dnsd/wire/edns.h"

namespace waypost::wire {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

/// RFC 7871 section 6, slow and obvious.
bool IsSound(const std::vector<uint8_t>& data) {
  if (data.size() < 4) return false;
  const int family = data[0] << 8 | data[1];
  const unsigned source = data[2];
  if (data[3] != 0) return false;
  if (family != 1 && family != 2) return family == 0 && source == 0 && data.size() == 4;
  if (source > (family == 1 ? 32U : 128U)) return false;
  if (data.size() != 4 + (source + 7) / 8) return false;
  for (size_t bit = source; bit < (data.size() - 4) * 8; ++bit) {
    if ((data[4 + bit / 8] & (0x80U >> bit % 8)) != 0) return false;
  }
  return true;
}

void CheckSubnet(const std::vector<uint8_t>& data) {
  ClientSubnet subnet;
  const bool is_sound = ParseClientSubnet(data, subnet);
  Require(is_sound == IsSound(data));
  Require(is_sound == subnet.present);
  if (!is_sound) return;
  std::vector<uint8_t> echo(64);
  echo.resize(WriteClientSubnet(subnet, 0, echo.data()));
  Require(std::vector<uint8_t>(echo.begin() + 4, echo.end()) == data);
}

void CheckOpt(const std::vector<uint8_t>& rdata) {
  Edns edns;
  const Rcode rcode = ParseOpt(0, 0, rdata, edns);
  Require(edns.present && edns.payload == kMinUdpPayload);
  Require(rcode == Rcode::kNoError || (rcode == Rcode::kFormErr && !edns.subnet.present));
  Edns newer;
  Require(ParseOpt(0, 1U << 16, rdata, newer) == Rcode::kBadVers && !newer.subnet.present);
}

}  // namespace
}  // namespace waypost::wire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::vector<uint8_t> octets(data, data + size);
  waypost::wire::CheckSubnet(octets);
  waypost::wire::CheckOpt(octets);
  return 0;
}
