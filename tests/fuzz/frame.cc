// Any octets as a frame: what is read lies inside of it, and the frame of a reply is read back with
// both ends exchanged.
#include "dnsd/xdp/frame.h"

#include <cstdlib>
#include <vector>

namespace waypost::xdp {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void Check(std::span<const uint8_t> frame) {
  const auto asked = ReadFrame(frame);
  if (!asked) return;
  Require(asked->payload_at + asked->payload_octets <= frame.size());
  std::vector<uint8_t> reply(ReplyHeaderOctets(*asked) + asked->payload_octets);
  Require(ReplyHeaderOctets(*asked) <= kMaxHeaderOctets);
  Require(WriteReplyHeaders(frame, *asked, reply, asked->payload_octets) == reply.size());
  const auto read = ReadFrame(reply);
  // A query to a group address cannot be answered from there; the filter lets none through.
  if (!read) return;
  Require(read->from == asked->to && read->to == asked->from);
  Require(read->payload_octets == asked->payload_octets);
}

}  // namespace
}  // namespace waypost::xdp

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  waypost::xdp::Check({data, size});
  return 0;
}
