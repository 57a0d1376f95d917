// What the fuzzers of packets and exchanges ask: zones with all that leads an answer astray, and
// names that policies answer.
#pragma once

#include <cstdlib>
#include <memory>
#include <vector>

#include "dnsd/serve/lookahead.h"
#include "dnsd/serve/responder.h"
#include "tests/support/served_world.h"

namespace waypost::test {

inline void Require(bool holds) {
  if (!holds) std::abort();
}

inline constexpr const char* kFuzzedZone =
    "www A 192.0.2.1\nwww AAAA 2001:db8::1\n* TXT wild\n*.w CNAME www\n"
    "sub NS ns.sub\nsub NS ns.other\nns.sub A 192.0.2.2\nother NS ns.other\nns.other A 192.0.2.3\n"
    "sub DS 1 13 2 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
    "a CNAME b\nb CNAME c\nc CNAME a\nout CNAME www.example.net.\nto CNAME steered\n"
    "d DNAME e\ne DNAME d\nf DNAME x.f\nlong DNAME "
    "abcdefghijklmnopqrstuvwxyz.abcdefghijklmnopqrstuvwxyz.abcdefghijklmnopqrstuvwxyz.abcdefghij\n"
    "@ MX 1 www\n@ MX 2 to\n_s._t SRV 0 0 1 www\nx.y.z TXT deep\n"
    "$GENERATE 1-120 big A 192.0.2.$\n$GENERATE 1-30 many MX $ www\n";

/// Everything that one exchange needs; made once.
struct ServedTarget {
  ServedWorld served;
  serve::Identity identity{"fuzz", "Waypost"};
  serve::Tally tally;
  serve::Responder responder{identity, &steer::Decide, 1, tally};
  serve::Lookahead lookahead;
  std::vector<uint8_t> out = std::vector<uint8_t>(wire::kMaxMessageOctets);
  const serve::Snapshot* snapshot = nullptr;

  ServedTarget() {
    World& world = served.world;
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
    world.AddRecord("svc.example.com", "near", {"eu", "us"},
                    "types: [RECORD_TYPE_A, RECORD_TYPE_HTTPS, RECORD_TYPE_SVCB] "
                    "service { alpn: ['h2', 'h3'] tiers: 3 }");
    world.AddRecord("_srv._tcp.example.com", "turns", {"eu", "us", "names"},
                    "types: [RECORD_TYPE_SRV, RECORD_TYPE_HTTPS] service { port: 443 }");
    served.AddZone("example.com", kFuzzedZone);
    served.AddZone("sub.example.com", "www A 192.0.2.4\n");
    served.AddZone("example.net", "www CNAME alias.example.com.\n", /*ecs=*/false);
    snapshot = &served.Build();
    world.AddClients("198.51.0.0/18", {.country = "IE", .rtt = {100, 900}});
    world.AddClients("2001:db8::/33", {.country = "US", .rtt = {900, 100}});
  }

  /// In a batch of others.
  void LookAhead(std::span<const uint8_t> message, const IpAddress& from) {
    for (size_t i = 0; i < serve::Lookahead::kFewestQueries; ++i) lookahead.Add(message, from);
    lookahead.Load(snapshot);
  }
  /// What the query is answered from, with what looking ahead knows of it.
  serve::Horizon HorizonOf(std::span<const uint8_t> query) {
    serve::Horizon horizon = snapshot;
    horizon.hint = &lookahead.HintOf(0, query);
    return horizon;
  }
};

}  // namespace waypost::test
