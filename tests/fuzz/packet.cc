// Whole packets, as a hostile peer would send them, through parsing and answering: every reply must
// be well-formed, belong to its query and fit its limit. The zone has all that leads an answer
// astray: wildcards, cuts, aliases in chains and loops, DNAMEs, RRsets too large to fit, and names
// that policies answer.
//
// The first octet chooses the transport and the family of the resolver's address.
#include <cstdlib>
#include <memory>

#include "dnsd/serve/responder.h"
#include "tests/support/dns_message.h"
#include "tests/support/served_world.h"

namespace waypost {
namespace {

using serve::Transport;

constexpr const char* kZone =
    "www A 192.0.2.1\nwww AAAA 2001:db8::1\n* TXT wild\n*.w CNAME www\n"
    "sub NS ns.sub\nsub NS ns.other\nns.sub A 192.0.2.2\nother NS ns.other\nns.other A 192.0.2.3\n"
    "sub DS 1 13 2 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
    "a CNAME b\nb CNAME c\nc CNAME a\nout CNAME www.example.net.\nto CNAME steered\n"
    "d DNAME e\ne DNAME d\nf DNAME x.f\nlong DNAME "
    "abcdefghijklmnopqrstuvwxyz.abcdefghijklmnopqrstuvwxyz.abcdefghijklmnopqrstuvwxyz.abcdefghij\n"
    "@ MX 1 www\n@ MX 2 to\n_s._t SRV 0 0 1 www\nx.y.z TXT deep\n"
    "$GENERATE 1-120 big A 192.0.2.$\n$GENERATE 1-30 many MX $ www\n";

/// Everything that one packet needs; made once.
struct Target {
  test::ServedWorld served;
  serve::Identity identity{"fuzz", "Waypost"};
  serve::Tally tally;
  serve::Responder responder{identity, &steer::Decide, 1, tally};
  std::vector<uint8_t> out = std::vector<uint8_t>(wire::kMaxMessageOctets);
  const serve::Snapshot* snapshot = nullptr;

  Target() {
    test::World& world = served.world;
    world.AddRegion("eu", "country: 'IE' latitude: 53 longitude: -6", "gdpr");
    world.AddRegion("us", "country: 'US' latitude: 39 longitude: -77");
    world.AddPool("eu", "eu", {"192.0.2.10", "192.0.2.11", "2001:db8::10"});
    world.AddPool("us", "us", {"192.0.2.20", "2001:db8::20"});
    world.AddPool("names", "us", {"www.example.net", "steered.example.com"});
    world.AddPolicy("near",
                    "steps { residency { prefer: true } } steps { geo {} } steps { latency {} } "
                    "steps { weighted { sticky: true } }");
    world.AddPolicy("turns", "steps { round_robin {} } steps { answers { max: 1 } }");
    for (const char* name : {"example.com", "steered.example.com", "*.s.example.com"}) {
      world.AddRecord(name, "near", {"eu", "us"});
    }
    world.AddRecord("alias.example.com", "turns", {"names"}, "types: RECORD_TYPE_CNAME");
    served.AddZone("example.com", kZone);
    served.AddZone("sub.example.com", "www A 192.0.2.4\n");
    served.AddZone("example.net", "www CNAME alias.example.com.\n", /*ecs=*/false);
    snapshot = &served.Build();
    world.AddClients("198.51.0.0/18", {.country = "IE", .rtt = {100, 900}});
    world.AddClients("2001:db8::/33", {.country = "US", .rtt = {900, 100}});
  }
};

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckReply(std::span<const uint8_t> query, std::span<const uint8_t> reply,
                Transport transport) {
  const auto message = test::ReadMessage(reply);
  Require(message.has_value());
  Require(query.size() >= wire::kHeaderOctets);
  Require(message->id == (query[0] << 8 | query[1]));
  Require((message->flags & 0x8000) != 0);
  Require((message->flags & 0x7800) >> 8 == (query[2] & 0x78));
  Require((query[2] & 0x80) == 0);
  if (transport == Transport::kUdp) {
    Require(reply.size() <= (message->opt ? wire::kMaxUdpPayload : wire::kMinUdpPayload));
  }
  // An answer repeats the question's octets.
  if (message->has_question) {
    const size_t octets = wire::Name::Parse(message->qname)->wire().size() + 4;
    Require(std::equal(reply.begin() + 12, reply.begin() + 12 + static_cast<long>(octets),
                       query.begin() + 12));
  } else {
    Require(message->answer.empty() && message->authority.empty());
  }
}

}  // namespace
}  // namespace waypost

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace waypost;
  static const auto target = std::make_unique<Target>();
  if (size == 0) return 0;
  const Transport transport = (data[0] & 1) != 0 ? Transport::kTcp : Transport::kUdp;
  const auto from = *IpAddress::Parse((data[0] & 2) != 0 ? "2001:db8::5" : "198.51.1.1");
  // A copy of its own length, so that reading past the end is seen.
  const std::vector<uint8_t> query(data + 1, data + size);
  const size_t octets =
      target->responder.Respond(query, from, transport, target->snapshot, target->out);
  if (octets > 0) CheckReply(query, std::span(target->out).first(octets), transport);
  return 0;
}
