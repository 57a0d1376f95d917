// What a server does behind a front that speaks the PROXY protocol.
#include <gmock/gmock.h>

#include "tests/unit/serve/serving.h"

namespace waypost::serve {
namespace {

using test::Bytes;

class Fronted : public Serving {
 protected:
  void StartBehind(const char* front) {
    auto protection = std::make_shared<Protection>();
    protection->fronts = PrefixSet({*IpPrefix::Parse(front)});
    // Only this client may ask.
    protection->allow_query = PrefixSet({*IpPrefix::Parse("198.51.100.7")});
    options_.protection = protection;
    Start();
  }
  /// `message` of 198.51.100.`host`, as a front passes it on.
  static Bytes Passed(uint8_t host, const Bytes& message) {
    Bytes passed;
    test::PutAll(passed, std::string_view("\r\n\r\n\0\r\nQUIT\n\x21\x12\0\x0c", 16));
    const Bytes addresses = {198, 51, 100, host, 192, 0, 2, 53, 0x30, 0x39, 0, 53};
    passed.insert(passed.end(), addresses.begin(), addresses.end());
    passed.insert(passed.end(), message.begin(), message.end());
    return passed;
  }
};

TEST_F(Fronted, ADatagramIsAskedByWhomItsHeaderNames) {
  StartBehind("127.0.0.0/8");
  auto client = Udp();
  client.Send(Passed(7, Www(1).Build()));
  EXPECT_EQ(client.Receive()->answer.size(), 1U);
  client.Send(Passed(8, Www(2).Build()));
  EXPECT_EQ(client.Receive()->rcode(), 5U);
}

TEST_F(Fronted, ADatagramWithoutAHeaderIsDropped) {
  StartBehind("127.0.0.0/8");
  auto client = Udp();
  client.Send(Www(1).Build());
  client.Send(Passed(7, Www(2).Build()));
  EXPECT_EQ(client.Receive()->id, 2);
  EXPECT_EQ(server_->Read().bad_fronts, 1U);
}

TEST_F(Fronted, AHeaderOfAStrangerIsNotBelieved) {
  StartBehind("10.0.0.0/8");
  auto client = Udp();
  client.Send(Passed(7, Www(1).Build()));
  client.Send(Www(2).Build());
  const auto first = client.Receive();
  ASSERT_TRUE(first);
  EXPECT_NE(first->rcode(), 0U);
  EXPECT_EQ(client.Receive()->rcode(), 5U);
}

TEST_F(Fronted, AConnectionIsOfWhomItsHeaderNames) {
  StartBehind("127.0.0.0/8");
  for (const uint8_t host : {7, 8}) {
    auto client = Tcp();
    for (const uint8_t octet : Passed(host, {})) client.SendRaw({&octet, 1});
    for (uint16_t id = 1; id < 4; ++id) {
      client.Send(Www(id).Build());
      EXPECT_EQ(client.Receive()->rcode(), host == 7 ? 0U : 5U);
    }
  }
}

TEST_F(Fronted, AConnectionWithoutAHeaderIsClosed) {
  StartBehind("127.0.0.0/8");
  auto client = Tcp();
  client.Send(Www().Build());
  EXPECT_TRUE(client.IsClosedByServer());
  EXPECT_EQ(server_->Read().bad_fronts, 1U);
}

TEST_F(Fronted, ConnectionsOfAFrontAreNotCountedAgainstOneClient) {
  options_.tcp.max_per_client = 1;
  StartBehind("127.0.0.0/8");
  std::vector<LoopbackClient> clients;
  for (uint16_t i = 0; i < 5; ++i) {
    clients.push_back(Tcp());
    clients.back().SendRaw(Passed(7, {}));
    clients.back().Send(Www(i).Build());
    EXPECT_EQ(clients.back().Receive()->answer.size(), 1U);
  }
}

}  // namespace
}  // namespace waypost::serve
