#include "healthd/probe/redirect.h"

#include <gmock/gmock.h>

#include "tests/unit/healthd/tls_fixture.h"

namespace waypost::probe {
namespace {

using testing::HasSubstr;
using Kind = test::Behaviour::Kind;

Spec Original() {
  v1::Target target = HttpTarget(8080, "192.0.2.1");
  target.mutable_monitor()->mutable_http()->set_host("www.example.com");
  target.mutable_monitor()->mutable_http()->set_redirects(3);
  return *BuildSpec(target);
}

/// Where the probe goes next: "tls? address target authority", or why it does not.
std::string Next(const std::string& location) {
  const auto next = Follow(Original(), location);
  if (!next) return next.error().detail;
  const auto& http = std::get<HttpSpec>(next->what);
  return std::string(next->tls ? "tls " : "") + next->address.ToString() + " " +
         http.request.target + " " + http.request.authority;
}

TEST(Redirect, StaysAtTheEndpoint) {
  EXPECT_EQ(Next("/login?a=b#top"), "192.0.2.1:8080 /login?a=b www.example.com:8080");
  EXPECT_EQ(Next("https://www.example.com/"), "tls 192.0.2.1:443 / www.example.com");
  EXPECT_EQ(Next("HTTPS://WWW.example.com:8443"), "tls 192.0.2.1:8443 / www.example.com:8443");
  EXPECT_EQ(Next("http://www.example.com?x"), "192.0.2.1:80 /?x www.example.com");
  EXPECT_EQ(Next("http://192.0.2.1:81/a"), "192.0.2.1:81 /a 192.0.2.1:81");
}

TEST(Redirect, LeavesItForNobody) {
  EXPECT_EQ(Next("http://169.254.169.254/latest"),
            "redirect to \"http://169.254.169.254/latest\" leaves the endpoint");
  for (const char* location :
       {"//evil.example/", "http://www.example.com@evil.example/", "http://evil.example:80/",
        "http://www.example.com.evil.example/", "https://www.example.com\\@evil.example/"})
    EXPECT_THAT(Next(location),
                testing::AnyOf(HasSubstr("leaves the endpoint"), HasSubstr("is not followed")))
        << location;
  for (const char* location :
       {"", "ftp://www.example.com/", "file:///etc/passwd", "login", "http://",
        "http://www.example.com:0/", "http://www.example.com:x/", "http://www.example.com:99999/"})
    EXPECT_THAT(Next(location), HasSubstr("is not followed")) << location;
  EXPECT_THAT(Next("/a b"), HasSubstr("is no address"));
  EXPECT_THAT(Next("/a\r\nX: y"), HasSubstr("is no address"));
}

std::string MovedTo(const std::string& location) {
  return "HTTP/1.1 302 Found\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n";
}

class RedirectedProbe : public TlsFixture {
 protected:
  HttpServer first;
};

TEST_F(RedirectedProbe, GoesFromHttpToHttps) {
  Serve(Issue({.names = {"127.0.0.1"}}));
  first.Behave(
      {Kind::kReply, MovedTo("https://127.0.0.1:" + std::to_string(server->port()) + "/home")});
  target = HttpTarget(first.port());
  target.mutable_monitor()->mutable_timeout()->set_seconds(
      10);  // it loads the system's authorities
  EXPECT_THAT(ProbeOnce(target).failure.detail, HasSubstr("status 302"));
  target.mutable_monitor()->mutable_http()->set_redirects(1);
  EXPECT_EQ(ProbeOnce(target).failure.fault, v1::FAULT_TLS_CHAIN) << "it is verified there";
}

TEST_F(RedirectedProbe, FollowsAndJudgesTheLast) {
  HttpServer last;
  last.Reply(200, "home");
  first.Behave(
      {Kind::kReply, MovedTo("http://127.0.0.1:" + std::to_string(last.port()) + "/home")});
  target = HttpTarget(first.port());
  target.mutable_monitor()->mutable_http()->set_redirects(1);
  target.mutable_monitor()->mutable_http()->mutable_expect()->set_body("home");
  ExpectPassed();
  EXPECT_THAT(last.last_request(), HasSubstr("GET /home HTTP/1.1\r\n"));
}

TEST_F(RedirectedProbe, GivesUpWhereRedirectsHaveNoEnd) {
  first.Behave({Kind::kReply, MovedTo("/again")});
  target = HttpTarget(first.port());
  target.mutable_monitor()->mutable_http()->set_redirects(3);
  EXPECT_EQ(ProbeOnce(target).failure.detail, "status 302, want 200-299, redirects to \"/again\"");
  EXPECT_EQ(first.accepted(), 4U);
}

}  // namespace
}  // namespace waypost::probe
