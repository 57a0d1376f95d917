#include "dnsd/wire/edns.h"

#include <gtest/gtest.h>

#include <vector>

namespace waypost::wire {
namespace {

using Bytes = std::vector<uint8_t>;

bool Parses(const Bytes& data) {
  ClientSubnet subnet;
  return ParseClientSubnet(data, subnet);
}

Edns Opt(const Bytes& rdata, Rcode expected, uint16_t payload = 1232, uint32_t ttl = 0) {
  Edns edns;
  EXPECT_EQ(ParseOpt(payload, ttl, rdata, edns), expected);
  return edns;
}

TEST(ClientSubnet, ReadsBothFamilies) {
  ClientSubnet subnet;
  ASSERT_TRUE(ParseClientSubnet(Bytes{0, 1, 24, 0, 198, 51, 100}, subnet));
  EXPECT_EQ(subnet.address, *IpAddress::Parse("198.51.100.0"));
  EXPECT_EQ(subnet.source_length, 24);
  ASSERT_TRUE(ParseClientSubnet(Bytes{0, 2, 33, 0, 0x20, 1, 0x0d, 0xb8, 0x80}, subnet));
  EXPECT_EQ(subnet.address, *IpAddress::Parse("2001:db8:8000::"));
  EXPECT_EQ(subnet.source_length, 33);
}

TEST(ClientSubnet, RefusesAnAddressOfTheWrongLength) {
  EXPECT_FALSE(Parses({0, 1, 24, 0, 198, 51}));
  EXPECT_FALSE(Parses({0, 1, 24, 0, 198, 51, 100, 0}));
  EXPECT_FALSE(Parses({0, 1, 0, 0, 0}));
  EXPECT_FALSE(Parses({0, 1, 24}));
  EXPECT_FALSE(Parses({}));
}

TEST(ClientSubnet, RefusesBitsBeyondTheSourceLength) {
  EXPECT_TRUE(Parses({0, 1, 23, 0, 198, 51, 100}));
  EXPECT_FALSE(Parses({0, 1, 23, 0, 198, 51, 101}));
  EXPECT_FALSE(Parses({0, 2, 33, 0, 0x20, 1, 0x0d, 0xb8, 0x40}));
}

TEST(ClientSubnet, RefusesAScopeInAQuery) { EXPECT_FALSE(Parses({0, 1, 24, 24, 198, 51, 100})); }

TEST(ClientSubnet, RefusesMoreBitsThanTheFamilyHas) {
  EXPECT_TRUE(Parses({0, 1, 32, 0, 198, 51, 100, 1}));
  EXPECT_FALSE(Parses({0, 1, 33, 0, 198, 51, 100, 1, 0}));
  Bytes v6 = {0, 2, 129, 0};
  v6.resize(4 + 17);
  EXPECT_FALSE(Parses(v6));
}

TEST(ClientSubnet, RefusesAnUnknownFamilyUnlessItSaysNothing) {
  EXPECT_FALSE(Parses({0, 3, 24, 0, 198, 51, 100}));
  EXPECT_FALSE(Parses({0, 3, 0, 0}));
  EXPECT_FALSE(Parses({0, 0, 8, 0, 10}));
  EXPECT_TRUE(Parses({0, 0, 0, 0}));
  EXPECT_TRUE(Parses({0, 1, 0, 0}));
}

TEST(ClientSubnet, EchoRepeatsTheQueryWithAScope) {
  ClientSubnet subnet;
  ASSERT_TRUE(ParseClientSubnet(Bytes{0, 2, 33, 0, 0x20, 1, 0x0d, 0xb8, 0x80}, subnet));
  Bytes out(40);
  out.resize(WriteClientSubnet(subnet, 48, out.data()));
  EXPECT_EQ(out, (Bytes{0, 8, 0, 9, 0, 2, 33, 48, 0x20, 1, 0x0d, 0xb8, 0x80}));
}

TEST(Opt, ReadsItsFixedFields) {
  const Edns edns = Opt({}, Rcode::kNoError, 4096, 0x8000);
  EXPECT_TRUE(edns.present);
  EXPECT_TRUE(edns.dnssec_ok);
  EXPECT_EQ(edns.payload, 4096);
  EXPECT_FALSE(edns.subnet.present);
}

TEST(Opt, RaisesATinyPayloadTo512) { EXPECT_EQ(Opt({}, Rcode::kNoError, 5).payload, 512); }

TEST(Opt, AnotherVersionIsBadAndItsOptionsAreNotRead) {
  EXPECT_EQ(Opt({1, 2, 3}, Rcode::kBadVers, 1232, 1U << 16).version, 1);
}

TEST(Opt, PassesOverUnknownOptions) {
  const Edns edns = Opt({0xFD, 0xE9, 0, 2, 7, 7, 0, 3, 0, 0}, Rcode::kNoError);
  EXPECT_TRUE(edns.wants_nsid);
}

TEST(Opt, RefusesOptionsThatDoNotFill) {
  Opt({0, 10, 0}, Rcode::kFormErr);
  Opt({0, 10, 0, 3, 1, 2}, Rcode::kFormErr);
}

TEST(Opt, TakesCookiesOfTheLengthsAllowed) {
  for (const size_t octets : {8, 16, 24, 40}) {
    Bytes option = {0, 10, 0, static_cast<uint8_t>(octets)};
    option.resize(4 + octets, 7);
    EXPECT_EQ(Opt(option, Rcode::kNoError).cookie.size(), octets);
  }
  for (const size_t octets : {0, 7, 9, 15, 41}) {
    Bytes option = {0, 10, 0, static_cast<uint8_t>(octets)};
    option.resize(4 + octets, 7);
    EXPECT_TRUE(Opt(option, Rcode::kFormErr).cookie.empty());
  }
}

TEST(Opt, OfSeveralCookiesTheFirstCounts) {
  Bytes two = {0, 10, 0, 8, 1, 1, 1, 1, 1, 1, 1, 1, 0, 10, 0, 8, 2, 2, 2, 2, 2, 2, 2, 2};
  EXPECT_EQ(Opt(two, Rcode::kNoError).cookie[0], 1);
}

TEST(Opt, ReadsKeepaliveAndPadding) {
  const Edns edns = Opt({0, 11, 0, 0, 0, 12, 0, 3, 0, 0, 0}, Rcode::kNoError);
  EXPECT_TRUE(edns.has_keepalive);
  EXPECT_TRUE(edns.has_padding);
}

TEST(Opt, RefusesTwoSubnets) {
  const Edns edns = Opt({0, 8, 0, 4, 0, 1, 0, 0, 0, 8, 0, 4, 0, 1, 0, 0}, Rcode::kFormErr);
  EXPECT_FALSE(edns.subnet.present);
}

}  // namespace
}  // namespace waypost::wire
