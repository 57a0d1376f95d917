#include "dnsd/serve/cookies.h"

#include <gmock/gmock.h>

#include <charconv>
#include <string_view>

namespace waypost::serve {
namespace {

std::vector<uint8_t> Octets(std::string_view hex) {
  std::vector<uint8_t> octets(hex.size() / 2);
  for (size_t i = 0; i < octets.size(); ++i) {
    std::from_chars(hex.data() + 2 * i, hex.data() + 2 * i + 2, octets[i], 16);
  }
  return octets;
}

SipKey Secret(std::string_view hex) {
  SipKey key;
  std::ranges::copy(Octets(hex), key.begin());
  return key;
}

struct Checked {
  bool is_good = false;
  std::vector<uint8_t> reply;
};

Checked Check(const Cookies& cookies, std::string_view option, const char* client, uint32_t now_s) {
  WholeCookie reply;
  const bool is_good = cookies.Check(Octets(option), *IpAddress::Parse(client), now_s, reply);
  return {is_good, {reply.begin(), reply.end()}};
}

const Cookies& AppendixA() {
  static const Cookies kCookies({Secret("e5e973e5a6b2a43f48e7dc849e37bfcf")});
  return kCookies;
}

// RFC 9018 appendix A.1.
TEST(Cookies, ANewClientLearnsTheCookieOfTheRfc) {
  const Checked checked = Check(AppendixA(), "2464c4abcf10c957", "198.51.100.100", 1559731985);
  EXPECT_FALSE(checked.is_good);
  EXPECT_EQ(checked.reply, Octets("2464c4abcf10c957010000005cf79f111f8130c3eee29480"));
}

// RFC 9018 appendix A.2.
TEST(Cookies, AGoodCookieThatGrowsOldIsRenewed) {
  const Checked checked = Check(AppendixA(), "2464c4abcf10c957010000005cf79f111f8130c3eee29480",
                                "198.51.100.100", 1559734385);
  EXPECT_TRUE(checked.is_good);
  EXPECT_EQ(checked.reply, Octets("2464c4abcf10c957010000005cf7a871d4a564a1442aca77"));
}

// RFC 9018 appendix A.3: what stands in the reserved octets is hashed, and not repeated.
TEST(Cookies, ReservedOctetsAreHashedAsReceived) {
  constexpr const char* kOption = "fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5";
  EXPECT_TRUE(Check(AppendixA(), kOption, "203.0.113.203", 0x5CF78F71).is_good);
  EXPECT_EQ(Check(AppendixA(), kOption, "203.0.113.203", 1559734700).reply,
            Octets("fc93fc62807ddb86010000005cf7a9acf73a7810aca2381e"));
}

// RFC 9018 appendix A.4.
TEST(Cookies, TheOldSecretProvesWhileTheNewOneMakes) {
  const Cookies cookies(
      {Secret("445536bcd2513298075a5d379663c962"), Secret("dd3bdf9344b678b185a6f5cb60fca715")});
  const Checked checked = Check(cookies, "22681ab97d52c298010000005cf7c57926556bd0934c72f8",
                                "2001:db8:220:1:59de:d0f4:8769:82b8", 1559741961);
  EXPECT_TRUE(checked.is_good);
  EXPECT_EQ(checked.reply, Octets("22681ab97d52c298010000005cf7c609a6bb79d16625507a"));
}

TEST(Cookies, AFreshOneIsKept) {
  constexpr const char* kOption = "2464c4abcf10c957010000005cf79f111f8130c3eee29480";
  const Checked checked = Check(AppendixA(), kOption, "198.51.100.100", 1559731985 + 1799);
  EXPECT_TRUE(checked.is_good);
  EXPECT_EQ(checked.reply, Octets(kOption));
}

TEST(Cookies, LiveForAnHourAndToleranceOfFiveMinutes) {
  constexpr const char* kOption = "2464c4abcf10c957010000005cf79f111f8130c3eee29480";
  const auto is_good_after = [&](int32_t age_s) {
    return Check(AppendixA(), kOption, "198.51.100.100", 1559731985U + static_cast<uint32_t>(age_s))
        .is_good;
  };
  EXPECT_TRUE(is_good_after(3600));
  EXPECT_FALSE(is_good_after(3601));
  EXPECT_TRUE(is_good_after(-300));
  EXPECT_FALSE(is_good_after(-301));
}

TEST(Cookies, ProveNothingElsewhere) {
  constexpr const char* kOption = "2464c4abcf10c957010000005cf79f111f8130c3eee29480";
  constexpr uint32_t kNow = 1559731985;
  EXPECT_FALSE(Check(AppendixA(), kOption, "198.51.100.101", kNow).is_good) << "another client";
  const Cookies other({Secret("e5e973e5a6b2a43f48e7dc849e37bfce")});
  EXPECT_FALSE(Check(other, kOption, "198.51.100.100", kNow).is_good) << "another secret";
  const std::string text = kOption;
  for (const size_t digit : {0, 16, 30, 47}) {
    std::string changed = text;
    changed[digit] = changed[digit] == '5' ? '6' : '5';
    EXPECT_FALSE(Check(AppendixA(), changed, "198.51.100.100", kNow).is_good) << changed;
  }
  EXPECT_FALSE(Check(AppendixA(), text + "00", "198.51.100.100", kNow).is_good) << "another maker";
}

}  // namespace
}  // namespace waypost::serve
