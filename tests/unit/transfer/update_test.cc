#include "dnsd/transfer/update.h"

#include <gmock/gmock.h>

#include "dnsd/wire/octets.h"
#include "tests/unit/transfer/transfer_words.h"

namespace waypost::transfer {
namespace {

using namespace std::string_literals;
using test::WireName;
using ::testing::ElementsAre;

constexpr uint16_t kIn = 1;
constexpr uint16_t kA = 1;
constexpr uint16_t kNs = 2;
constexpr uint16_t kCname = 5;
constexpr uint16_t kKey = 25;
constexpr uint16_t kSoa = 6;
constexpr uint16_t kWks = 11;
constexpr uint16_t kTxt = 16;
constexpr uint16_t kDname = 39;
constexpr uint16_t kDs = 43;
constexpr uint16_t kCaa = 257;
constexpr uint16_t kAnyType = 255;

std::string Address(char last) { return "\xC0\0\2"s + last; }

class Updates : public ::testing::Test {
 public:
  Updates& Requires(const std::string& name, uint16_t type, uint16_t record_class,
                    const std::string& rdata = "") {
    update_.answer.push_back({WireName(name), type, record_class, 0, rdata});
    return *this;
  }
  Updates& Change(const std::string& name, uint16_t type, uint16_t record_class,
                  const std::string& rdata = "", uint32_t ttl = 0) {
    update_.authority.push_back({WireName(name), type, record_class, ttl, rdata});
    return *this;
  }
  Updates& Add(const std::string& name, uint16_t type, const std::string& rdata,
               uint32_t ttl = 60) {
    return Change(name, type, kIn, rdata, ttl);
  }
  UpdateResult Run() {
    const auto result = ApplyUpdate(*zone_, update_, may_);
    update_ = Message();
    return result;
  }
  unsigned Rcode() { return Run().rcode; }
  /// Owners and types that change, the SOA left out.
  std::vector<std::string> Changed() {
    std::vector<std::string> words;
    for (const RrsetChange& change : Run().changes) {
      if (change.type == kSoa) continue;
      words.push_back(NameText(change.owner) + " " + std::to_string(change.type) + " x" +
                      std::to_string(change.rdata.size()));
    }
    return words;
  }

  std::vector<zone::SteeredOwner> steered_ = {
      {.owner = wire::Name::Parse("geo.example.com").value(), .types = {zone::kA}}};
  std::shared_ptr<const zone::Zone> zone_ = ZoneOf(
      "www A 192.0.2.2\nwww A 192.0.2.3\nwww TXT a\nalias CNAME www\nx.ent TXT a\n"
      "@ NS ns2\nns2 A 192.0.2.4\ndn DNAME x.example.\n",
      steered_);
  MayChange may_ = [](std::string_view, uint16_t) { return true; };
  Message update_;
};

TEST_F(Updates, PrerequisitesAreThoseOfTheRfc) {
  const std::string www = "www.example.com";
  const std::string gone = "gone.example.com";
  EXPECT_EQ(Requires(www, kA, kClassAny).Rcode(), 0U);
  EXPECT_EQ(Requires(www, kNs, kClassAny).Rcode(), 8U) << "NXRRSET";
  EXPECT_EQ(Requires(www, kA, kClassNone).Rcode(), 7U) << "YXRRSET";
  EXPECT_EQ(Requires(www, kNs, kClassNone).Rcode(), 0U);
  EXPECT_EQ(Requires(www, kAnyType, kClassAny).Rcode(), 0U);
  EXPECT_EQ(Requires(gone, kAnyType, kClassAny).Rcode(), 3U) << "NXDOMAIN";
  EXPECT_EQ(Requires(www, kAnyType, kClassNone).Rcode(), 6U) << "YXDOMAIN";
  EXPECT_EQ(Requires("ent.example.com", kAnyType, kClassAny).Rcode(), 3U) << "owns nothing";
  EXPECT_EQ(Requires("WWW.Example.COM", kA, kClassAny).Rcode(), 0U);
  EXPECT_EQ(Requires("www.example.org", kA, kClassAny).Rcode(), 10U) << "NOTZONE";
  EXPECT_EQ(Requires(www, kA, kClassAny, "x").Rcode(), 1U) << "FORMERR";
}

TEST_F(Updates, AnRrsetCanBeRequiredToBeExactlySo) {
  const std::string www = "www.example.com";
  EXPECT_EQ(Requires(www, kA, kIn, Address(2)).Rcode(), 8U) << "one of two";
  Requires(www, kA, kIn, Address(3));
  EXPECT_EQ(Requires(www, kA, kIn, Address(2)).Rcode(), 0U) << "in any order";
  Requires(www, kA, kIn, Address(3));
  EXPECT_EQ(Requires(www, kA, kIn, Address(4)).Rcode(), 8U);
}

TEST_F(Updates, OneFailedPrerequisiteStopsEverything) {
  Requires("www.example.com", kA, kClassAny).Requires("www.example.com", kA, kClassNone);
  const auto result = Add("new.example.com", kA, Address(9)).Run();
  EXPECT_EQ(result.rcode, 7U);
  EXPECT_TRUE(result.changes.empty());
}

TEST_F(Updates, RecordsAreAddedReplacedAndDeleted) {
  EXPECT_THAT(Add("new.example.com", kA, Address(9)).Changed(),
              ElementsAre("new.example.com 1 x1"));
  EXPECT_THAT(Add("www.example.com", kA, Address(9)).Changed(),
              ElementsAre("www.example.com 1 x3"));
  EXPECT_THAT(Change("www.example.com", kA, kClassNone, Address(2)).Changed(),
              ElementsAre("www.example.com 1 x1"));
  EXPECT_THAT(Change("www.example.com", kA, kClassAny).Changed(),
              ElementsAre("www.example.com 1 x0"));
  EXPECT_THAT(Change("www.example.com", kAnyType, kClassAny).Changed(),
              ElementsAre("www.example.com 1 x0", "www.example.com 16 x0"));
  Change("www.example.com", kA, kClassAny);
  EXPECT_THAT(Add("www.example.com", kA, Address(7)).Changed(), ElementsAre("www.example.com 1 x1"))
      << "as nsupdate replaces";
}

TEST_F(Updates, WhatIsSoAlreadyChangesNothingNotEvenTheSerial) {
  EXPECT_TRUE(Add("www.example.com", kA, Address(2), 300).Run().changes.empty());
  EXPECT_TRUE(Change("gone.example.com", kA, kClassAny).Run().changes.empty());
  Add("tmp.example.com", kA, Address(1));
  EXPECT_TRUE(Change("tmp.example.com", kA, kClassAny).Run().changes.empty());
}

TEST_F(Updates, AChangeRaisesTheSerialUnlessItBringsANewerOne) {
  const auto serial_after = [](const UpdateResult& result) {
    for (const RrsetChange& change : result.changes) {
      if (change.type != kSoa) continue;
      const std::string& rdata = change.rdata.at(0);
      return wire::ReadU32(Octets(rdata).data() + rdata.size() - 20);
    }
    return uint32_t{0};
  };
  EXPECT_EQ(serial_after(Add("new.example.com", kA, Address(9)).Run()), 8U);
  const auto soa = [](uint32_t serial) {
    std::string numbers(20, '\0');
    wire::WriteU32(Octets(numbers).data(), serial);
    return WireName("ns.example.com") + WireName("admin.example.com") + numbers;
  };
  EXPECT_EQ(serial_after(Add("example.com", kSoa, soa(100)).Run()), 100U);
  EXPECT_EQ(serial_after(Add("example.com", kSoa, soa(5)).Run()), 0U) << "older: ignored";
  EXPECT_EQ(Add("www.example.com", kSoa, soa(100)).Run().changes.size(), 0U) << "not the apex";
}

TEST_F(Updates, TheApexKeepsItsSoaAndOneNs) {
  EXPECT_THAT(Change("example.com", kAnyType, kClassAny).Changed(), ElementsAre());
  EXPECT_THAT(Change("example.com", kNs, kClassAny).Changed(), ElementsAre());
  EXPECT_THAT(Change("example.com", kSoa, kClassAny).Changed(), ElementsAre());
  Change("example.com", kNs, kClassNone, WireName("ns.example.com"));
  EXPECT_THAT(Change("example.com", kNs, kClassNone, WireName("NS2.example.com")).Changed(),
              ElementsAre("example.com 2 x1"));
}

TEST_F(Updates, ACnameStaysAlone) {
  EXPECT_THAT(Add("alias.example.com", kA, Address(9)).Changed(), ElementsAre());
  EXPECT_THAT(Add("www.example.com", kCname, WireName("x.example.com")).Changed(), ElementsAre());
  EXPECT_THAT(Add("alias.example.com", kCname, WireName("x.example.com")).Changed(),
              ElementsAre("alias.example.com 5 x1"));
  EXPECT_THAT(Add("geo.example.com", kCname, WireName("x.example.com")).Changed(), ElementsAre());
}

TEST_F(Updates, AKeyGoesBesideACname) {
  // RFC 4035 section 2.5.
  const std::string key = "\2\0\3\5key"s;
  EXPECT_THAT(Add("alias.example.com", kKey, key).Changed(),
              ElementsAre("alias.example.com 25 x1"));
  Add("new.example.com", kKey, key);
  EXPECT_THAT(Add("new.example.com", kCname, WireName("x.example.com")).Changed(),
              ElementsAre("new.example.com 5 x1", "new.example.com 25 x1"));
}

TEST_F(Updates, ADnameIsReplacedAndKeepsAliasesAway) {
  EXPECT_THAT(Add("dn.example.com", kDname, WireName("y.example")).Changed(),
              ElementsAre("dn.example.com 39 x1"));
  EXPECT_THAT(Add("dn.example.com", kCname, WireName("y.example")).Changed(), ElementsAre());
  EXPECT_THAT(Add("alias.example.com", kDname, WireName("y.example")).Changed(), ElementsAre());
}

TEST_F(Updates, WksIsReplacedForItsAddressAndProtocol) {
  Add("new.example.com", kWks, Address(1) + "\6\x80"s);
  Add("new.example.com", kWks, Address(1) + "\x11\x80"s);
  EXPECT_THAT(Add("new.example.com", kWks, Address(1) + "\6\x40"s).Changed(),
              ElementsAre("new.example.com 11 x2"));
}

TEST_F(Updates, ATtlWithItsHighestBitSetIsZero) {
  const auto ttl_of = [this](uint32_t ttl) {
    return Add("new.example.com", kA, Address(9), ttl).Run().changes.at(0).ttl;
  };
  EXPECT_EQ(ttl_of(0x7FFFFFFF), 0x7FFFFFFFU);
  EXPECT_EQ(ttl_of(0x80000000), 0U) << "RFC 2181 section 8";
  EXPECT_EQ(ttl_of(0xFFFFFFFF), 0U);
}

TEST_F(Updates, SteeredRecordsExistAndAreNotToBeChanged) {
  EXPECT_EQ(Requires("geo.example.com", kA, kClassAny).Rcode(), 0U);
  EXPECT_EQ(Requires("geo.example.com", kAnyType, kClassNone).Rcode(), 6U);
  EXPECT_EQ(Add("geo.example.com", kA, Address(9)).Rcode(), 5U);
  EXPECT_EQ(Add("geo.example.com", kTxt, "\1a").Rcode(), 0U);
}

TEST_F(Updates, WhatIsMalformedIsRefusedAsAWhole) {
  Add("new.example.com", kA, Address(9));
  EXPECT_EQ(Change("x.example.com", kA, kClassAny, "", 60).Rcode(), 1U) << "a TTL";
  EXPECT_EQ(Change("x.example.com", kA, kClassNone, Address(1), 60).Rcode(), 1U);
  EXPECT_EQ(Add("x.example.com", kAnyType, "x").Rcode(), 1U) << "a type for questions";
  EXPECT_EQ(Change("x.example.com", kA, 3, Address(1)).Rcode(), 1U) << "another class";
  EXPECT_EQ(Add("x.example.org", kA, Address(1)).Rcode(), 10U);
  EXPECT_EQ(Add("x.example.com", kDs, "\0\1"s).Rcode(), 1U) << "half a DS";
  EXPECT_EQ(Add("x.example.com", kCaa, "\0"s).Rcode(), 1U) << "no tag";
  EXPECT_EQ(Add("x.example.com", kCaa, "\0\0abc"s).Rcode(), 1U) << "an empty tag";
  EXPECT_EQ(Add("x.example.com", kCaa, "\0\5issuea"s).Rcode(), 0U);
  EXPECT_EQ(Add("x.example.com", 65280, "").Rcode(), 0U) << "of an unknown type";
  EXPECT_EQ(Change("www.example.com", kA, kClassNone).Rcode(), 1U) << "no RDATA";
}

TEST_F(Updates, WhatIsNotAllowedIsRefusedAsAWhole) {
  may_ = [](std::string_view owner, uint16_t type) {
    return type == kTxt && owner == WireName("www.example.com");
  };
  EXPECT_THAT(Add("WWW.example.com", kTxt, "\1b").Changed(), ElementsAre("www.example.com 16 x2"));
  Add("www.example.com", kTxt, "\1b");
  EXPECT_EQ(Add("www.example.com", kA, Address(1)).Rcode(), 5U);
  EXPECT_EQ(Change("www.example.com", kAnyType, kClassAny).Rcode(), 5U) << "A would go too";
}

}  // namespace
}  // namespace waypost::transfer
