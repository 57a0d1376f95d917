#include "dnsd/geo/normalise.h"

#include "tests/unit/geo/geo_words.h"

namespace waypost::geo {
namespace {

void ExpectInside(const std::string& outer, const std::string& inner, int extra_bits) {
  const Normalised normalised = Normalise(Address(outer));
  EXPECT_EQ(inner, normalised.address.ToString()) << outer;
  EXPECT_EQ(extra_bits, normalised.extra_bits) << outer;
}

TEST(Normalise, LeavesOrdinaryAddressesAsTheyAre) {
  for (const char* address : {"192.0.2.1", "2a00:1450::1", "::1", "::", "2001:1::", "2003::1",
                              "64:ff9b:1::1", "::fffe:102:304", "fe80::1"})
    ExpectInside(address, address, 0);
}

TEST(Normalise, FindsTheIpv4AddressInsideOfAnIpv4MappedOne) {
  ExpectInside("::ffff:192.0.2.33", "192.0.2.33", 96);
}

TEST(Normalise, FindsTheIpv4AddressInsideOfANat64One) {
  ExpectInside("64:ff9b::192.0.2.33", "192.0.2.33", 96);  // RFC 6052 section 2.4
}

TEST(Normalise, FindsTheIpv4AddressInsideOfA6to4One) {
  ExpectInside("2002:c000:221:17::9", "192.0.2.33", 16);
}

TEST(Normalise, InvertsTheClientsAddressOfATeredoOne) {
  // RFC 4380 section 4: server 65.54.227.120, client 192.0.2.45.
  ExpectInside("2001:0:4136:e378:8000:63bf:3fff:fdd2", "192.0.2.45", 96);
}

TEST(NormalisePrefix, TakesTheIpv4PrefixOutOfALongEnoughOne) {
  EXPECT_EQ("192.0.2.0/24", NormalisePrefix(Prefix("::ffff:192.0.2.0/120")).ToString());
  EXPECT_EQ("192.0.2.0/24", NormalisePrefix(Prefix("2002:c000:200::/40")).ToString());
  EXPECT_EQ("0.0.0.0/0", NormalisePrefix(Prefix("2002::/16")).ToString());
}

TEST(NormalisePrefix, InvertsTeredoAndKeepsTheBitsAfterTheLengthZero) {
  EXPECT_EQ("192.0.2.0/24",
            NormalisePrefix(Prefix("2001:0:4136:e378:8000:63bf:3fff:fd00/120")).ToString());
}

TEST(NormalisePrefix, LeavesAShorterOneAsItIs) {
  for (const char* prefix : {"2002::/15", "::/0", "2001::/32", "192.0.2.0/24", "2a00::/16"})
    EXPECT_EQ(prefix, NormalisePrefix(Prefix(prefix)).ToString());
}

}  // namespace
}  // namespace waypost::geo
