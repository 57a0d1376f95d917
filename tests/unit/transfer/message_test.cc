#include "dnsd/transfer/message.h"

#include <gmock/gmock.h>

#include "dnsd/base/random.h"
#include "tests/unit/transfer/transfer_words.h"

namespace waypost::transfer {
namespace {

using namespace std::string_literals;

/// A message whose answer is one record, with these octets as they are.
std::string WithAnswer(const std::string& owner, uint16_t type, const std::string& rdata,
                       uint16_t record_class = 1) {
  test::Bytes out;
  for (const unsigned word : {4711U, 0x8000U, 0U, 1U, 0U, 0U}) test::Put16(out, word);
  test::PutAll(out, owner);
  test::Put16(out, type);
  test::Put16(out, record_class);
  test::Put32(out, 60);
  test::Put16(out, static_cast<unsigned>(rdata.size()));
  test::PutAll(out, rdata);
  return {out.begin(), out.end()};
}

bool IsRead(const std::string& message) { return ReadMessage(Octets(message)).has_value(); }

TEST(TransferMessage, NamesAreReadUncompressedAndKeepTheirCase) {
  const auto message =
      ReadMessage(Octets(WithAnswer("\3WwW\7example\3Com\0"s, 15, "\0\12\4mail\xC0\x10"s)));
  ASSERT_TRUE(message);
  ASSERT_EQ(message->answer.size(), 1U);
  EXPECT_EQ(message->answer[0].owner, "\3WwW\7example\3Com\0"s);
  EXPECT_EQ(message->answer[0].rdata, "\0\12\4mail\7example\3Com\0"s);
}

TEST(TransferMessage, PointersMustLeadBackBeforeTheName) {
  EXPECT_FALSE(IsRead(WithAnswer("\xC0\x0C"s, 1, "abcd"))) << "to itself";
  EXPECT_FALSE(IsRead(WithAnswer("\1a\xC0\x0C"s, 1, "abcd"))) << "to its own start";
  EXPECT_FALSE(IsRead(WithAnswer("\xC0\x20"s, 1, "abcd"))) << "forward";
}

TEST(TransferMessage, ANameHasNoMorePointersThanLabels) {
  // The RDATA is the root, and pointers that lead to one another, the first one to the root.
  const auto with_chain = [](size_t pointers) {
    constexpr size_t kRdataAt = wire::kHeaderOctets + 1 + 10;
    std::string chain("\0", 1);
    size_t last = kRdataAt;
    for (size_t i = 1; i < pointers; ++i) {
      const size_t here = kRdataAt + chain.size();
      chain += {static_cast<char>(0xC0 | last >> 8), static_cast<char>(last)};
      last = here;
    }
    std::string message = WithAnswer("\0"s, 65280, chain);
    message[wire::kAnswerCountAt + 1] = 2;
    message += {static_cast<char>(0xC0 | last >> 8), static_cast<char>(last)};
    return message + "\xFF\0\0\1\0\0\0\0\0\0"s;
  };
  EXPECT_TRUE(IsRead(with_chain(127)));
  EXPECT_FALSE(IsRead(with_chain(128)));
}

TEST(TransferMessage, RdataHasTheFormOfItsType) {
  EXPECT_TRUE(IsRead(WithAnswer("\0"s, 1, "abcd")));
  EXPECT_FALSE(IsRead(WithAnswer("\0"s, 1, "abc"))) << "A of three octets";
  EXPECT_FALSE(IsRead(WithAnswer("\0"s, 1, "abcde"))) << "A of five";
  EXPECT_FALSE(IsRead(WithAnswer("\0"s, 28, "abcd"))) << "AAAA of four";
  EXPECT_FALSE(IsRead(WithAnswer("\0"s, 2, "\3abc"s))) << "NS without an end";
  EXPECT_FALSE(IsRead(WithAnswer("\0"s, 2, "\0x"s))) << "NS with something behind";
  EXPECT_FALSE(IsRead(WithAnswer("\0"s, 33, "123456"))) << "SRV without a target";
  EXPECT_FALSE(IsRead(WithAnswer("\0"s, 6,
                                 "\0\0"
                                 "1234567890123456789"s)))
      << "SOA, 19 octets";
  EXPECT_FALSE(IsRead(WithAnswer("\0"s, 16, "\3ab"s))) << "TXT that is cut";
  EXPECT_FALSE(IsRead(WithAnswer("\0"s, 16, ""))) << "TXT of nothing";
  EXPECT_TRUE(IsRead(WithAnswer("\0"s, 16, "\2ab\0"s)));
  EXPECT_TRUE(IsRead(WithAnswer("\0"s, 65280, "anything")));
  EXPECT_FALSE(IsRead(WithAnswer("\0"s, 1, ""))) << "class IN is no pattern";
  EXPECT_TRUE(IsRead(WithAnswer("\0"s, 1, "", kClassAny))) << "RFC 2136: any such RRset";
}

TEST(TransferMessage, WhatIsCutOrLongerIsRefused) {
  const std::string whole = WithAnswer("\3www\0"s, 15, "\0\12\4mail\0"s);
  for (size_t octets = 0; octets < whole.size(); ++octets) {
    EXPECT_FALSE(IsRead(whole.substr(0, octets))) << octets;
  }
  EXPECT_TRUE(IsRead(whole));
  EXPECT_FALSE(IsRead(whole + "x"));
}

TEST(TransferMessage, ATsigStandsInTheAdditionalSectionOnly) {
  const std::string tsig = "\0"s + std::string(16, '\0');
  EXPECT_FALSE(IsRead(WithAnswer("\0"s, wire::kTypeTsig, tsig, kClassAny)));
  std::string moved = WithAnswer("\0"s, wire::kTypeTsig, tsig, kClassAny);
  std::swap(moved[wire::kAnswerCountAt + 1], moved[wire::kAuthorityCountAt + 1]);
  EXPECT_FALSE(IsRead(moved));
  std::swap(moved[wire::kAuthorityCountAt + 1], moved[wire::kAdditionalCountAt + 1]);
  ASSERT_FALSE(IsRead(moved)) << "a TTL that is not 0";
  moved[wire::kHeaderOctets + 8] = 0;
  EXPECT_TRUE(IsRead(moved));
}

TEST(TransferMessage, AnOptStandsOnceInTheAdditionalSection) {
  constexpr uint16_t kOpt = 41, kPayload = 1232;
  std::string moved = WithAnswer("\0"s, kOpt, "", kPayload);
  EXPECT_FALSE(IsRead(moved));
  std::swap(moved[wire::kAnswerCountAt + 1], moved[wire::kAdditionalCountAt + 1]);
  ASSERT_TRUE(IsRead(moved));
  std::string twice = moved + moved.substr(wire::kHeaderOctets);
  ++twice[wire::kAdditionalCountAt + 1];
  EXPECT_FALSE(IsRead(twice));
  std::string owned = WithAnswer("\1a\0"s, kOpt, "", kPayload);
  std::swap(owned[wire::kAnswerCountAt + 1], owned[wire::kAdditionalCountAt + 1]);
  EXPECT_FALSE(IsRead(owned));
}

TEST(TransferMessage, AnyOctetsAreReadOrRefused) {
  Random random(7);
  const std::string sound =
      WithAnswer("\3www\7example\0"s, 6, "\xC0\x0C\xC0\x10"s + std::string(20, 'x'));
  ASSERT_TRUE(IsRead(sound));
  for (int i = 0; i < 20000; ++i) {
    std::string broken = sound;
    for (int j = 0; j < 3; ++j) {
      broken[random.Below(broken.size())] = static_cast<char>(random.Next());
    }
    const auto message = ReadMessage(Octets(broken));
    if (!message) continue;
    for (const Rr& rr : message->answer) {
      EXPECT_EQ(CanonicalRdata(rr.type, rr.rdata).size(), rr.rdata.size());
    }
  }
}

TEST(TransferMessage, CanonicalRdataLowersNamesOnly) {
  EXPECT_EQ(CanonicalRdata(15, "\0\12\4MAIL\0"s), "\0\12\4mail\0"s);
  EXPECT_EQ(CanonicalRdata(35, "ABCD\1A\1B\1C\3SIP\0"s), "ABCD\1A\1B\1C\3sip\0"s);
  EXPECT_EQ(CanonicalRdata(16, "\4TEXT"s), "\4TEXT"s);
}

TEST(TransferMessage, WritingAndReadingAgree) {
  std::string packet(65535, '\0');
  const std::string owner = test::WireName("a.Example.com");
  const std::string mx = "\0\12"s + test::WireName("mail.Example.com");
  const std::string srv = "\0\0\0\0\0\0"s + test::WireName("mail.Example.com");
  MessageWriter writer(Octets(packet), 1, 0x8400);
  ASSERT_TRUE(writer.AddQuestion(owner, 252));
  ASSERT_TRUE(writer.Add(Part::kAnswer, {owner, 15, 60, mx}));
  const size_t before = writer.octets();
  ASSERT_TRUE(writer.Add(Part::kAnswer, {owner, 15, 60, mx}));
  EXPECT_EQ(writer.octets() - before, 2U + 10U + 2U + 2U) << "both names are pointers";
  ASSERT_TRUE(writer.Add(Part::kAuthority, {owner, 33, 60, srv}));
  packet.resize(writer.octets());
  const auto message = ReadMessage(Octets(packet));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->flags, 0x8400);
  EXPECT_EQ(message->answer[1], (Rr{owner, 15, 1, 60, mx}));
  EXPECT_EQ(message->authority[0], (Rr{owner, 33, 1, 60, srv}));
  EXPECT_THAT(packet, ::testing::EndsWith(srv)) << "SRV is never compressed";
}

TEST(TransferMessage, WhatDoesNotFitLeavesNoTrace) {
  std::string packet(512, '\0');
  const std::string owner = test::WireName("example.com");
  const std::string long_name = test::WireName(std::string(20, 'x') + ".example.com");
  const std::string text = "\xC8" + std::string(200, 't');
  MessageWriter writer(Octets(packet), 1, 0);
  while (writer.Add(Part::kAnswer, {owner, 16, 60, text})) {
  }
  const size_t before = writer.octets();
  EXPECT_FALSE(writer.Add(Part::kAnswer, {long_name, 16, 60, text}));
  EXPECT_EQ(writer.octets(), before);
  ASSERT_TRUE(writer.Add(Part::kAnswer, {long_name, 1, 60, "abcd"}));
  packet.resize(writer.octets());
  const auto message = ReadMessage(Octets(packet));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->answer.back().owner, long_name);
}

}  // namespace
}  // namespace waypost::transfer
