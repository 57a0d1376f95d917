#include "dnsd/wire/writer.h"

#include <gtest/gtest.h>

#include "tests/support/dns_message.h"

namespace waypost::wire {
namespace {

using test::Bytes;
using test::QueryPacket;

constexpr uint16_t kNs = 2;
constexpr uint16_t kMx = 15;

/// RDATA in the form that Records wants.
Bytes Packed(const std::vector<std::string>& rdata) {
  Bytes out;
  for (const auto& one : rdata) {
    test::Put16(out, static_cast<unsigned>(one.size()));
    test::PutAll(out, one);
  }
  return out;
}

std::span<const uint8_t> AsOctets(const std::string& s) {
  return {reinterpret_cast<const uint8_t*>(s.data()), s.size()};
}

class Writer : public ::testing::Test {
 protected:
  void Ask(const QueryPacket& packet, size_t limit = 512, const std::string& nsid = "") {
    packet_ = packet.Build();
    ASSERT_TRUE(ParseQuery(packet_, query_));
    nsid_ = nsid;
    buffer_.assign(limit, 0xAA);
    options_.nsid = AsOctets(nsid_);
    writer_.emplace(query_, buffer_, options_);
  }
  bool Add(Section section, const std::string& owner, uint16_t type,
           const std::vector<std::string>& rdata, uint32_t ttl = 60) {
    const Bytes packed = Packed(rdata);
    const std::string name = test::WireName(owner);
    return writer_->Add(section, AsOctets(name),
                        {type, static_cast<uint16_t>(rdata.size()), ttl, packed});
  }
  test::Message Finished(Rcode rcode = Rcode::kNoError, uint8_t scope = 0) {
    octets_ = writer_->Finish(rcode, scope);
    EXPECT_LE(octets_, buffer_.size());
    const auto message = test::ReadMessage(std::span(buffer_).first(octets_));
    EXPECT_TRUE(message);
    return message.value_or(test::Message{});
  }

  Bytes packet_;
  Query query_;
  std::string nsid_;
  ReplyOptions options_;
  Bytes buffer_;
  std::optional<ReplyWriter> writer_;
  size_t octets_ = 0;
};

TEST_F(Writer, RepeatsTheQuestionInItsOwnCase) {
  Ask(QueryPacket("wWw.eXample.Com", 1).Id(7));
  const auto reply = Finished();
  EXPECT_EQ(reply.id, 7);
  EXPECT_EQ(reply.qname, "wWw.eXample.Com");
  EXPECT_EQ(reply.qtype, 1);
  EXPECT_EQ(reply.flags, kFlagResponse | kFlagRecursionDesired);
}

TEST_F(Writer, ClearsCheckingDisabledAndAuthenticData) {
  Ask(QueryPacket("a", 1).Flags(0x0030));
  EXPECT_EQ(Finished().flags, kFlagResponse) << "RFC 4035 section 3.1.6";
}

TEST_F(Writer, OwnersEqualToTheQuestionArePointers) {
  Ask(QueryPacket("wWw.example.com", 1));
  ASSERT_TRUE(Add(Section::kAnswer, "www.example.com", 1, {{1, 2, 3, 4}, {5, 6, 7, 8}}));
  const auto reply = Finished();
  ASSERT_EQ(reply.answer.size(), 2U);
  EXPECT_EQ(reply.answer[1].owner, "wWw.example.com");
  EXPECT_EQ(octets_, 12U + 17 + 4 + 2 * 16);
}

TEST_F(Writer, CompressesNamesInRdataAndFromRdata) {
  Ask(QueryPacket("www.example.com", 1));
  ASSERT_TRUE(Add(Section::kAuthority, "example.com", kNs, {test::WireName("ns1.example.com")}));
  ASSERT_TRUE(Add(Section::kAdditional, "ns1.example.com", 1, {{1, 2, 3, 4}}));
  const auto reply = Finished();
  EXPECT_EQ(reply.authority.at(0).rdata, test::WireName("ns1.example.com"));
  EXPECT_EQ(reply.additional.at(0).owner, "ns1.example.com");
  EXPECT_EQ(octets_, 12U + 21 + (2 + 10 + 6) + (2 + 10 + 4));
}

TEST_F(Writer, CompressesAfterThePreferenceOfMx) {
  Ask(QueryPacket("example.com", kMx));
  const std::string mx = std::string("\0\x0A", 2) + test::WireName("mail.example.com");
  ASSERT_TRUE(Add(Section::kAnswer, "example.com", kMx, {mx}));
  EXPECT_EQ(Finished().answer.at(0).rdata, mx);
  EXPECT_EQ(octets_, 12U + 17 + 12 + 2 + 5 + 2);
}

TEST_F(Writer, LeavesNamesOfNewerTypesWhole) {
  Ask(QueryPacket("example.com", 33));
  const std::string srv = std::string(6, '\0') + test::WireName("sip.example.com");
  ASSERT_TRUE(Add(Section::kAnswer, "example.com", 33, {srv}));
  EXPECT_EQ(Finished().answer.at(0).rdata, srv);
  EXPECT_EQ(octets_, 12U + 17 + 12 + srv.size());
}

TEST_F(Writer, AnRrsetThatDoesNotFitLeavesNoTrace) {
  Ask(QueryPacket("example.com", kNs));
  const std::vector<std::string> many(40, test::WireName("a-rather-long-name.example.net"));
  EXPECT_FALSE(Add(Section::kAnswer, "example.com", kNs, many));
  ASSERT_TRUE(Add(Section::kAnswer, "b.example.com", kNs, {test::WireName("x.example.net")}));
  const auto reply = Finished();
  ASSERT_EQ(reply.answer.size(), 1U);
  EXPECT_EQ(reply.answer[0].rdata, test::WireName("x.example.net"));
}

TEST_F(Writer, FillsToTheLastOctetAndNoFurther) {
  for (size_t size = 440; size <= 512; ++size) {
    Ask(QueryPacket("a", 16).Edns());
    // Header 12, question 7, OPT 11, the record's own 12.
    EXPECT_EQ(Add(Section::kAnswer, "a", 16, {std::string(size, 'x')}), size <= 470) << size;
    Finished();
  }
}

TEST_F(Writer, RootNamesAreNotPointers) {
  Ask(QueryPacket(".", kNs));
  ASSERT_TRUE(Add(Section::kAnswer, ".", kNs, {test::WireName("a.root-servers.net")}));
  ASSERT_TRUE(Add(Section::kAnswer, ".", kNs, {test::WireName("b.root-servers.net")}));
  const auto reply = Finished();
  EXPECT_EQ(reply.answer.at(1).rdata, test::WireName("b.root-servers.net"));
  EXPECT_EQ(octets_, 12U + 5 + (1 + 10 + 20) + (1 + 10 + 4));
}

TEST_F(Writer, ManyNamesStayReadableWhenTheTableIsFull) {
  Ask(QueryPacket("example.com", kNs), 65535);
  std::vector<std::string> names;
  for (int i = 0; i < 2000; ++i) {
    names.push_back(
        test::WireName("ns" + std::to_string(i) + ".sub" + std::to_string(i % 7) + ".example.com"));
  }
  ASSERT_TRUE(Add(Section::kAnswer, "example.com", kNs, names));
  const auto reply = Finished();
  ASSERT_EQ(reply.answer.size(), names.size());
  for (size_t i = 0; i < names.size(); ++i) EXPECT_EQ(reply.answer[i].rdata, names[i]);
}

TEST_F(Writer, OptIsThereOnlyIfItWasAskedWith) {
  Ask(QueryPacket("a", 1));
  EXPECT_FALSE(Finished().opt);
  Ask(QueryPacket("a", 1).Edns(4096, 0x8000));
  const auto reply = Finished();
  ASSERT_TRUE(reply.opt);
  EXPECT_EQ(reply.opt->klass, kMaxUdpPayload);
  EXPECT_EQ(reply.opt->ttl, 0x8000U) << "DO is copied (RFC 3225)";
  EXPECT_EQ(reply.opt->rdata, "");
}

TEST_F(Writer, ExtendedRcodesGoIntoOpt) {
  Ask(QueryPacket("a", 1).Edns(1232, 1U << 16));
  const auto reply = Finished(Rcode::kBadVers);
  EXPECT_EQ(reply.rcode(), 16U);
  EXPECT_EQ(reply.opt->ttl >> 16 & 0xFF, 0U) << "our own version";
}

TEST_F(Writer, EchoesTheSubnetWithItsScope) {
  Ask(QueryPacket("a", 1).Subnet(1, 20, {198, 51, 96}));
  EXPECT_EQ(Finished(Rcode::kNoError, 16).Option(8), std::string("\0\1\x14\x10\xC6\x33\x60", 7));
}

TEST_F(Writer, SendsNsidOnlyIfAskedAndConfigured) {
  Ask(QueryPacket("a", 1).Option(3, {}), 512, "pop-7");
  EXPECT_EQ(Finished().Option(3), "pop-7");
  Ask(QueryPacket("a", 1).Option(3, {}), 512, "");
  EXPECT_FALSE(Finished().Option(3));
  Ask(QueryPacket("a", 1).Edns(), 512, "pop-7");
  EXPECT_FALSE(Finished().Option(3));
}

TEST_F(Writer, AFormatErrorIsAHeaderAlone) {
  Bytes packet = QueryPacket("a", 1).Build();
  packet.pop_back();
  ASSERT_TRUE(ParseQuery(packet, query_));
  buffer_.assign(512, 0);
  writer_.emplace(query_, buffer_, options_);
  const auto reply = Finished(query_.problem);
  EXPECT_EQ(octets_, kHeaderOctets);
  EXPECT_EQ(reply.rcode(), 1U);
}

}  // namespace
}  // namespace waypost::wire
