#include "dnsd/config/validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dnsd/config/parse.h"

namespace waypost::config {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::vector<std::string> Texts(const Problems& problems, bool warnings) {
  std::vector<std::string> texts;
  for (const Problem& problem : problems) {
    if (problem.is_warning == warnings) texts.push_back(problem.ToString());
  }
  return texts;
}

Problems Validated(const std::string& text) {
  const Collected collected = Collect(ParseDocuments(text, ""));
  EXPECT_THAT(Texts(collected.problems, false), IsEmpty()) << text;
  return Validate(collected.resources, ScopeOf({}, collected.resources));
}

std::vector<std::string> Errors(const std::string& text) { return Texts(Validated(text), false); }
std::vector<std::string> Warnings(const std::string& text) { return Texts(Validated(text), true); }

/// Errors of a monitor with these fields, without the words that name it.
std::vector<std::string> MonitorErrors(const std::string& fields) {
  std::vector<std::string> errors = Errors("kind: Monitor\nname: m\n" + fields + "\n");
  for (std::string& error : errors) error.erase(0, std::string("monitor \"m\": ").size());
  return errors;
}

TEST(ValidateMonitor, AcceptsWhatIsInRange) {
  for (const char* fields :
       {"tcp: {port: 65535}",
        "http:",
        "https: {host: 2001:db8::1, skip_verify: true}",
        "http: {path: \"/a?b=c\", method: HEAD, headers: {X-A: a b}, expect: {status: [200, "
        "300-399]}}",
        "tcp: {port: 1}\ninterval: 100ms\ntimeout: 10ms\nrise: 1\nfall: 10\nstaleness: 1s",
        "tcp: {port: 25, send: \"QUIT\\r\\n\", expect: ESMTP}\nmax_latency: 300ms\n"
        "phase_timeouts: {connect: 1ms, tls: 1m, exchange: 1s}",
        "tls: {port: 853, options: {name: dns.example, min_version: tls1_3, warn_expiry: 30d, "
        "fail_expiry: 1d, identity: prober, ciphers: [TLS_AES_128_GCM_SHA256]}}",
        "https: {method: POST, body: x, tls: {min_version: tls1_2}, expect: {body_pattern: "
        "\"^ok$\"}}",
        "udp: {port: 123, send_hex: 00ff, expect: a}",
        "icmp:",
        "icmp: {count: 20, gap: 50ms, max_loss: 0, max_rtt: 10ms, max_jitter: 100us}",
        "dns: {name: example.com, type: TYPE65280, transport: tls, tls: {name: a}, rcode: "
        "nxdomain}",
        "dns: {name: example.com., answers: [192.0.2.1], recursion_desired: true}",
        "grpc: {port: 50051, service: a.b.C, tls: {}, watch: true}",
        "held: {port: 1, tls: {}}",
        "command: {name: db-check, port: 5432}",
        "http: {version: http2}",
        "http: {redirects: 5}",
        "http: {load: {used: {header: X-Load}}, method: HEAD}",
        "http: {load: {used: {json: /a~1b/0}, capacity: {number: 0.5}}}",
        "http: {load: {used: {prometheus: 'a:b{c=\"d\\n}\",e=\"\"}'}, capacity: {prometheus: a}}}",
        "tcp: {port: 1}\nforget: 100\nbackoff: {after: 0s, max: 1h}",
        "tcp: {port: 1}\nquorum: count\nquorum_count: 3\nvoters: regions\n"
        "vantage_weights: {a: 0, b: 100}",
        "tcp: {port: 1}\ninterval: 1h\ntimeout: 1m\nstaleness: 1d"}) {
    EXPECT_THAT(MonitorErrors(fields), IsEmpty()) << fields;
  }
}

TEST(ValidateMonitor, RefusesQuorumsAndPausesThatMakeNoSense) {
  EXPECT_THAT(MonitorErrors("tcp: {port: 1}\nforget: 101\nbackoff: {after: 25h}"),
              ElementsAre("forget: 101 is not within 1 and 100", HasSubstr("backoff.after: "),
                          "backoff.max: is missing"));
  EXPECT_THAT(MonitorErrors("tcp: {port: 1}\nbackoff: {max: 5s}"),
              ElementsAre("backoff.max: 5s is not longer than the interval of 5s"));
  EXPECT_THAT(MonitorErrors("tcp: {port: 1}\nquorum: count"),
              ElementsAre("quorum_count: 0 is not within 1 and 256"));
  EXPECT_THAT(MonitorErrors("tcp: {port: 1}\nquorum_count: 2"),
              ElementsAre("quorum_count: counts only with quorum: count"));
  EXPECT_THAT(MonitorErrors("tcp: {port: 1}\nvantages: 1"),
              ElementsAre("vantages: 1 is not within 2 and 256"));
  EXPECT_THAT(MonitorErrors("tcp: {port: 1}\nvantages: 3\nquorum: count\nquorum_count: 4"),
              ElementsAre("quorum_count: 4 votes cannot come from 3 vantages"));
  EXPECT_THAT(MonitorErrors("tcp: {port: 1}\nvantage_weights: {a: 101}"),
              ElementsAre("vantage_weights.a: 101 is above 100"));
}

TEST(ValidateMonitor, WantsAProbe) {
  EXPECT_THAT(MonitorErrors(""), ElementsAre("has no probe, such as http, tcp or dns"));
  EXPECT_THAT(Errors("kind: Monitor\ntcp: {port: 1}\n"),
              ElementsAre("monitor \"\": name: missing"));
}

TEST(ValidateMonitor, RefusesWhatIsOutOfRange) {
  EXPECT_THAT(
      MonitorErrors("tcp:\ninterval: 99ms\ntimeout: 61s\nrise: 11\nfall: 99\nstaleness: 2d"),
      ElementsAre(HasSubstr("tcp.port: missing"), HasSubstr("interval: "), HasSubstr("timeout: "),
                  HasSubstr("staleness: "), HasSubstr("rise: "), HasSubstr("fall: ")));
  EXPECT_THAT(MonitorErrors("tcp: {port: 65536}"), ElementsAre(HasSubstr("tcp.port: 65536")));
  EXPECT_THAT(MonitorErrors("tcp: {port: 1}\ninterval: 10s\nstaleness: 10s"),
              ElementsAre("staleness: 10s is not longer than the interval of 10s"));
}

TEST(ValidateMonitor, RefusesWhatAVantageWouldNotTake) {
  for (const char* fields : {"http: {expect: {body_pattern: \"(\"}}",
                             "http: {tls: {name: a}}",
                             "http: {body: x}",
                             "https: {ca_file: a, tls: {ca_file: b}}",
                             "https: {tls: {fail_expiry: -1s}}",
                             "https: {tls: {name: \"a b\"}}",
                             "tls: {port: 0}",
                             "tls: {port: 1, options: {warn_expiry: 9999d}}",
                             "udp: {port: 1}",
                             "udp: {port: 1, send: a, send_hex: 00}",
                             "udp: {port: 1, send_hex: 0}",
                             "udp: {port: 1, send: a, expect_hex: zz}",
                             "dns:",
                             "dns: {name: a..b}",
                             "dns: {name: a, type: OPT}",
                             "dns: {name: a, rcode: FINE}",
                             "dns: {name: a, tls: {}}",
                             "dns: {name: a, answers: [\"\"]}",
                             "icmp: {count: 21}",
                             "icmp: {max_loss: 100}",
                             "icmp: {gap: 1s}",
                             "icmp: {max_rtt: 1us}",
                             "grpc: {service: a}",
                             "grpc: {port: 1, authority: \"a b\"}",
                             "held:",
                             "command:",
                             "command: {name: \"a b\"}",
                             "command: {name: a, port: 65536}",
                             "combined:",
                             "http: {redirects: 6}",
                             "http: {redirects: 1, version: http2}",
                             "tcp: {port: 1}\nmax_latency: 0s",
                             "tcp: {port: 1}\nphase_timeouts: {connect: 2m}"}) {
    EXPECT_EQ(MonitorErrors(fields).size(), 1U) << fields;
  }
  EXPECT_EQ(MonitorErrors("tcp: {port: 1, send: " + std::string(5000, 'a') + "}").size(), 1U);
}

TEST(ValidateMonitor, RefusesRequestsThatCannotBeSent) {
  for (const char* http :
       {"path: healthz", "path: \"/a b\"", "path: \"/a\\r\\nX: y\"", "host: \"a b\"", "host: a..b",
        "host: \"a\\nb\"", "method: PUT", "headers: {\"X Y\": z}", "headers: {X: \"a\\r\\nb\"}",
        "expect: {status: 99}", "expect: {status: 300-200}", "expect: {status: 2xx}",
        "expect: {status: \"200-\"}", "skip_verify: true", "ca_file: /etc/ca.pem",
        "method: HEAD, expect: {body: ok}"}) {
    EXPECT_EQ(MonitorErrors(std::string("http: {") + http + "}").size(), 1U) << http;
  }
  EXPECT_EQ(MonitorErrors("http: {path: /" + std::string(20000, 'a') + "}").size(), 1U);
}

TEST(ValidateMonitor, SaysWhatIsWrongWithALoad) {
  const auto errors = [](const std::string& load) {
    return MonitorErrors("http: {load: {" + load + "}}");
  };
  EXPECT_THAT(errors(""), ElementsAre("http.load.used: must name a header, json or prometheus"));
  EXPECT_THAT(errors("used: {number: 1}").size(), 1U);
  EXPECT_THAT(errors("used: {header: \"X Y\"}"),
              ElementsAre("http.load.used.header: \"X Y\" is not a header's name (RFC 9110)"));
  EXPECT_THAT(
      errors("used: {json: a/~2}"),
      ElementsAre("http.load.used.json: \"a/~2\" is no JSON Pointer (RFC 6901) such as /a/b"));
  EXPECT_THAT(errors("used: {header: X}, capacity: {number: 0}"),
              ElementsAre("http.load.capacity.number: 0 is not above 0 and at most 1e15"));
  for (const char* selector :
       {"", "1a", "a b", "a{", "a{b}", "a{b=c}", "a{b=\\\"c\\\"}x", "a{b=\\\"\\\\x\\\"}"}) {
    EXPECT_THAT(errors("used: {prometheus: \"" + std::string(selector) + "\"}"),
                ElementsAre(HasSubstr("is not of the form NAME{LABEL=\"VALUE\",...}")))
        << selector;
  }
  EXPECT_THAT(MonitorErrors("http: {method: HEAD, load: {used: {json: /a}}}"),
              ElementsAre("http.load: reads a body, which never comes with method HEAD"));
}

TEST(ValidateReferences, KnowsTheMembersOfCombinedMonitors) {
  const std::string known =
      "kind: Monitor\nname: a\ntcp: {port: 1}\n---\nkind: Monitor\nname: b\nicmp:\n---\n";
  EXPECT_THAT(Errors(known + "{kind: Monitor, name: m, combined: {monitors: [a, b], at_least: 1}}"),
              IsEmpty());
  EXPECT_THAT(
      Errors(known + "{kind: Monitor, name: m, combined: {monitors: [a, x, m, a], at_least: 5}}"),
      UnorderedElementsAre("monitor \"m\": combined.at_least: 5 is more than there are monitors",
                           "monitor \"m\": combined.monitors: names one twice",
                           HasSubstr("combined.monitors[1]: there is no monitor \"x\""),
                           "monitor \"m\": combined.monitors[2]: \"m\" is combined itself"));
}

TEST(ValidateReferences, KnowsTheMonitorsOfPoolsAndEndpoints) {
  EXPECT_THAT(
      Errors("kind: Monitor\nname: web\ntcp: {port: 1}\n---\nkind: Pool\nname: p\n"
             "monitor: wep\nendpoints: [{address: 192.0.2.1, monitor: nope}]\n"),
      ElementsAre("pool \"p\": monitor: there is no monitor \"wep\" (did you mean \"web\"?)",
                  "pool \"p\": endpoints[0].monitor: there is no monitor \"nope\""));
}

TEST(ValidateZones, WantsOriginAndText) {
  EXPECT_THAT(Errors("kind: Zone\n---\nkind: Zone\norigin: a..b\ntext: x\n---\nkind: Zone\n"
                     "origin: \"*.a\"\ntext: x\n---\nkind: Zone\norigin: c\nfile: c.zone\n"),
              UnorderedElementsAre("zone \"\": origin: missing",
                                   "zone \"\": text: missing: give file, text or primaries",
                                   HasSubstr("zone \"a..b\": origin: "),
                                   "zone \"*.a\": origin: a zone cannot start at a wildcard",
                                   "zone \"c\": text: \"c.zone\" was not read into text"));
  EXPECT_THAT(Errors("{kind: Zone, origin: a, text: x, primaries: [{address: 192.0.2.1}]}"),
              ElementsAre("zone \"a\": primaries: stand instead of file and text: give either"));
}

TEST(ValidateZones, WantsNetworksOfThoseWhoMayAsk) {
  EXPECT_THAT(Errors("kind: Zone\norigin: a\ntext: x\nallow_query: [10.0.0.0/8, office]\n"),
              ::testing::Contains(
                  "zone \"a\": allow_query: \"office\" is no network such as 192.0.2.0/24"));
}

const std::string kThings = R"(
kind: Region
name: eu
---
kind: Pool
name: web
endpoints: [{address: "2001:db8::1"}, {cname: A.example}]
---
kind: Record
name: www.example.com
pools: [web]
---
kind: Zone
origin: example.com
text: x
---
)";

std::vector<std::string> OverrideErrors(const std::string& fields) {
  return Errors(kThings + "kind: Override\n" + fields + "\n");
}

TEST(ValidateOverride, AcceptsEveryKindOfTarget) {
  for (const char* fields :
       {"target: region/eu\ndrain: true", "target: pool/web\nforce: up",
        "target: endpoint/web/2001:DB8:0::1\nforce: down",
        "target: endpoint/web/a.EXAMPLE\ndrain: true",
        "target: record/WWW.example.com.\nfailover_to: web\nuntil: 2026-05-01T00:00:00Z"}) {
    EXPECT_THAT(OverrideErrors(fields), IsEmpty()) << fields;
  }
}

TEST(ValidateOverride, RefusesWhatCannotBe) {
  const std::map<std::string, std::string> cases = {
      {"target: eu\ndrain: true", "target: is none of region/NAME"},
      {"target: region/\ndrain: true", "target: is none of region/NAME"},
      {"target: endpoint/web\ndrain: true", "target: is none of region/NAME"},
      {"target: region/ue\ndrain: true", "target: there is no region \"ue\""},
      {"target: pool/wep\ndrain: true", "there is no pool \"wep\" (did you mean \"web\"?)"},
      {"target: endpoint/web/192.0.2.1\ndrain: true", "has no endpoint \"192.0.2.1\""},
      {"target: record/x.example\nfailover_to: web", "there is no record \"x.example\""},
      {"target: region/eu", "does nothing: give drain, force or failover_to"},
      {"target: region/eu\ndrain: false", "drain: can only be true"},
      {"target: region/eu\nfailover_to: web", "failover_to: is for records only"},
      {"target: record/www.example.com\ndrain: true", "drain: is not for records"},
      {"target: record/www.example.com\nforce: up", "force: is not for records"},
      {"target: record/www.example.com\nfailover_to: x", "\"x\" is not among the pools of record"}};
  for (const auto& [fields, error] : cases) {
    EXPECT_THAT(OverrideErrors(fields), ElementsAre(HasSubstr(error))) << fields;
  }
}

TEST(ValidateUsage, WarnsOfWhatNothingUses) {
  const std::string text = kThings +
                           "kind: Pool\nname: spare\n---\nkind: Policy\nname: idle\n---\n"
                           "kind: Policy\nname: nested\nsteps: [{policy: idle}]\n---\n"
                           "kind: Monitor\nname: m\ntcp: {port: 1}\n";
  EXPECT_THAT(Warnings(text), ElementsAre("pool \"spare\": warning: no record uses it",
                                          "policy \"nested\": warning: no record uses it",
                                          "monitor \"m\": warning: no pool uses it"));
}

TEST(Validate, ReportsAResourceWithoutAKind) {
  ResourceSet resources;
  resources["/"] = std::make_shared<v1::Resource>();
  EXPECT_THAT(Texts(Validate(resources, ScopeOf({}, resources)), false),
              Contains(HasSubstr("resource without a kind")));
}

}  // namespace
}  // namespace waypost::config
