#include "dnsd/serve/proxy_header.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/dns_message.h"

namespace waypost::serve {
namespace {

using State = ProxyHeader::State;
using test::Bytes;

Bytes Header(uint8_t command, uint8_t family, const Bytes& data) {
  Bytes header;
  test::PutAll(header, std::string_view("\r\n\r\n\0\r\nQUIT\n", 12));
  header.push_back(command);
  header.push_back(family);
  test::Put16(header, static_cast<unsigned>(data.size()));
  header.insert(header.end(), data.begin(), data.end());
  return header;
}

const Bytes kV4 = {198, 51, 100, 7, 192, 0, 2, 53, 0x12, 0x34, 0, 53};

TEST(ProxyHeader, TellsTheClientOfBothFamilies) {
  const auto v4 = ParseProxyHeader(Header(0x21, 0x12, kV4));
  EXPECT_EQ(v4.state, State::kWhole);
  EXPECT_TRUE(v4.has_client);
  EXPECT_EQ(v4.client.ToString(), "198.51.100.7:4660");
  EXPECT_EQ(v4.asked.ToString(), "192.0.2.53:53");
  Bytes six(36);
  six[15] = 9;
  six[33] = 5;
  EXPECT_EQ(ParseProxyHeader(Header(0x21, 0x21, six)).client.ToString(), "[::9]:5");
}

TEST(ProxyHeader, AnIpv4AddressMappedIntoIpv6IsIpv4) {
  Bytes both(36);  // as HAProxy sends it where one socket has both families
  both[10] = both[11] = both[26] = both[27] = 0xFF;
  std::copy_n(kV4.begin(), 4, both.begin() + 12);
  std::copy_n(kV4.begin() + 4, 4, both.begin() + 28);
  std::copy_n(kV4.begin() + 8, 4, both.begin() + 32);
  const auto mapped = ParseProxyHeader(Header(0x21, 0x21, both));
  EXPECT_EQ(mapped.client.ToString(), "198.51.100.7:4660");
  EXPECT_EQ(mapped.asked.ToString(), "192.0.2.53:53");
  both[26] = both[27] = 0;
  EXPECT_FALSE(ParseProxyHeader(Header(0x21, 0x21, both)).asked.address.is_v4());
}

TEST(ProxyHeader, PassesOverWhatComesBehindTheAddresses) {
  Bytes data = kV4;
  data.resize(data.size() + 20, 7);
  Bytes packet = Header(0x21, 0x11, data);
  const size_t octets = packet.size();
  packet.push_back(1);
  EXPECT_EQ(ParseProxyHeader(packet).octets, octets);
}

TEST(ProxyHeader, AFrontMaySpeakForItself) {
  for (const Bytes& header : {Header(0x20, 0x00, {}), Header(0x21, 0x00, {}),
                              Header(0x20, 0x11, kV4), Header(0x21, 0x31, Bytes(216))}) {
    const auto parsed = ParseProxyHeader(header);
    EXPECT_EQ(parsed.state, State::kWhole);
    EXPECT_FALSE(parsed.has_client);
  }
}

TEST(ProxyHeader, SaysHowMuchIsMissing) {
  const Bytes whole = Header(0x21, 0x12, kV4);
  for (size_t octets = 0; octets < whole.size(); ++octets) {
    const auto parsed = ParseProxyHeader(std::span(whole).first(octets));
    EXPECT_EQ(parsed.state, State::kIncomplete) << octets;
    EXPECT_EQ(parsed.octets, octets < 16 ? 16 : whole.size());
  }
}

TEST(ProxyHeader, RefusesEverythingElse) {
  EXPECT_EQ(ParseProxyHeader(test::QueryPacket("example.com", 1).Build()).state, State::kBad);
  EXPECT_EQ(ParseProxyHeader(Header(0x11, 0x12, kV4)).state, State::kBad) << "version 1";
  EXPECT_EQ(ParseProxyHeader(Header(0x22, 0x12, kV4)).state, State::kBad) << "unknown command";
  EXPECT_EQ(ParseProxyHeader(Header(0x21, 0x12, Bytes(11))).state, State::kBad) << "too short";
  EXPECT_EQ(ParseProxyHeader(Header(0x21, 0x12, Bytes(600))).state, State::kBad) << "too long";
}

}  // namespace
}  // namespace waypost::serve
