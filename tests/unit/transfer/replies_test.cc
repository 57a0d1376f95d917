#include "dnsd/transfer/replies.h"

#include <gmock/gmock.h>

#include <map>

#include "tests/unit/transfer/transfer_words.h"

namespace waypost::transfer {
namespace {

using test::WireName;

std::shared_ptr<ZoneImage> ImageOf(const std::string& text,
                                   std::span<const zone::SteeredOwner> steered = {}) {
  auto image = std::make_shared<ZoneImage>();
  image->zone = ZoneOf(text, steered);
  return image;
}

class Replies : public ::testing::Test {
 protected:
  /// The messages of a whole transfer.
  std::vector<Message> Transfer(std::shared_ptr<const ZoneImage> image, size_t room = 65535,
                                std::optional<TsigSigner> signer = std::nullopt) {
    const std::string packet = AskFor("example.com", zone::kAxfr);
    const Message request = ReadMessage(Octets(packet)).value();
    auto source = TransferReply(ReplyHead::For(request, 0, true), std::move(signer), clock_,
                                WholeZone(std::move(image)));
    std::vector<Message> messages;
    std::string buffer(room, '\0');
    while (const size_t octets = source->Next(Octets(buffer))) {
      packets_.push_back(buffer.substr(0, octets));
      messages.push_back(ReadMessage(Octets(packets_.back())).value());
    }
    return messages;
  }
  static std::vector<Rr> AllOf(const std::vector<Message>& messages) {
    std::vector<Rr> all;
    for (const Message& one : messages) {
      all.insert(all.end(), one.answer.begin(), one.answer.end());
    }
    return all;
  }

  VirtualClock clock_;
  std::vector<std::string> packets_;
};

TEST_F(Replies, ATransferBeginsAndEndsWithTheSoaAndHasAllBetween) {
  const auto messages =
      Transfer(ImageOf("www A 192.0.2.2\nwww A 192.0.2.3\nsub NS ns.sub\n"
                       "ns.sub A 192.0.2.4\nx.y.z TXT a\n"));
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].flags, 0x8400);
  EXPECT_EQ(messages[0].questions.size(), 1U);
  const std::vector<Rr> all = AllOf(messages);
  ASSERT_EQ(all.size(), 9U);
  EXPECT_EQ(all.front().type, zone::kSoa);
  EXPECT_EQ(all.back(), all.front());
  for (size_t i = 1; i + 1 < all.size(); ++i) EXPECT_NE(all[i].type, zone::kSoa);
}

TEST_F(Replies, ALongTransferFillsItsMessagesAndLosesNothing) {
  const auto image = ImageOf("$GENERATE 1-5000 host$ A 10.0.0.1\n");
  for (const size_t room : {512U, 4096U, 65535U}) {
    packets_.clear();
    const auto messages = Transfer(image, room);
    EXPECT_EQ(AllOf(messages).size(), 5004U);
    // Behind 16 KiB names could not be compressed.
    const size_t filled = std::min<size_t>(room, 0x4000);
    for (size_t i = 0; i + 1 < packets_.size(); ++i) {
      EXPECT_GT(packets_[i].size() + 32, filled);
      EXPECT_LT(packets_[i].size(), filled + 32);
    }
    EXPECT_EQ(messages[0].questions.size(), 1U);
    if (messages.size() > 1) {
      EXPECT_EQ(messages[1].questions.size(), 0U);
    }
  }
}

TEST_F(Replies, EveryMessageOfASignedTransferIsSigned) {
  const auto key = KeyNamed("k");
  TsigSigner asks(key);
  const std::string request = SignedBy(asks, AskFor("example.com", 252), clock_.WallNow());
  Transfer(ImageOf("$GENERATE 1-500 host$ A 10.0.0.1\n"), 1024,
           TsigSigner(key, *ReadMessage(Octets(request)).value().tsig));
  ASSERT_GT(packets_.size(), 5U);
  TsigChecker checker(key, asks.mac());
  for (const std::string& packet : packets_) {
    EXPECT_LE(packet.size(), 1024U);
    EXPECT_EQ(checker.Check(Octets(packet), ReadMessage(Octets(packet)).value(), clock_.WallNow()),
              TsigError::kNone);
    EXPECT_TRUE(checker.may_end());
  }
}

TEST_F(Replies, ASteeredRecordIsItsFallbackAndNeverNothing) {
  const std::vector<zone::SteeredOwner> steered = {
      {.owner = wire::Name::Parse("www.example.com").value(), .types = zone::kAddressTypes}};
  const auto image = ImageOf("www TXT beside\n", steered);
  image->fallbacks = {{{"", 1, 60, {"abcd", "efgh"}}, {"", 28, 60, {"0123456789abcdef"}}}};
  std::map<uint16_t, size_t> types;
  for (const Rr& rr : AllOf(Transfer(image))) {
    if (rr.owner == WireName("www.example.com")) ++types[rr.type];
  }
  EXPECT_EQ(types, (std::map<uint16_t, size_t>{{1, 2}, {16, 1}, {28, 1}}));
}

TEST_F(Replies, ARecordThatFitsNowhereEndsTheTransferBeforeTheSecondSoa) {
  std::string text = "big TXT";
  for (int i = 0; i < 4; ++i) text += " \"" + std::string(200, 'x') + "\"";
  const std::vector<Rr> all = AllOf(Transfer(ImageOf(text + "\n"), 700));
  EXPECT_NE(all.back().type, zone::kSoa);
}

TEST_F(Replies, HaveAnOptWhereTheRequestHadOne) {
  std::string packet = AskFor("example.com", zone::kAxfr);
  packet += std::string("\0\0\x29\4\xD0\0\0\0\0\0\0", 11);
  packet[wire::kAdditionalCountAt + 1] = 1;
  const Message request = ReadMessage(Octets(packet)).value();
  EXPECT_EQ(request.udp_octets, 1232);
  ReplyHead head = ReplyHead::For(request, 0);
  head.cookie = "a cookie of 24 octets...";
  for (const size_t room : {512U, 65535U}) {
    auto source = TransferReply(head, std::nullopt, clock_,
                                WholeZone(ImageOf("$GENERATE 1-100 host$ A 10.0.0.1\n")));
    std::string buffer(room, '\0');
    while (const size_t octets = source->Next(Octets(buffer))) {
      const std::string message = buffer.substr(0, octets);
      EXPECT_TRUE(ReadMessage(Octets(message)).value().has_opt);
      EXPECT_EQ(ReadMessage(Octets(message)).value().cookie, head.cookie);
    }
  }
}

TEST_F(Replies, BadSignaturesAreToldWithoutAMac) {
  TsigSigner signer(KeyNamed("k"));
  const std::string packet = SignedBy(signer, AskFor("example.com", 252), clock_.WallNow());
  const Message request = ReadMessage(Octets(packet)).value();
  for (const TsigError error : {TsigError::kBadKey, TsigError::kBadSig}) {
    std::string buffer(1232, '\0');
    auto source = BadSignatureReply(request, {nullptr, error}, clock_);
    buffer.resize(source->Next(Octets(buffer)));
    const Message reply = ReadMessage(Octets(buffer)).value();
    EXPECT_EQ(reply.rcode(), 9) << "NOTAUTH";
    EXPECT_EQ(reply.tsig->error, static_cast<uint16_t>(error));
    EXPECT_EQ(reply.tsig->mac, "");
  }
}

TEST_F(Replies, BadTimeIsToldWithASignature) {
  const auto key = KeyNamed("k");
  TsigSigner signer(key);
  const std::string packet = SignedBy(signer, AskFor("example.com", 252), clock_.WallNow());
  const Message request = ReadMessage(Octets(packet)).value();
  clock_.Advance(std::chrono::hours(1));
  std::string buffer(1232, '\0');
  auto source = BadSignatureReply(request, {key, TsigError::kBadTime}, clock_);
  buffer.resize(source->Next(Octets(buffer)));
  const Message reply = ReadMessage(Octets(buffer)).value();
  EXPECT_EQ(reply.rcode(), 9);
  TsigChecker checker(key, signer.mac());
  EXPECT_EQ(checker.Check(Octets(buffer), reply, clock_.WallNow() - std::chrono::hours(1)),
            TsigError::kBadTime)
      << "the error that it carries, in a signature that is good";
}

}  // namespace
}  // namespace waypost::transfer
