#include "dnsd/wire/query.h"

#include <gtest/gtest.h>

#include "tests/support/dns_message.h"

namespace waypost::wire {
namespace {

using test::Bytes;
using test::Put16;
using test::QueryPacket;

Query Parsed(const Bytes& packet) {
  Query query;
  EXPECT_TRUE(ParseQuery(packet, query));
  return query;
}

std::string NameOf(std::span<const uint8_t> wire) {
  return Name::FromWire({reinterpret_cast<const char*>(wire.data()), wire.size()})
      .value()
      .ToString();
}

/// Twelve octets with these counts.
Bytes Header(unsigned qd, unsigned an = 0, unsigned ns = 0, unsigned ar = 0) {
  Bytes out;
  for (const unsigned word : {0x1234U, 0x0100U, qd, an, ns, ar}) Put16(out, word);
  return out;
}

void Append(Bytes& to, const Bytes& more) { to.insert(to.end(), more.begin(), more.end()); }

const Bytes kQuestion = {1, 'a', 0, 0, 1, 0, 1};
const Bytes kOpt = {0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0};
const Bytes kTsig = {0, 0, 250, 0, 255, 0, 0, 0, 0, 0, 0};

TEST(Query, KeepsTheNameAsAskedAndLowered) {
  const Bytes packet = QueryPacket("wWw.ExAmple.com", 28).Id(0xBEEF).Build();
  const Query query = Parsed(packet);
  EXPECT_EQ(query.problem, Rcode::kNoError);
  EXPECT_EQ(query.id, 0xBEEF);
  EXPECT_EQ(NameOf(query.qname_as_asked()), "wWw.ExAmple.com");
  EXPECT_EQ(NameOf(query.qname()), "www.example.com");
  EXPECT_EQ(query.qtype, 28);
  EXPECT_EQ(query.qclass, kClassIn);
}

TEST(Query, TheRootHasNoLabels) {
  const Query query = Parsed(QueryPacket(".", 2).Build());
  EXPECT_EQ(query.qname_octets, 1);
  EXPECT_EQ(query.qname()[0], 0);
}

TEST(Query, TakesTheLongestNameAndNoLonger) {
  Bytes packet = Header(1);
  for (int i = 0; i < 127; ++i) Append(packet, {1, 'x'});
  Bytes longer = packet;
  Append(packet, {0, 0, 1, 0, 1});
  EXPECT_EQ(Parsed(packet).qname_octets, 255);
  Append(longer, {1, 'x', 0, 0, 1, 0, 1});
  EXPECT_EQ(Parsed(longer).problem, Rcode::kFormErr);
}

TEST(Query, DropsRepliesAndStumps) {
  Query query;
  EXPECT_FALSE(ParseQuery(QueryPacket("a", 1).Flags(0x8000).Build(), query));
  EXPECT_FALSE(ParseQuery(Bytes(11, 0), query));
  EXPECT_FALSE(ParseQuery({}, query));
}

TEST(Query, AnyPrefixOfAQueryIsAFormatError) {
  const Bytes whole = QueryPacket("www.example.com", 1).Subnet(1, 24, {198, 51, 100}).Build();
  for (size_t length = kHeaderOctets; length < whole.size(); ++length) {
    const Query query = Parsed(Bytes(whole.begin(), whole.begin() + static_cast<long>(length)));
    EXPECT_EQ(query.problem, Rcode::kFormErr) << length;
    EXPECT_FALSE(query.has_question);
  }
  EXPECT_EQ(Parsed(whole).problem, Rcode::kNoError);
}

TEST(Query, OctetsBehindTheMessageSayNothing) {
  Bytes packet = QueryPacket("a", 1).Edns().Build();
  Append(packet, {1, 'b', 0xC0, 0xFF});
  const Query query = Parsed(packet);
  EXPECT_EQ(query.problem, Rcode::kNoError);
  EXPECT_EQ(NameOf(query.qname()), "a");
  EXPECT_TRUE(query.edns.present);
}

TEST(Query, WantsExactlyOneQuestion) {
  EXPECT_EQ(Parsed(Header(0)).problem, Rcode::kFormErr);
  Bytes two = Header(2);
  Append(two, kQuestion);
  Append(two, kQuestion);
  EXPECT_EQ(Parsed(two).problem, Rcode::kFormErr);
  EXPECT_FALSE(Parsed(two).has_question);
}

TEST(Query, WithoutOneQuestionStillHasAnOpt) {
  for (const uint16_t questions : {0, 2}) {
    Bytes packet = Header(questions, 0, 0, 1);
    for (uint16_t i = 0; i < questions; ++i) Append(packet, kQuestion);
    Append(packet, kOpt);
    EXPECT_EQ(Parsed(packet).problem, Rcode::kFormErr);
    EXPECT_TRUE(Parsed(packet).edns.present);
    EXPECT_FALSE(Parsed(packet).has_question);
  }
}

TEST(Query, ACompressedQuestionIsAFormatError) {
  Bytes packet = Header(1);
  Append(packet, {1, 'a', 0xC0, 12, 0, 1, 0, 1});
  EXPECT_EQ(Parsed(packet).problem, Rcode::kFormErr);
}

TEST(Query, TwoOptsAreAFormatErrorThatKnowsTheFirst) {
  Bytes packet = Header(1, 0, 0, 2);
  Append(packet, kQuestion);
  Append(packet, kOpt);
  Append(packet, kOpt);
  EXPECT_EQ(Parsed(packet).problem, Rcode::kFormErr);
  EXPECT_TRUE(Parsed(packet).edns.present);
  EXPECT_TRUE(Parsed(packet).has_question);
}

TEST(Query, AnOptElsewhereIsAFormatError) {
  Bytes packet = Header(1, 0, 1, 0);
  Append(packet, kQuestion);
  Append(packet, kOpt);
  EXPECT_EQ(Parsed(packet).problem, Rcode::kFormErr);
}

TEST(Query, AnOptWithAnOwnerIsAFormatError) {
  Bytes packet = Header(1, 0, 0, 1);
  Append(packet, kQuestion);
  Append(packet, {0xC0, 12});
  packet.insert(packet.end(), kOpt.begin() + 1, kOpt.end());
  EXPECT_EQ(Parsed(packet).problem, Rcode::kFormErr);
}

TEST(Query, ATsigIsTheLastRecordOfTheAdditionalSection) {
  Bytes packet = Header(1, 0, 0, 2);
  for (const Bytes& part : {kQuestion, kOpt, kTsig}) Append(packet, part);
  EXPECT_EQ(Parsed(packet).problem, Rcode::kNoError);
  EXPECT_TRUE(Parsed(packet).has_tsig);
  EXPECT_FALSE(Parsed(QueryPacket("a", 1).Edns().Build()).has_tsig);
}

TEST(Query, ATsigElsewhereIsAFormatError) {
  for (const bool is_answer : {true, false}) {
    Bytes packet = is_answer ? Header(1, 1) : Header(1, 0, 1);
    for (const Bytes& part : {kQuestion, kTsig}) Append(packet, part);
    EXPECT_EQ(Parsed(packet).problem, Rcode::kFormErr);
    EXPECT_FALSE(Parsed(packet).has_tsig);
  }
  Bytes early = Header(1, 0, 0, 2);
  for (const Bytes& part : {kQuestion, kTsig, kOpt}) Append(early, part);
  EXPECT_EQ(Parsed(early).problem, Rcode::kFormErr);
  EXPECT_TRUE(Parsed(early).edns.present);
  Bytes two = Header(1, 0, 0, 2);
  for (const Bytes& part : {kQuestion, kTsig, kTsig}) Append(two, part);
  EXPECT_EQ(Parsed(two).problem, Rcode::kFormErr);
}

TEST(Query, APointerThatDoesNotLeadBackToANameIsAFormatError) {
  Bytes question = Header(1, 0, 0, 1);
  Append(question, kQuestion);
  const auto here = static_cast<uint8_t>(question.size());
  const Bytes owners[] = {{0xC0, here},          // itself
                          {1, 'a', 0xC0, here},  // its own beginning
                          {0xC0, 200},           // what comes later
                          {0xC0, 4},             // the header
                          {0xC0, 11}};
  for (const Bytes& owner : owners) {
    Bytes packet = question;
    Append(packet, owner);
    Append(packet, {0, 1, 0, 1, 0, 0, 0, 0, 0, 0});
    EXPECT_EQ(Parsed(packet).problem, Rcode::kFormErr) << int{owner.back()};
  }
}

TEST(Query, PassesOverOtherRecordsOnTheWayToOpt) {
  Bytes packet = Header(1, 0, 1, 1);
  Append(packet, kQuestion);
  Append(packet, {0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4});
  Append(packet, kOpt);
  EXPECT_EQ(Parsed(packet).problem, Rcode::kNoError);
  EXPECT_TRUE(Parsed(packet).edns.present);
}

TEST(Query, ARecordThatCannotBeOneIsAFormatError) {
  const auto problem = [](uint8_t type, size_t octets, uint8_t record_class = 1,
                          uint8_t opcode = 0) {
    Bytes packet = Header(1, 0, 1);
    packet[2] = static_cast<uint8_t>(opcode << 3);
    Append(packet, kQuestion);
    Append(packet, {0, 0, type, 0, record_class, 0, 0, 0, 0, 0, static_cast<uint8_t>(octets)});
    Append(packet, Bytes(octets, 0));
    return Parsed(packet).problem;
  };
  constexpr uint8_t kA = 1, kNs = 2, kSoa = 6, kAaaa = 28, kAny = 255, kUnknown = 200;
  EXPECT_EQ(problem(kA, 4), Rcode::kNoError);
  EXPECT_EQ(problem(kSoa, 22), Rcode::kNoError);
  EXPECT_EQ(problem(kUnknown, 0), Rcode::kNoError);
  EXPECT_EQ(problem(kA, 3, 3), Rcode::kNoError) << "another class, another format";
  EXPECT_EQ(problem(kA, 3), Rcode::kFormErr);
  EXPECT_EQ(problem(kAaaa, 17), Rcode::kFormErr);
  EXPECT_EQ(problem(kNs, 0), Rcode::kFormErr);
  EXPECT_EQ(problem(kSoa, 21), Rcode::kFormErr);
  EXPECT_EQ(problem(kAny, 0), Rcode::kFormErr);
  EXPECT_EQ(problem(kA, 0, 1, 5), Rcode::kNotImp);
}

TEST(Query, OtherOpcodesAreNotImplementedWhateverTheirBody) {
  EXPECT_EQ(Parsed(QueryPacket("a", 6).Flags(4 << 11).Edns().Build()).problem, Rcode::kNotImp);
  EXPECT_TRUE(Parsed(QueryPacket("a", 6).Flags(4 << 11).Edns().Build()).edns.present);
  Bytes stateful = Header(0);
  stateful[2] = 6 << 3;
  EXPECT_EQ(Parsed(stateful).problem, Rcode::kNotImp);
}

TEST(Query, ABadSubnetIsAFormatErrorThatKnowsQuestionAndOpt) {
  const Query query = Parsed(QueryPacket("a", 1).Subnet(1, 24, {198, 51}).Build());
  EXPECT_EQ(query.problem, Rcode::kFormErr);
  EXPECT_TRUE(query.has_question);
  EXPECT_TRUE(query.edns.present);
  EXPECT_FALSE(query.edns.subnet.present);
}

TEST(Query, NothingIsLeftOfTheQueryBefore) {
  Query query;
  ASSERT_TRUE(ParseQuery(QueryPacket("a.b.c", 1).Subnet(1, 24, {198, 51, 100}).Build(), query));
  ASSERT_TRUE(ParseQuery(QueryPacket("d", 28).Build(), query));
  EXPECT_FALSE(query.edns.present);
  EXPECT_FALSE(query.edns.subnet.present);
  EXPECT_EQ(NameOf(query.qname()), "d");
  EXPECT_EQ(query.qname_octets, 3);
}

}  // namespace
}  // namespace waypost::wire
