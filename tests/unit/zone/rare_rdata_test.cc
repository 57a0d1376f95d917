#include "dnsd/zone/rare_rdata.h"

#include <gmock/gmock.h>

#include "tests/unit/zone/master_words.h"

namespace waypost::zone {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(RareRdata, ServicesAreReadByNameAndNumber) {
  EXPECT_THAT(Read("a 1 WKS 192.0.2.1 TCP 25 smtp 0 80\n"
                   "a 1 WKS 192.0.2.1 17\n"),
              ElementsAre("a.example 1 WKS c0000201068000004000000000000080",
                          "a.example 1 WKS c000020111"));
  EXPECT_THAT(ProblemOf("a 1 WKS 192.0.2.1\n"), HasSubstr("an address and a protocol"));
  EXPECT_THAT(ProblemOf("a 1 WKS 192.0.2.1 256\n"), HasSubstr("not a protocol"));
  EXPECT_THAT(ProblemOf("a 1 WKS 192.0.2.1 tcp 65536\n"), HasSubstr("not a service"));
  EXPECT_THAT(ProblemOf("a 1 WKS ::1 tcp\n"), HasSubstr("not an IPv4 address"));
}

TEST(RareRdata, KeysOfGatewaysAreRead) {
  // RFC 4025 section 3.2, but for shorter keys.
  EXPECT_THAT(
      Read("a 1 IPSECKEY 10 1 2 192.0.2.38 AQ ID\n"
           "a 1 IPSECKEY 10 0 2 . AQI=\n"
           "a 1 IPSECKEY 10 3 2 gw AQ==\n"
           "a 1 IPSECKEY 10 2 2 2001:db8::1 AQIDBA==\n"
           "a 1 IPSECKEY 255 0 0 .\n"),
      ElementsAre("a.example 1 IPSECKEY 0a0102c0000226010203", "a.example 1 IPSECKEY 0a00020102",
                  "a.example 1 IPSECKEY 0a0302026777076578616d706c650001",
                  "a.example 1 IPSECKEY 0a020220010db8000000000000000000000001"
                  "01020304",
                  "a.example 1 IPSECKEY ff0000"));
  EXPECT_THAT(ProblemOf("a 1 IPSECKEY 10 1 2\n"), HasSubstr("three numbers"));
  EXPECT_THAT(ProblemOf("a 1 IPSECKEY 256 1 2 192.0.2.38\n"), HasSubstr("from 0 to 255"));
  EXPECT_THAT(ProblemOf("a 1 IPSECKEY 10 4 2 gw AQ==\n"), HasSubstr("type of gateway"));
  EXPECT_THAT(ProblemOf("a 1 IPSECKEY 10 0 2 gw AQ==\n"), HasSubstr("no gateway"));
  EXPECT_THAT(ProblemOf("a 1 IPSECKEY 10 1 2 gw AQ==\n"), HasSubstr("not an IPv4 address"));
  for (const char* key : {"A", "AQ", "AQ=", "A===", "AQ=A", "A-B=", "AQ== AQ=="}) {
    EXPECT_THAT(ProblemOf(std::string("a 1 IPSECKEY 10 0 2 . ") + key + "\n"), HasSubstr("base64"))
        << key;
  }
}

TEST(RareRdata, RelaysOfMulticastAreRead) {  // RFC 8777 section 4.3
  EXPECT_THAT(Read("a 1 AMTRELAY 10 0 1 203.0.113.15\na 1 AMTRELAY 10 0 2 2001:db8::15\n"
                   "a 1 AMTRELAY 128 1 3 amtrelays\na 1 AMTRELAY 128 1 0 .\n"),
              ElementsAre("a.example 1 AMTRELAY 0a01cb00710f",
                          "a.example 1 AMTRELAY 0a0220010db8000000000000000000000015",
                          "a.example 1 AMTRELAY 808309616d7472656c617973076578616d706c6500",
                          "a.example 1 AMTRELAY 8080"));
  EXPECT_THAT(ProblemOf("a 1 AMTRELAY 10 0 1\n"), HasSubstr("three numbers and a relay"));
  EXPECT_THAT(ProblemOf("a 1 AMTRELAY 10 2 1 192.0.2.1\n"), HasSubstr("a discovery bit"));
  EXPECT_THAT(ProblemOf("a 1 AMTRELAY 10 0 4 b\n"), HasSubstr("type of gateway"));
}

}  // namespace
}  // namespace waypost::zone
