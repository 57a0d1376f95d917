#include "dnsd/base/ip.h"

#include <gtest/gtest.h>

namespace waypost {
namespace {

TEST(IpAddress, RoundTripsText) {
  for (const char* text :
       {"0.0.0.0", "192.0.2.1", "255.255.255.255", "::", "::1", "2001:db8::ff00:42:8329"}) {
    ASSERT_TRUE(IpAddress::Parse(text)) << text;
    EXPECT_EQ(IpAddress::Parse(text)->ToString(), text);
  }
}

TEST(IpAddress, RefusesWhatIsNone) {
  for (const char* text :
       {"", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "::g", "1.2.3.4 ", "fe80::1%eth0", "[::1]"}) {
    EXPECT_FALSE(IpAddress::Parse(text)) << text;
  }
  EXPECT_FALSE(IpAddress::Parse(std::string(500, '1')));
}

TEST(IpAddress, MasksAnyLength) {
  const auto v4 = *IpAddress::Parse("255.255.255.255");
  EXPECT_EQ(v4.Masked(0).ToString(), "0.0.0.0");
  EXPECT_EQ(v4.Masked(9).ToString(), "255.128.0.0");
  EXPECT_EQ(v4.Masked(32), v4);
  const auto v6 = *IpAddress::Parse("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
  EXPECT_EQ(v6.Masked(64).ToString(), "ffff:ffff:ffff:ffff::");
  EXPECT_EQ(v6.Masked(65).ToString(), "ffff:ffff:ffff:ffff:8000::");
  EXPECT_EQ(v6.Masked(128), v6);
}

TEST(IpAddress, BytesAreInNetworkOrder) {
  uint8_t bytes[16];
  EXPECT_EQ(IpAddress::Parse("192.0.2.1")->WriteBytes(bytes), 4U);
  EXPECT_EQ(bytes[0], 192);
  EXPECT_EQ(IpAddress::FromBytes(IpFamily::kV4, bytes).ToString(), "192.0.2.1");
  EXPECT_EQ(IpAddress::Parse("2001:db8::1")->WriteBytes(bytes), 16U);
  EXPECT_EQ(IpAddress::FromBytes(IpFamily::kV6, bytes).ToString(), "2001:db8::1");
}

TEST(IpPrefix, ContainsItsOwnAndNoOther) {
  const auto prefix = *IpPrefix::Parse("198.51.100.0/23");
  EXPECT_TRUE(prefix.Contains(*IpAddress::Parse("198.51.101.255")));
  EXPECT_FALSE(prefix.Contains(*IpAddress::Parse("198.51.102.0")));
  EXPECT_FALSE(prefix.Contains(*IpAddress::Parse("::")));
  EXPECT_TRUE(IpPrefix::Parse("::/0")->Contains(*IpAddress::Parse("::1")));
}

TEST(IpPrefix, RefusesHostBitsAndLengths) {
  for (const char* text :
       {"198.51.100.1/24", "1.2.3.4/33", "::/129", "1.2.3.4/", "1.2.3.4/-1", "/8", "1.0.0.0/8x"}) {
    EXPECT_FALSE(IpPrefix::Parse(text)) << text;
  }
  EXPECT_EQ(IpPrefix::Parse("192.0.2.1")->length, 32);
}

TEST(SocketAddress, WantsBracketsAroundIpv6) {
  EXPECT_EQ(SocketAddress::Parse("127.0.0.1:53")->ToString(), "127.0.0.1:53");
  EXPECT_EQ(SocketAddress::Parse("[::1]:5300")->ToString(), "[::1]:5300");
  for (const char* text :
       {"::1:53", "127.0.0.1", "127.0.0.1:65536", "[127.0.0.1]:53", ":53", "localhost:53"}) {
    EXPECT_FALSE(SocketAddress::Parse(text)) << text;
  }
}

}  // namespace
}  // namespace waypost
