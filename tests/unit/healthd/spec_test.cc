#include "healthd/probe/spec.h"

#include <gmock/gmock.h>

#include "healthd/probe/http_dialogue.h"
#include "healthd/probe/request.h"
#include "tests/unit/healthd/probe_harness.h"

namespace waypost::probe {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string Problem(const v1::Target& target) {
  const auto spec = BuildSpec(target);
  return spec ? "" : spec.error().message;
}

TEST(Spec, FillsInDefaults) {
  v1::Target target = TargetAt("2001:db8::1");
  target.mutable_monitor()->mutable_https();
  const auto spec = BuildSpec(target);
  ASSERT_TRUE(spec);
  EXPECT_EQ(spec->address.ToString(), "[2001:db8::1]:443");
  EXPECT_EQ(spec->interval, std::chrono::seconds(5));
  EXPECT_EQ(spec->staleness, std::chrono::seconds(17));
  EXPECT_EQ(spec->timeout, std::chrono::seconds(2));
  EXPECT_EQ(spec->rise, 2U);
  EXPECT_EQ(spec->fall, 3U);
  EXPECT_EQ(spec->tls->name, "2001:db8::1");
  const auto& http = std::get<HttpSpec>(spec->what);
  EXPECT_THAT(Serialize(http.request), StartsWith("GET / HTTP/1.1\r\nHost: [2001:db8::1]\r\n"));
  EXPECT_EQ(ToString(http.status), "200-299");
}

TEST(Spec, TwoMonitorsThatDoTheSameAreTheSameProbe) {
  v1::Target a = HttpTarget(80);
  v1::Target b = HttpTarget(0);
  b.set_id(7);
  b.set_endpoint("api/127.0.0.1");
  b.mutable_monitor()->set_name("api");
  b.mutable_monitor()->set_quorum(v1::QUORUM_ALL);
  EXPECT_EQ(*BuildSpec(a), *BuildSpec(b));
  b.mutable_monitor()->mutable_http()->set_path("/other");
  EXPECT_NE(*BuildSpec(a), *BuildSpec(b));
}

TEST(Spec, NamesTargetAndFactOfWhatItRefuses) {
  EXPECT_EQ(Problem(TargetAt("nowhere")), "target \"web/nowhere\": \"nowhere\" is no address");
  EXPECT_EQ(Problem(TargetAt("127.0.0.1")),
            "target \"web/127.0.0.1\": monitor \"web\": has no probe that this vantage knows");
  EXPECT_THAT(Problem(TcpTarget(0)), HasSubstr("port is not in 1 to 65535"));
}

TEST(Spec, RefusesNumbersOutOfRange) {
  v1::Target target = HttpTarget(80);
  SetTimeout(target, 9);
  EXPECT_THAT(Problem(target), HasSubstr("timeout is not in 10ms to 1m"));
  SetTimeout(target, 10);
  target.mutable_monitor()->mutable_interval()->set_nanos(99'000'000);
  EXPECT_THAT(Problem(target), HasSubstr("interval is not in 100ms to 1h"));
  target = HttpTarget(80);
  target.mutable_monitor()->set_fall(11);
  EXPECT_THAT(Problem(target), HasSubstr("rise or fall"));
}

TEST(Spec, LetsNothingIntoTheRequestThatWouldEndALine) {
  using Spoil = void (*)(v1::HttpProbe&);
  for (const Spoil spoil : std::initializer_list<Spoil>{
           [](v1::HttpProbe& http) { http.set_path("/ HTTP/1.1\r\nX: y"); },
           [](v1::HttpProbe& http) { http.set_path("healthz"); },
           [](v1::HttpProbe& http) { http.set_host("a b"); },
           [](v1::HttpProbe& http) { http.set_method("DELETE"); },
           [](v1::HttpProbe& http) { (*http.mutable_headers())["X"] = "a\r\nY: b"; },
           [](v1::HttpProbe& http) { (*http.mutable_headers())["X:"] = "a"; },
           [](v1::HttpProbe& http) { (*http.mutable_headers())["X"] = std::string(20000, 'x'); },
           [](v1::HttpProbe& http) { http.mutable_expect()->add_status("20"); },
           [](v1::HttpProbe& http) { http.mutable_expect()->add_status("299-200"); },
           [](v1::HttpProbe& http) { http.mutable_expect()->add_status("2xx"); },
           [](v1::HttpProbe& http) { http.mutable_expect()->set_body(std::string(65537, 'x')); },
       }) {
    v1::Target target = HttpTarget(80);
    ASSERT_EQ(Problem(target), "");
    spoil(*target.mutable_monitor()->mutable_http());
    EXPECT_NE(Problem(target), "") << target.DebugString();
  }
}

/// Feeds a response in pieces of every size; all must come to the same judgement.
std::string Judge(const Spec& spec, const std::string& response) {
  std::string judgement;
  for (size_t piece = 1; piece <= response.size(); ++piece) {
    Patterns patterns;
    const auto& http = std::get<HttpSpec>(spec.what);
    std::optional<Pattern> pattern;
    if (!http.pattern.empty()) pattern = *patterns.Find(http.pattern);
    HttpDialogue check(ResponseJudge(http, pattern));
    for (size_t at = 0; at < response.size() && !check.decided(); at += piece)
      check.Feed(std::string_view(response).substr(at, piece));
    if (!check.decided()) check.End();
    const std::string now = v1::Layer_Name(check.failure().layer) + " " + check.failure().detail;
    if (piece > 1) {
      EXPECT_EQ(now, judgement) << "in pieces of " << piece;
    }
    judgement = now;
  }
  return judgement;
}

Spec Expecting(const std::string& body) {
  v1::Target target = HttpTarget(80);
  target.mutable_monitor()->mutable_http()->mutable_expect()->set_body(body);
  return *BuildSpec(target);
}

TEST(HttpDialogue, JudgesTheSameHoweverTheBytesArrive) {
  const Spec spec = Expecting("fine");
  EXPECT_EQ(Judge(spec, "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nall fine"), "LAYER_NONE ");
  EXPECT_EQ(Judge(spec,
                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nfi\r\n2\r\nne\r\n"
                  "0\r\n\r\n"),
            "LAYER_NONE ");
  EXPECT_EQ(Judge(spec, "HTTP/1.0 200 OK\r\n\r\nit is fine"), "LAYER_NONE ");
  EXPECT_EQ(Judge(spec, "HTTP/1.0 200 OK\r\n\r\nfinfinfin"), "LAYER_CONTENT body lacks \"fine\"");
  EXPECT_EQ(Judge(spec, "HTTP/1.1 204 No Content\r\n\r\n"), "LAYER_CONTENT body lacks \"fine\"");
}

TEST(HttpDialogue, PassesOverInterimResponses) {
  EXPECT_EQ(Judge(Expecting(""),
                  "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                  "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
            "LAYER_NONE ");
}

TEST(HttpDialogue, BelievesNoAnnouncedLength) {
  EXPECT_EQ(
      Judge(Expecting("fine"), "HTTP/1.1 200 OK\r\nContent-Length: 999999999999999\r\n\r\nfine"),
      "LAYER_NONE ");
  EXPECT_EQ(Judge(Expecting("fine"), "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nfine"),
            "LAYER_RESPONSE invalid response: bad Content-Length");
}

TEST(HttpDialogue, QuotesExpectedTextOnOneLineAndShort) {
  EXPECT_EQ(Judge(Expecting("a\nb"), "HTTP/1.1 204 No Content\r\n\r\n"),
            "LAYER_CONTENT body lacks \"a b\"");
  const std::string snowmen =
      "x\u2603\u2603\u2603\u2603\u2603\u2603\u2603\u2603\u2603\u2603\u2603"
      "\u2603\u2603\u2603\u2603\u2603\u2603\u2603\u2603\u2603\u2603\u2603";
  EXPECT_EQ(Judge(Expecting(snowmen), "HTTP/1.1 204 No Content\r\n\r\n"),
            "LAYER_CONTENT body lacks \"" + snowmen.substr(0, 64) + "...\"");
}

}  // namespace
}  // namespace waypost::probe
