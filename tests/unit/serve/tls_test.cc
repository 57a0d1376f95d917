// DNS over TLS (RFC 7858) on loopback.
#include <gmock/gmock.h>

#include "tests/support/certificate.h"
#include "tests/support/process.h"
#include "tests/unit/serve/serving.h"
#include "tests/unit/serve/tls_client.h"

namespace waypost::serve {
namespace {

using test::Bytes;
using test::QueryPacket;

class ServingTls : public Serving {
 protected:
  void SetUp() override {
    options_.listen_tls = {At("127.0.0.1:0")};
    options_.protection = ShownAs("first.example");
  }
  /// A protection with a certificate for this name.
  std::shared_ptr<Protection> ShownAs(const std::string& name) {
    const test::Certificate made = test::MakeCertificate({.common_name = name});
    auto protection = std::make_shared<Protection>();
    protection->credentials = tls::Credentials::Load({dir_.Write("cert.pem", made.certificate),
                                                      dir_.Write("key.pem", made.key)})
                                  .value();
    return protection;
  }
  SocketAddress tls_address() const { return server_->listening_tls().at(0); }

  test::TempDir dir_;
};

TEST_F(ServingTls, AnswersQueryAfterQuery) {
  Start();
  TlsClient client(tls_address());
  ASSERT_TRUE(client.is_open());
  for (uint16_t id = 1; id < 20; ++id) {
    client.Send(Www(id).Build());
    const auto reply = client.Receive();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->id, id);
  }
  EXPECT_EQ(server_->Read().queries[static_cast<size_t>(Transport::kTls)][0], 19U);
}

TEST_F(ServingTls, TakesManyQueriesAtOnceAndLongReplies) {
  Start();
  TlsClient client(tls_address());
  Bytes all;
  for (uint16_t id = 0; id < 100; ++id) {
    const Bytes one = (id % 10 == 0 ? QueryPacket("big.example.com", 16).Id(id) : Www(id)).Build();
    test::Put16(all, static_cast<unsigned>(one.size()));
    all.insert(all.end(), one.begin(), one.end());
  }
  client.SendRaw(all);
  for (uint16_t id = 0; id < 100; ++id) {
    const auto reply = client.Receive();
    ASSERT_TRUE(reply) << id;
    EXPECT_EQ(reply->id, id);
    EXPECT_FALSE(reply->answer.empty());
  }
}

TEST_F(ServingTls, PadsForThoseWhoPad) {
  Start();
  TlsClient client(tls_address());
  client.Send(Www().Option(12, Bytes(30)).Build());
  EXPECT_TRUE(client.Receive()->Option(12));
}

TEST_F(ServingTls, AnswersWhatCameBeforeWhatIsNoQuery) {
  Start();
  TlsClient client(tls_address());
  Bytes record;
  for (const Bytes& message : {Www().Id(1).Build(), Bytes(5), Www().Id(2).Build()}) {
    test::Put16(record, static_cast<unsigned>(message.size()));
    record.insert(record.end(), message.begin(), message.end());
  }
  client.SendRaw(record);
  const auto reply = client.Receive();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->id, 1U);
  EXPECT_FALSE(client.Receive()) << "the connection ends";
}

TEST_F(ServingTls, NewCredentialsAreShownToNewConnections) {
  Start();
  TlsClient before(tls_address());
  EXPECT_EQ(before.peer_name(), "first.example");
  server_->Protect(ShownAs("second.example"));
  EXPECT_EQ(TlsClient(tls_address()).peer_name(), "second.example");
  before.Send(Www().Build());
  EXPECT_TRUE(before.Receive()) << "an open connection goes on";
}

TEST_F(ServingTls, PlainTextFailsAndIsCounted) {
  Start();
  LoopbackClient client(tls_address(), SOCK_STREAM);
  client.Send(Www().Build());
  EXPECT_TRUE(WithinFiveSeconds([&] { return server_->Read().tls_failures == 1; }));
}

TEST_F(ServingTls, ASilentHandshakeTimesOutAndHoldsUpNobody) {
  options_.tcp.idle_timeout = std::chrono::milliseconds(300);
  Start();
  LoopbackClient silent(tls_address(), SOCK_STREAM);
  const uint8_t handshake = 0x16;
  silent.SendRaw({&handshake, 1});
  TlsClient client(tls_address());
  client.Send(Www().Build());
  EXPECT_TRUE(client.Receive());
  EXPECT_TRUE(silent.IsClosedByServer());
  EXPECT_TRUE(WithinFiveSeconds([&] { return server_->Read().tcp_timeouts == 2; }));
}

TEST_F(ServingTls, AFrontsHeaderComesBeforeTheHandshake) {
  auto protection = ShownAs("first.example");
  protection->fronts = PrefixSet({*IpPrefix::Parse("127.0.0.1")});
  options_.protection = protection;
  Start();
  Bytes header;
  test::PutAll(header, std::string_view("\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", 16));
  TlsClient client(tls_address(), header);
  client.Send(Www().Build());
  EXPECT_TRUE(client.Receive());
}

}  // namespace
}  // namespace waypost::serve
