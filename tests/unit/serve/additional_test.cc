#include "dnsd/serve/additional.h"

#include <gmock/gmock.h>

#include "tests/unit/serve/serve_world.h"

namespace waypost::serve {
namespace {

using test::QueryPacket;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using zone::Type;

class Additional : public ::testing::Test {
 protected:
  std::vector<std::string> Of(const std::string& name, uint16_t type) {
    return Shape(world_.Ask(QueryPacket(name, type).Edns()).additional);
  }
  ServeWorld world_;
};

TEST_F(Additional, HoldsTheAddressesOfHosts) {
  world_.Zone("Example.com",
              "@ MX 10 mail\nMail A 192.0.2.25\n_sip._udp SRV 0 0 5060 Sip\nSip AAAA 2001:db8::5\n"
              "afs AFSDB 1 mail\nkx KX 1 mail\n");
  EXPECT_THAT(Of("example.com", Type::kMx), ElementsAre("mail.example.com 3600 1"));
  EXPECT_THAT(Of("_sip._udp.example.com", Type::kSrv), ElementsAre("Sip.example.com 3600 28"));
  EXPECT_THAT(Of("example.com", Type::kNs), ElementsAre("ns1.example.com 3600 1"));
  EXPECT_THAT(Of("afs.example.com", 18), ElementsAre("Mail.example.com 3600 1"));
  EXPECT_THAT(Of("kx.example.com", 36), ElementsAre("Mail.example.com 3600 1"));
}

TEST_F(Additional, NamesAHostOnce) {
  world_.Zone("example.com", "@ MX 10 mail\n@ MX 20 MAIL\nmail A 192.0.2.25\n");
  EXPECT_THAT(Of("example.com", Type::kMx), ElementsAre("mail.example.com 3600 1"));
}

TEST_F(Additional, HoldsGlueForNameServersOnly) {
  world_.Zone(
      "example.com",
      "@ NS ns.sub\nsub NS ns.sub\nns.sub A 192.0.2.1\n@ MX 1 ns.sub\n_s._t SRV 1 1 1 ns.sub\n");
  EXPECT_THAT(Of("example.com", Type::kNs),
              ElementsAre("ns1.example.com 3600 1", "ns.sub.example.com 3600 1"));
  EXPECT_THAT(Of("example.com", Type::kMx), IsEmpty());
  EXPECT_THAT(Of("_s._t.example.com", Type::kSrv), IsEmpty());
}

TEST_F(Additional, HoldsNothingBelowADname) {
  world_.Zone("example.com", "@ NS ns.old\nold DNAME new\nns.old A 192.0.2.1\n");
  EXPECT_THAT(Of("example.com", Type::kNs), ElementsAre("ns1.example.com 3600 1"));
}

TEST_F(Additional, IsSynthesisedFromWildcardsToo) {
  world_.Zone("example.com", "@ MX 1 a.mail\n@ MX 1 b.mail\n*.mail A 192.0.2.1\n");
  EXPECT_THAT(Of("example.com", Type::kMx),
              ElementsAre("a.mail.example.com 3600 1", "b.mail.example.com 3600 1"));
}

TEST_F(Additional, HoldsTheTargetsOfServiceBindings) {
  world_.Zone("example.com",
              "self HTTPS 1 . alpn=h2\nself A 192.0.2.1\nother HTTPS 1 self alpn=h2\n"
              "alias HTTPS 0 self\nnone HTTPS 0 .\nnone A 192.0.2.2\n_p.svc SVCB 0 self\n");
  EXPECT_THAT(Of("self.example.com", Type::kHttps), ElementsAre("self.example.com 3600 1"));
  EXPECT_THAT(Of("other.example.com", Type::kHttps), ElementsAre("self.example.com 3600 1"));
  EXPECT_THAT(Of("alias.example.com", Type::kHttps),
              ElementsAre("self.example.com 3600 65", "self.example.com 3600 1"));
  EXPECT_THAT(Of("none.example.com", Type::kHttps), IsEmpty());
  EXPECT_THAT(Of("_p.svc.example.com", Type::kSvcb), ElementsAre("self.example.com 3600 1"));
}

TEST_F(Additional, IsLeftOutWithoutTruncation) {
  std::string text;
  for (int i = 0; i < 12; ++i) {
    const std::string host = "a-mail-server-with-a-long-name-" + std::to_string(i);
    text += "@ MX 1 " + host + "\n" + host + " A 192.0.2.1\n";
  }
  world_.Zone("example.com", text);
  const auto reply = world_.Ask(QueryPacket("example.com", Type::kMx).Edns(800));
  EXPECT_EQ(reply.answer.size(), 12U);
  EXPECT_LT(reply.additional.size(), 12U);
  EXPECT_FALSE(reply.truncated());
}

}  // namespace
}  // namespace waypost::serve
