#include "dnsd/transfer/request.h"

#include <gmock/gmock.h>

#include "dnsd/transfer/replies.h"
#include "dnsd/wire/octets.h"
#include "tests/unit/transfer/secondary_words.h"

namespace waypost::transfer {
namespace {

using ::testing::HasSubstr;

class Requests : public ::testing::Test {
 protected:
  const Question question_{test::WireName("example.com"), zone::kSoa, 1};

  /// What a primary with these keys makes of the request's signature, and how it signs `reply`.
  std::string Answered(Request& request, const KeyRing& keys, std::string reply) {
    const std::string asked = request.Write(clock_.WallNow());
    const Message message = ReadMessage(Octets(asked)).value();
    const TsigVerdict verdict = CheckRequest(Octets(asked), message, keys, clock_.WallNow());
    std::string out(65535, '\0');
    if (!verdict.is_good()) {
      out.resize(BadSignatureReply(message, verdict, clock_)->Next(Octets(out)));
      return out;
    }
    if (verdict.key == nullptr) return reply;
    TsigSigner signer(verdict.key, *message.tsig);
    return SignedBy(signer, std::move(reply), clock_.WallNow());
  }
  std::string Reply(uint16_t rcode = 0, uint16_t id = 7, const std::string& name = "example.com") {
    std::string packet(512, '\0');
    const std::string wire = test::WireName(name);
    const auto flags =
        static_cast<uint16_t>(wire::kFlagResponse | wire::kFlagAuthoritative | rcode);
    MessageWriter writer(Octets(packet), id, flags);
    writer.AddQuestion(wire, zone::kSoa);
    const Rr soa = Soa(42);
    if (rcode == 0) writer.Add(Part::kAnswer, {soa.owner, soa.type, soa.ttl, soa.rdata});
    packet.resize(writer.octets());
    return packet;
  }
  std::string TroubleOf(Request& request, const std::string& reply) {
    const auto read = request.Read(Octets(reply), clock_.WallNow());
    return read ? "none" : std::string(NameOf(read.error().layer)) + ": " + read.error().fact;
  }
  KeyRing RingOf(const std::shared_ptr<const TsigKey>& key) { return {{key->name, key}}; }

  VirtualClock clock_;
};

TEST_F(Requests, ReadTheSerialOfAnAnswer) {
  Request request(7, question_, "", nullptr);
  const std::string reply = Answered(request, {}, Reply());
  const auto message = request.Read(Octets(reply), clock_.WallNow());
  ASSERT_TRUE(message);
  EXPECT_EQ(SerialFrom(*message, question_), 42U);
}

TEST_F(Requests, AnIncrementalOneCarriesTheVersionThatIsKnown) {
  Request request(7, {question_.name, zone::kIxfr, 1}, Soa(41).rdata, nullptr);
  const auto message = ReadMessage(Octets(request.Write(clock_.WallNow())));
  ASSERT_TRUE(message);
  ASSERT_EQ(message->authority.size(), 1U);
  EXPECT_EQ(message->authority[0].rdata, Soa(41).rdata);
}

TEST_F(Requests, AreSignedAndWantSignedReplies) {
  const auto key = KeyNamed("a.key");
  Request request(7, question_, "", key);
  const std::string reply = Answered(request, RingOf(key), Reply());
  EXPECT_TRUE(request.Read(Octets(reply), clock_.WallNow()));
  EXPECT_TRUE(request.MayEnd());
}

TEST_F(Requests, NameTheKeyThatThePrimaryDoesNotKnow) {
  Request unknown(7, question_, "", KeyNamed("a.key"));
  EXPECT_EQ(TroubleOf(unknown, Answered(unknown, {}, Reply())),
            "tsig: the primary says BADKEY of the key a.key");
  Request wrong(7, question_, "", KeyNamed("a.key", Algorithm::kHmacSha256, "other"));
  EXPECT_EQ(TroubleOf(wrong, Answered(wrong, RingOf(KeyNamed("a.key")), Reply())),
            "tsig: the primary says BADSIG of the key a.key");
}

TEST_F(Requests, SeeThatAReplyIsNotOrBadlySigned) {
  const auto key = KeyNamed("a.key");
  Request request(7, question_, "", key);
  std::string reply = Answered(request, RingOf(key), Reply());
  reply[reply.size() - 10] ^= 1;
  EXPECT_THAT(TroubleOf(request, reply), HasSubstr("tsig: the signature of the reply is not good"));
  EXPECT_EQ(TroubleOf(request, Reply()), "tsig: the reply is not signed");
  EXPECT_EQ(TroubleOf(request, Reply(5)), "rcode: the primary says REFUSED, without a signature");
}

TEST_F(Requests, SeeThatTheClocksDiffer) {
  const auto key = KeyNamed("a.key");
  Request request(7, question_, "", key);
  const std::string reply = Answered(request, RingOf(key), Reply());
  clock_.Advance(std::chrono::hours(1));
  EXPECT_THAT(TroubleOf(request, reply), HasSubstr("BADTIME"));
}

TEST_F(Requests, TellWhatIsWrongWithAReply) {
  Request request(7, question_, "", nullptr);
  EXPECT_EQ(TroubleOf(request, Reply(5)), "rcode: the primary says REFUSED");
  EXPECT_EQ(TroubleOf(request, Reply(11)), "rcode: the primary says rcode 11");
  EXPECT_EQ(TroubleOf(request, Reply(0, 8)), "format: what came is no reply to the request");
  EXPECT_EQ(TroubleOf(request, Reply(0, 7, "example.net")),
            "format: the reply is to another question");
  EXPECT_THAT(TroubleOf(request, Reply().substr(0, 20)), HasSubstr("format: "));
  EXPECT_EQ(TroubleOf(request, "abc"), "format: what came is no reply to the request");
  std::string truncated = Reply();
  truncated[2] |= 2;
  EXPECT_EQ(TroubleOf(request, truncated), "format: the reply is truncated");
}

TEST_F(Requests, WantAuthority) {
  Message reply = Answering({Soa(42)});
  EXPECT_TRUE(SerialFrom(reply, question_));
  reply.answer.clear();
  EXPECT_EQ(SerialFrom(reply, question_).error().layer, Layer::kAuthority);
  reply = Answering({Soa(42)});
  reply.flags = wire::kFlagResponse;
  EXPECT_EQ(SerialFrom(reply, question_).error().layer, Layer::kAuthority);
}

}  // namespace
}  // namespace waypost::transfer
