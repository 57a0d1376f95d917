// What the workers hand over, and how replies find their way back.
#include "dnsd/serve/handler.h"

#include <gmock/gmock.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "dnsd/serve/server.h"
#include "dnsd/wire/header.h"
#include "dnsd/zone/builder.h"
#include "tests/unit/serve/loopback_client.h"

namespace waypost::serve {
namespace {

using test::Bytes;
using test::QueryPacket;

constexpr uint16_t kOpcodeNotify = 4 << 11;
constexpr uint16_t kOpcodeUpdate = 5 << 11;

/// As many replies, each the message with QR set.
class Repeats final : public ReplySource {
 public:
  Repeats(Bytes message, unsigned times) : message_(std::move(message)), left_(times) {}
  size_t Next(std::span<uint8_t> out) noexcept override {
    if (left_-- == 0) return left_ = 0;
    std::copy(message_.begin(), message_.end(), out.begin());
    out[2] |= 0x80;
    return message_.size();
  }

 private:
  const Bytes message_;
  unsigned left_;
};

/// Replies on a thread of its own; "none" in the first label: not at all.
class EchoHandler final : public Handler {
 public:
  ~EchoHandler() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }
  void Handle(HandedMessage message, std::unique_ptr<ReplyTo> reply) override {
    const std::lock_guard lock(mutex_);
    queue_.emplace_back(std::move(message), std::move(reply));
    wake_.notify_all();
  }
  unsigned times = 1;

 private:
  void Run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      auto [message, reply] = std::move(queue_.front());
      queue_.pop_front();
      const bool drops = message.octets[wire::kHeaderOctets] == 4;
      if (!drops) reply->Reply(std::make_unique<Repeats>(message.octets, times));
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::pair<HandedMessage, std::unique_ptr<ReplyTo>>> queue_;
  bool stopping_ = false;
  std::thread thread_{[this] { Run(); }};
};

class HandedOver : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto origin = wire::Name::Parse("example.com").value();
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->zones.push_back(
        {.zone = zone::LoadZoneText("$TTL 60\n@ SOA ns admin 1 1h 1h 1w 1h\n@ NS ns\n"
                                    "ns A 192.0.2.53\n",
                                    origin, "test")
                     .zone});
    snapshot->index =
        std::make_shared<zone::ZoneIndex>(zone::ZoneIndex::Build(std::vector<wire::Name>{origin}));
    cell_.Publish(std::move(snapshot));
    ServerOptions options;
    options.listen = {*SocketAddress::Parse("127.0.0.1:0"), *SocketAddress::Parse("0.0.0.0:0")};
    auto server = Server::Start(options, cell_, &handler_);
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
  }
  void TearDown() override { server_->Stop(); }
  LoopbackClient Udp(size_t i = 0) const { return {At(i), SOCK_DGRAM}; }
  LoopbackClient Tcp() const { return {At(0), SOCK_STREAM}; }
  SocketAddress At(size_t i) const {
    return {IpAddress::Parse("127.0.0.1").value(), server_->listening().at(i).port};
  }

  SnapshotCell<Snapshot> cell_;
  EchoHandler handler_;
  std::unique_ptr<Server> server_;
};

/// A query with a record of type TSIG; only its place is looked at.
Bytes Signed() {
  Bytes packet = QueryPacket("example.com", 6).Id(77).Build();
  packet[wire::kAdditionalCountAt + 1] = 1;
  packet.push_back(0);
  test::Put16(packet, wire::kTypeTsig);
  test::Put16(packet, 255);
  test::Put32(packet, 0);
  test::Put16(packet, 0);
  return packet;
}

TEST_F(HandedOver, AreNotifyUpdateTransfersAndWhatIsSigned) {
  for (size_t listener : {0U, 1U}) {
    auto udp = Udp(listener);
    for (const uint16_t opcode : {kOpcodeNotify, kOpcodeUpdate}) {
      const auto reply = udp.Ask(QueryPacket("example.com", 6).Id(opcode).Flags(opcode));
      EXPECT_EQ(reply.id, opcode);
      EXPECT_EQ(reply.flags, opcode | 0x8000);
    }
    EXPECT_EQ(udp.Ask(QueryPacket("example.com", 252).Flags(0)).flags, 0x8000);
    EXPECT_EQ(udp.Ask(QueryPacket("example.com", 251).Flags(0)).flags, 0x8000);
    udp.Send(Signed());
    const auto reply = udp.Receive();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->additional.size(), 1U) << "the worker answered it";
  }
}

TEST_F(HandedOver, IsNothingElse) {
  auto udp = Udp();
  EXPECT_EQ(udp.Ask(QueryPacket("example.com", 6)).answer.size(), 1U);
  EXPECT_EQ(udp.Ask(QueryPacket("example.com", 252, 3)).rcode(), 5U) << "class CH";
  EXPECT_EQ(udp.Ask(QueryPacket("example.com", 6).Flags(kOpcodeNotify).Edns(1232, 1 << 16)).rcode(),
            16U);
  EXPECT_EQ(udp.Ask(QueryPacket("example.com", 6).Flags(2 << 11)).rcode(), 4U) << "STATUS";
}

TEST_F(HandedOver, IsNothingLongOverUdp) {
  const QueryPacket update =
      QueryPacket("example.com", 6).Flags(kOpcodeUpdate).Edns(1232, 0).Option(65001, Bytes(4100));
  EXPECT_EQ(Udp().Ask(update).rcode(), 1U);
  EXPECT_EQ(Tcp().Ask(update).rcode(), 0U);
}

TEST_F(HandedOver, MessagesComeBackInOrderOverTcpWhileOtherQueriesAreAnswered) {
  handler_.times = 300;
  auto tcp = Tcp();
  tcp.Send(QueryPacket("example.com", 252).Id(1).Build());
  tcp.Send(QueryPacket("example.com", 6).Id(2).Build());
  unsigned transferred = 0;
  unsigned answered = 0;
  for (unsigned i = 0; i < 301; ++i) {
    const auto reply = tcp.Receive();
    ASSERT_TRUE(reply) << i;
    (reply->id == 1 ? transferred : answered) += 1;
  }
  EXPECT_EQ(transferred, 300U);
  EXPECT_EQ(answered, 1U);
}

TEST_F(HandedOver, RepliesReachAPeerThatSendsNoMore) {
  auto tcp = Tcp();
  tcp.Send(QueryPacket("example.com", 252).Id(1).Build());
  tcp.FinishSending();
  EXPECT_TRUE(tcp.Receive());
  EXPECT_FALSE(tcp.Receive()) << "and then the connection is closed";
}

TEST_F(HandedOver, WhatIsDroppedLeavesTheConnectionUsable) {
  auto tcp = Tcp();
  for (int i = 0; i < 40; ++i) tcp.Send(QueryPacket("none.example.com", 252).Build());
  EXPECT_EQ(tcp.Ask(QueryPacket("example.com", 6).Id(5)).id, 5U);
}

TEST_F(HandedOver, RepliesForAConnectionThatIsGoneAreForgotten) {
  for (int i = 0; i < 50; ++i) {
    auto tcp = Tcp();
    tcp.Send(QueryPacket("example.com", 252).Build());
  }
  EXPECT_EQ(Tcp().Ask(QueryPacket("example.com", 6).Id(6)).id, 6U);
}

}  // namespace
}  // namespace waypost::serve
