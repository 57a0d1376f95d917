#include "dnsd/transfer/tsig.h"

#include <gmock/gmock.h>

#include "dnsd/wire/octets.h"
#include "tests/unit/transfer/transfer_words.h"

namespace waypost::transfer {
namespace {

using namespace std::chrono_literals;

constexpr Algorithm kAlgorithms[] = {Algorithm::kHmacSha1, Algorithm::kHmacSha256,
                                     Algorithm::kHmacSha384, Algorithm::kHmacSha512};

class Signatures : public ::testing::Test {
 protected:
  TsigVerdict Check(const std::string& packet, Wall at) {
    const auto message = ReadMessage(Octets(packet));
    EXPECT_TRUE(message) << "malformed";
    return message ? CheckRequest(Octets(packet), *message, keys_, at) : TsigVerdict{};
  }
  TsigVerdict Check(const std::string& packet) { return Check(packet, now_); }
  std::string Signed(std::shared_ptr<const TsigKey> key) {
    TsigSigner signer(std::move(key));
    return SignedBy(signer, AskFor("example.com", 252), now_);
  }
  void Know(const std::shared_ptr<const TsigKey>& key) { keys_[key->name] = key; }

  KeyRing keys_;
  const Wall now_ = Wall(std::chrono::seconds(1'700'000'000));
};

TEST_F(Signatures, AreGoodWithTheRightKeyInEveryAlgorithm) {
  for (const Algorithm algorithm : kAlgorithms) {
    const auto key = KeyNamed("k.example", algorithm);
    Know(key);
    const auto verdict = Check(Signed(key));
    EXPECT_TRUE(verdict.is_good());
    EXPECT_EQ(verdict.key, key);
  }
}

TEST_F(Signatures, TakeTheRoomThatTheySay) {
  for (const Algorithm algorithm : kAlgorithms) {
    TsigSigner signer(KeyNamed("k.example", algorithm));
    const std::string packet = AskFor("example.com", 252);
    EXPECT_EQ(SignedBy(signer, packet, now_).size(), packet.size() + signer.octets());
    EXPECT_LE(signer.octets(), kMaxTsigOctets);
  }
}

TEST_F(Signatures, OfUnknownKeysAndOtherAlgorithmsAreBadKey) {
  EXPECT_EQ(Check(Signed(KeyNamed("other"))).error, TsigError::kBadKey);
  Know(KeyNamed("k", Algorithm::kHmacSha256));
  EXPECT_EQ(Check(Signed(KeyNamed("k", Algorithm::kHmacSha512))).error, TsigError::kBadKey);
}

TEST_F(Signatures, OfAnotherSecretOrMessageAreBadSig) {
  Know(KeyNamed("k"));
  EXPECT_EQ(Check(Signed(KeyNamed("k", Algorithm::kHmacSha256, "wrong"))).error,
            TsigError::kBadSig);
  std::string packet = Signed(KeyNamed("k"));
  packet[wire::kHeaderOctets + 1] = 'X';
  EXPECT_EQ(Check(packet).error, TsigError::kBadSig);
}

TEST_F(Signatures, SurviveAChangedIdBecauseTheOriginalIsKept) {
  Know(KeyNamed("k"));
  std::string packet = Signed(KeyNamed("k"));
  packet[0] = static_cast<char>(packet[0] + 1);
  EXPECT_TRUE(Check(packet).is_good());
}

TEST_F(Signatures, AreBadTimeOutsideOfTheFudge) {
  Know(KeyNamed("k"));
  const std::string packet = Signed(KeyNamed("k"));
  EXPECT_TRUE(Check(packet, now_ + 300s).is_good());
  EXPECT_TRUE(Check(packet, now_ - 300s).is_good());
  EXPECT_EQ(Check(packet, now_ + 301s).error, TsigError::kBadTime);
  EXPECT_EQ(Check(packet, now_ - 301s).error, TsigError::kBadTime);
}

/// The same message with its MAC cut to `octets`.
std::string WithMacOf(const std::string& packet, size_t octets) {
  const auto message = ReadMessage(Octets(packet)).value();
  const Tsig& tsig = *message.tsig;
  const size_t rdata_at = tsig.at + tsig.key.size() + 10;
  const size_t mac_at = rdata_at + tsig.algorithm.size() + 8 + 2;
  const size_t cut = tsig.mac.size() - octets;
  std::string shorter = packet;
  shorter.erase(mac_at + octets, cut);
  auto* const data = reinterpret_cast<uint8_t*>(shorter.data());
  wire::WriteU16(data + mac_at - 2, static_cast<uint16_t>(octets));
  wire::WriteU16(data + rdata_at - 2,
                 static_cast<uint16_t>(wire::ReadU16(data + rdata_at - 2) - cut));
  return shorter;
}

TEST_F(Signatures, MayBeCutToHalfAndTenOctetsButNoShorter) {
  for (const Algorithm algorithm : kAlgorithms) {
    const auto key = KeyNamed("k", algorithm);
    Know(key);
    const std::string packet = Signed(key);
    const size_t full = ReadMessage(Octets(packet)).value().tsig->mac.size();
    const size_t least = std::max<size_t>(10, full / 2);
    EXPECT_TRUE(Check(WithMacOf(packet, least)).is_good());
    EXPECT_EQ(Check(WithMacOf(packet, least - 1)).error, TsigError::kFormErr);
    EXPECT_EQ(Check(WithMacOf(packet, 0)).error, TsigError::kFormErr);
  }
}

TEST_F(Signatures, OfRepliesCoverTheRequestAndTheMessagesBefore) {
  const auto key = KeyNamed("k");
  TsigSigner request_signer(key);
  const std::string request = SignedBy(request_signer, AskFor("example.com", 252), now_);
  TsigSigner replies(key, *ReadMessage(Octets(request)).value().tsig);
  std::vector<std::string> row;
  for (uint16_t i = 0; i < 4; ++i) {
    row.push_back(SignedBy(replies, AskFor("example.com", i), now_));
  }
  const auto check = [&](const std::vector<size_t>& order) {
    TsigChecker checker(key, request_signer.mac());
    TsigError worst = TsigError::kNone;
    for (const size_t i : order) {
      const TsigError error =
          checker.Check(Octets(row[i]), ReadMessage(Octets(row[i])).value(), now_);
      if (error != TsigError::kNone) worst = error;
    }
    return worst;
  };
  EXPECT_EQ(check({0, 1, 2, 3}), TsigError::kNone);
  EXPECT_EQ(check({0, 2}), TsigError::kBadSig) << "one is missing";
  EXPECT_EQ(check({0, 2, 1}), TsigError::kBadSig) << "out of order";
  EXPECT_EQ(check({1}), TsigError::kBadSig) << "the first is missing";
}

TEST_F(Signatures, MayBeMissingBetweenSignedRepliesButNotAtTheEnds) {
  const auto key = KeyNamed("k");
  TsigChecker checker(key, "mac of the request");
  const std::string bare = AskFor("example.com", 1);
  EXPECT_EQ(checker.Check(Octets(bare), ReadMessage(Octets(bare)).value(), now_),
            TsigError::kBadSig);
  EXPECT_FALSE(checker.may_end());
}

TEST_F(Signatures, OfBadTimeCarryTheServersTime) {
  const auto key = KeyNamed("k");
  Know(key);
  const std::string request = Signed(key);
  TsigSigner signer(key, *ReadMessage(Octets(request)).value().tsig);
  std::string reply = AskFor("example.com", 252);
  const size_t octets = reply.size();
  reply.resize(octets + kMaxTsigOctets);
  reply.resize(signer.SignBadTime(Octets(reply), octets, 1'700'000'000, now_ + 1000s));
  const Tsig tsig = *ReadMessage(Octets(reply)).value().tsig;
  EXPECT_EQ(tsig.error, 18);
  EXPECT_EQ(tsig.time_s, 1'700'000'000U);
  ASSERT_EQ(tsig.other.size(), 6U);
  EXPECT_EQ(wire::ReadU32(Octets(tsig.other).data() + 2), 1'700'001'000U);
}

TEST(Secrets, AreBase64OfAtMost512Octets) {
  EXPECT_EQ(ParseSecret("c2VjcmV0\n").value(), "secret");
  EXPECT_EQ(ParseSecret("YQ==").value(), "a");
  EXPECT_EQ(ParseSecret(" YWI=\r\n").value(), "ab");
  EXPECT_FALSE(ParseSecret(""));
  EXPECT_FALSE(ParseSecret("c2V"));
  EXPECT_FALSE(ParseSecret("!!!!"));
  EXPECT_FALSE(ParseSecret(std::string(1024, 'A')));
}

}  // namespace
}  // namespace waypost::transfer
