#include "dnsd/serve/server.h"

#include <gmock/gmock.h>

#include <chrono>
#include <thread>

#include "dnsd/serve/tcp_server.h"
#include "dnsd/serve/udp_batch.h"
#include "dnsd/serve/udp_worker.h"
#include "dnsd/serve/xdp_worker.h"
#include "tests/unit/serve/serving.h"

namespace waypost::serve {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using test::Bytes;
using test::QueryPacket;
using ::testing::HasSubstr;

constexpr uint16_t kTxt = 16;

// What a worker writes for each query lies inside of it, so that no two write to one line of the
// cache.
static_assert(alignof(UdpWorker) >= 64 && alignof(XdpWorker) >= 64 && alignof(TcpServer) >= 64);

TEST_F(Serving, BothTransportsOnOnePortThatTheKernelChose) {
  Start();
  EXPECT_NE(address().port, 0);
  EXPECT_EQ(Udp().Ask(Www()).answer.at(0).rdata, "\xC0\0\2\1"s);
  EXPECT_EQ(Tcp().Ask(Www()).answer.at(0).rdata, "\xC0\0\2\1"s);
}

TEST_F(Serving, SeveralAddressesOfBothFamilies) {
  options_.threads = 2;
  Start({At("127.0.0.1:0"), At("127.0.0.2:0"), At("[::1]:0")});
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(Udp(i).Ask(Www()).answer.size(), 1U) << address(i).ToString();
    EXPECT_EQ(Tcp(i).Ask(Www()).answer.size(), 1U) << address(i).ToString();
  }
}

TEST_F(Serving, RepliesLeaveFromTheAddressThatWasAsked) {
  Start({At("0.0.0.0:0"), At("[::]:0")});
  for (const char* asked : {"127.0.0.1", "127.0.0.2", "127.3.2.1"}) {
    LoopbackClient client({*IpAddress::Parse(asked), address(0).port}, SOCK_DGRAM);
    EXPECT_EQ(client.Ask(Www()).answer.size(), 1U) << asked;
  }
  LoopbackClient client({*IpAddress::Parse("::1"), address(1).port}, SOCK_DGRAM);
  EXPECT_EQ(client.Ask(Www()).answer.size(), 1U);
}

TEST_F(Serving, EveryDatagramOfABurstIsAnswered) {
  options_.threads = 2;
  Start();
  auto client = Udp();
  std::vector<bool> seen(200);
  for (uint16_t i = 0; i < seen.size(); ++i) client.Send(Www(i).Build());
  for (size_t i = 0; i < seen.size(); ++i) {
    const auto reply = client.Receive();
    ASSERT_TRUE(reply);
    seen.at(reply->id) = true;
  }
  EXPECT_THAT(seen, ::testing::Each(true));
}

TEST_F(Serving, TheVeryNextQuerySeesAPublishedSnapshot) {
  options_.threads = 3;
  Start();
  for (int i = 1; i < 40; ++i) {
    cell_.Publish(SnapshotWith("192.0.2." + std::to_string(i)));
    const std::string expected = "\xC0\0\2"s + static_cast<char>(i);
    EXPECT_EQ(Udp().Ask(Www()).answer.at(0).rdata, expected);
    EXPECT_EQ(Tcp().Ask(Www()).answer.at(0).rdata, expected);
  }
}

TEST_F(Serving, ConnectionsThatEndedBeforeTheFirstSnapshotAreForgotten) {
  SnapshotCell<Snapshot> empty;
  options_.listen = {At("127.0.0.1:0")};
  server_ = *Server::Start(options_, empty);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(Tcp().Ask(Www()).rcode(), 2U);
  }
  empty.Publish(SnapshotWith("192.0.2.1"));
  EXPECT_EQ(Tcp().Ask(Www()).answer.size(), 1U);
  server_.reset();
}

TEST_F(Serving, IdleWorkersLetGoOfOldSnapshots) {
  options_.threads = 2;
  Start({At("127.0.0.1:0"), At("127.0.0.2:0")});
  const std::weak_ptr<const Snapshot> old = cell_.Publish(SnapshotWith("192.0.2.2"));
  EXPECT_TRUE(
      WithinFiveSeconds([&] { return server_->oldest_generation() == cell_.generation(); }));
  EXPECT_TRUE(old.expired());
}

TEST_F(Serving, BeforeTheFirstSnapshotIsAServerFailure) {
  cell_.Publish(nullptr);
  Start();
  EXPECT_EQ(Udp().Ask(Www()).rcode(), 2U);
}

TEST_F(Serving, AnAddressInUseIsAnErrorThatNamesIt) {
  Start();
  ServerOptions second;
  second.listen = {address()};
  const auto server = Server::Start(second, cell_);
  ASSERT_FALSE(server);
  EXPECT_THAT(server.error().message, HasSubstr(address().ToString()));
  EXPECT_THAT(server.error().message, HasSubstr("in use"));
}

TEST_F(Serving, ImpossibleOptionsAreErrors) {
  const auto error_of = [this](const ServerOptions& options) {
    const auto server = Server::Start(options, cell_);
    return server ? "started" : server.error().message;
  };
  const ServerOptions sound = {.listen = {At("127.0.0.1:0")}};
  ServerOptions options = sound;
  options.threads = 0;
  EXPECT_THAT(error_of(options), HasSubstr("threads"));
  options = sound;
  options.listen.clear();
  EXPECT_THAT(error_of(options), HasSubstr("listen"));
  options = sound;
  options.nsid = std::string(129, 'x');
  EXPECT_THAT(error_of(options), HasSubstr("nsid"));
  options = sound;
  options.version = std::string(256, 'x');
  EXPECT_THAT(error_of(options), HasSubstr("version"));
}

TEST_F(Serving, StopsSoonAndTwice) {
  options_.threads = 2;
  Start();
  const auto before = std::chrono::steady_clock::now();
  server_->Stop();
  server_->Stop();
  EXPECT_LT(std::chrono::steady_clock::now() - before, 3s);
}

TEST_F(Serving, StoppingAnswersWhatWasReceived) {
  Start();
  auto udp = Udp();
  auto tcp = Tcp();
  EXPECT_EQ(tcp.Ask(Www()).answer.size(), 1U);
  udp.Send(Www().Build());
  tcp.Send(Www().Build());
  server_->Stop();
  EXPECT_TRUE(udp.Receive());
  EXPECT_TRUE(tcp.Receive());
}

TEST_F(Serving, CountsWhatItDoes) {
  options_.threads = 2;
  Start();
  for (int i = 0; i < 10; ++i) Udp().Ask(Www());
  auto tcp = Tcp();
  tcp.Ask(Www());
  Figures figures = server_->Read();
  EXPECT_EQ(figures.queries[0][0], 10U);
  EXPECT_EQ(figures.responses[1][0], 1U);
  EXPECT_EQ(figures.tcp_connections, 1U);
  tcp.FinishSending();
  EXPECT_TRUE(WithinFiveSeconds([&] { return server_->Read().tcp_connections == 0; }));
}

TEST_F(Serving, TcpTakesManyQueriesInOneSegmentAndAnswersInOrder) {
  Start();
  auto client = Tcp();
  Bytes all;
  for (uint16_t i = 0; i < 1000; ++i) {
    const Bytes one = Www(i).Build();
    test::Put16(all, static_cast<unsigned>(one.size()));
    all.insert(all.end(), one.begin(), one.end());
  }
  std::thread sender([&] { client.SendRaw(all); });
  for (uint16_t i = 0; i < 1000; ++i) {
    const auto reply = client.Receive();
    EXPECT_TRUE(reply && reply->id == i) << i;
  }
  sender.join();
}

TEST_F(Serving, TcpTakesAQueryOctetByOctet) {
  Start();
  auto client = Tcp();
  Bytes query = Www(7).Build();
  query.insert(query.begin(), {0, static_cast<uint8_t>(query.size())});
  for (const uint8_t octet : query) client.SendRaw({&octet, 1});
  EXPECT_EQ(client.Receive()->id, 7);
}

TEST_F(Serving, TcpCarriesWhatUdpTruncates) {
  Start();
  const QueryPacket big("big.example.com", kTxt);
  EXPECT_TRUE(Udp().Ask(big).truncated());
  EXPECT_EQ(Tcp().Ask(big).answer.size(), 200U);
}

TEST_F(Serving, TcpAnswersBeforeAHalfClosedConnectionEnds) {
  Start();
  auto client = Tcp();
  for (uint16_t i = 0; i < 20; ++i) client.Send(QueryPacket("big.example.com", kTxt).Build());
  client.FinishSending();
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(client.Receive()) << i;
  EXPECT_TRUE(client.IsClosedByServer());
}

TEST_F(Serving, TcpClosesOnWhatIsNoQuery) {
  Start();
  auto client = Tcp();
  client.Send(Bytes(5));
  EXPECT_TRUE(client.IsClosedByServer());
  EXPECT_EQ(server_->Read().dropped_malformed, 1U);
}

TEST_F(Serving, TcpAnswersWhatCameBeforeWhatIsNoQueryAndNothingBehind) {
  Start();
  auto client = Tcp();
  Bytes segment;
  const auto append = [&](const Bytes& message) {
    test::Put16(segment, static_cast<unsigned>(message.size()));
    segment.insert(segment.end(), message.begin(), message.end());
  };
  append(QueryPacket("big.example.com", kTxt).Id(1).Build());
  append(QueryPacket("big.example.com", kTxt).Id(2).Build());
  append(QueryPacket("big.example.com", kTxt).Flags(0x8000).Build());
  append(QueryPacket("big.example.com", kTxt).Id(3).Build());
  client.SendRaw(segment);
  for (const uint16_t id : {1, 2}) {
    const auto reply = client.Receive();
    ASSERT_TRUE(reply) << id;
    EXPECT_EQ(reply->id, id);
  }
  EXPECT_TRUE(client.IsClosedByServer());
  EXPECT_EQ(server_->Read().dropped_malformed, 1U);
}

TEST_F(Serving, TcpClosesIdleConnectionsEvenIfOctetsDrip) {
  options_.tcp.idle_timeout = 200ms;
  Start();
  auto silent = Tcp();
  auto dripping = Tcp();
  const uint8_t octet = 0xFF;  // the length of a message that never ends
  EXPECT_TRUE(WithinFiveSeconds([&] {
    dripping.SendRaw({&octet, 1});
    return server_->Read().tcp_timeouts == 2;
  }));
  EXPECT_TRUE(silent.IsClosedByServer());
}

TEST_F(Serving, TheConnectionThatIsIdleForLongestMakesRoomForANewOne) {
  options_.tcp.max_clients = 3;
  Start();
  auto first = Tcp();
  auto second = Tcp();
  first.Ask(Www());
  second.Ask(Www());
  auto mute = Mute();
  // Twice: it may have been accepted after the first of these.
  for (int i = 0; i < 2; ++i) {
    second.Ask(Www());
    first.Ask(Www());
  }
  EXPECT_EQ(Tcp().Ask(Www()).answer.size(), 1U);
  EXPECT_TRUE(mute.IsClosedByServer()) << "has never asked";
  EXPECT_EQ(first.Ask(Www()).answer.size(), 1U);
  EXPECT_EQ(second.Ask(Www()).answer.size(), 1U);
  EXPECT_EQ(server_->Read().tcp_evicted, 1U);
  EXPECT_EQ(server_->Read().tcp_refused, 0U);
}

TEST_F(Serving, WhoeverFillsAllPlacesKeepsOutNobody) {
  options_.tcp.max_clients = 4;
  Start();
  std::vector<LoopbackClient> mute;
  for (int i = 0; i < 50; ++i) {
    mute.push_back(Mute());
    EXPECT_EQ(Tcp().Ask(Www()).answer.size(), 1U);
  }
  EXPECT_GE(server_->Read().tcp_evicted, 40U);
}

TEST_F(Serving, OneClientTakesNoMoreThanItsShare) {
  options_.tcp.max_per_client = 2;
  Start({At("127.0.0.1:0")});
  auto first = Tcp();
  auto second = Tcp();
  first.Ask(Www());
  second.Ask(Www());
  EXPECT_TRUE(Tcp().IsClosedByServer());
  EXPECT_EQ(server_->Read().tcp_refused, 1U);
  first.FinishSending();
  EXPECT_TRUE(first.IsClosedByServer());
  EXPECT_EQ(Tcp().Ask(Www()).answer.size(), 1U) << "a place is free again";
}

TEST_F(Serving, IdleConnectionsMakeRoomSoonWhenPlacesRunOut) {
  options_.tcp.max_clients = 4;
  options_.tcp.idle_timeout = 5s;
  Start();
  std::vector<LoopbackClient> mute;
  for (int i = 0; i < 4; ++i) mute.push_back(Mute());
  const auto before = std::chrono::steady_clock::now();
  EXPECT_TRUE(WithinFiveSeconds([&] { return server_->Read().tcp_timeouts >= 1; }));
  EXPECT_LT(std::chrono::steady_clock::now() - before, 2s);
}

TEST_F(Serving, TcpTellsHowLongItKeepsAConnection) {
  Start();
  EXPECT_EQ(Tcp().Ask(Www().Option(11, {})).Option(11), "\0\x64"s);
}

TEST_F(Serving, TcpTakesTheLongestMessage) {
  Start();
  Bytes longest = Www(9).Edns().Build();
  // Options of unknown codes fill up the OPT record, which is the last one.
  const size_t missing = 65535 - longest.size();
  longest[longest.size() - 2] = static_cast<uint8_t>(missing >> 8);
  longest[longest.size() - 1] = static_cast<uint8_t>(missing);
  test::Put16(longest, 65001);
  test::Put16(longest, static_cast<unsigned>(missing - 4));
  longest.resize(65535);
  auto client = Tcp();
  client.Send(longest);
  const auto reply = client.Receive();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->answer.size(), 1U);
}

/// Sends from 127.0.0.`host` to the same address and port.
void SendToOneself(const FileDescriptor& socket, uint8_t host, uint16_t port) {
  const Bytes query = QueryPacket("www.example.com", 1).Build();
  UdpReturn there;
  const IpAddress address = IpAddress::FromV4(0x7F000000U + host);
  there.to_octets = ToKernel({address, port}, there.to);
  there.note.fill(0);
  auto& note = *reinterpret_cast<cmsghdr*>(there.note.data());
  note = {
      .cmsg_len = CMSG_LEN(sizeof(in_pktinfo)), .cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO};
  address.WriteBytes(
      reinterpret_cast<uint8_t*>(&reinterpret_cast<in_pktinfo*>(CMSG_DATA(&note))->ipi_spec_dst));
  there.note_octets = CMSG_SPACE(sizeof(in_pktinfo));
  EXPECT_TRUE(there.Send(socket.get(), query));
}

TEST_F(Serving, DatagramsFromItselfAreIgnored) {
  Start({At("0.0.0.0:0")});
  // A second socket on the server's port; the kernel gives about half of the addresses to either.
  const auto own = OpenUdp(address(), 100);
  ASSERT_TRUE(own);
  for (uint8_t host = 1; host < 100; ++host) SendToOneself(*own, host, address().port);
  EXPECT_TRUE(WithinFiveSeconds([&] { return server_->Read().ignored > 10; }));
  EXPECT_EQ(server_->Read().queries[0][0], 0U);
}

TEST_F(Serving, TcpPeersThatDoNotReadHoldUpNobody) {
  Start();
  std::vector<LoopbackClient> deaf;
  const Bytes one = QueryPacket("big.example.com", kTxt).Build();
  for (int i = 0; i < 5; ++i) {
    deaf.emplace_back(address(), SOCK_STREAM, 4096);
    Bytes all;
    for (int n = 0; n < 500; ++n) {
      test::Put16(all, static_cast<unsigned>(one.size()));
      all.insert(all.end(), one.begin(), one.end());
    }
    deaf.back().SendRaw(all, MSG_DONTWAIT);
  }
  auto client = Tcp();
  for (uint16_t i = 0; i < 100; ++i) EXPECT_EQ(client.Ask(Www(i)).id, i);
}

}  // namespace
}  // namespace waypost::serve
