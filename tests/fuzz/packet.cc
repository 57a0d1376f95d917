// Whole packets, as a hostile peer would send them, through parsing and answering: every reply must
// be well-formed, belong to its query and fit its limit. The zone has all that leads an answer
// astray: wildcards, cuts, aliases in chains and loops, DNAMEs, RRsets too large to fit, and names
// that policies answer.
//
// The first octet chooses the transport, the family of the resolver's address, whether cookies and
// rate limits are in force, and whether the packet comes from a front with a PROXY header.
#include <memory>

#include "tests/fuzz/served_target.h"
#include "tests/support/dns_message.h"

namespace waypost {
namespace {

using serve::Transport;

/// What may be in force; made once.
struct Protections {
  serve::Protection none;
  serve::Protection all;

  Protections() {
    all.cookies.emplace(std::vector<SipKey>{SipKey{1}, SipKey{2}});
    all.limiter = std::make_shared<serve::RateLimiter>(1024, SipKey{3});
    all.rate_limits.per_second.fill(1000);
  }
};

void CheckReply(std::span<const uint8_t> query, std::span<const uint8_t> reply,
                Transport transport) {
  const auto message = test::ReadMessage(reply);
  test::Require(message.has_value());
  test::Require(query.size() >= wire::kHeaderOctets);
  test::Require(message->id == (query[0] << 8 | query[1]));
  test::Require((message->flags & 0x8000) != 0);
  test::Require((message->flags & 0x7800) >> 8 == (query[2] & 0x78));
  test::Require((query[2] & 0x80) == 0);
  if (transport == Transport::kUdp) {
    test::Require(reply.size() <= (message->opt ? wire::kMaxUdpPayload : wire::kMinUdpPayload));
  }
  // An answer repeats the question's octets.
  if (message->has_question) {
    const size_t octets = wire::Name::Parse(message->qname)->wire().size() + 4;
    test::Require(std::equal(reply.begin() + 12, reply.begin() + 12 + static_cast<long>(octets),
                             query.begin() + 12));
  } else {
    test::Require(message->answer.empty() && message->authority.empty());
  }
}

Transport TransportOf(uint8_t choice) {
  if ((choice & 1) == 0) return Transport::kUdp;
  return (choice & 4) != 0 ? Transport::kTls : Transport::kTcp;
}

/// Time goes on by a millisecond a packet, so that the limits are reached and left.
void Protect(serve::Responder& responder, uint8_t choice) {
  static Protections protections;
  static serve::Moment now{1'700'000'000, 1'000'000};
  now.steady_us += 1000;
  serve::Protection& chosen = (choice & 8) != 0 ? protections.all : protections.none;
  chosen.fronts = (choice & 16) != 0 ? PrefixSet({{IpAddress::FromV4(0), 0}}) : PrefixSet();
  chosen.requires_cookies = (choice & 24) == 8 && (choice & 32) != 0;
  responder.Obey(chosen, now, 100);
}

}  // namespace
}  // namespace waypost

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace waypost;
  static const auto target = std::make_unique<test::ServedTarget>();
  if (size == 0) return 0;
  const Transport transport = TransportOf(data[0]);
  Protect(target->responder, data[0]);
  serve::Ends ends{*IpAddress::Parse((data[0] & 2) != 0 ? "2001:db8::5" : "198.51.1.1"),
                   std::nullopt};
  // A copy of its own length, so that reading past the end is seen.
  const std::vector<uint8_t> query(data + 1, data + size);
  std::span<const uint8_t> message = query;
  // Looking ahead before the front's header is taken off, and asking afterwards, as workers do.
  target->LookAhead(message, ends.client);
  if (!target->responder.Unwrap(message, ends)) return 0;
  const serve::Horizon horizon = target->HorizonOf(message);
  const size_t octets =
      target->responder.Respond(message, ends.client, transport, horizon, target->out);
  if (octets > 0) CheckReply(message, std::span(target->out).first(octets), transport);
  return 0;
}
