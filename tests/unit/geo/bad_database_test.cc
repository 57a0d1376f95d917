// What a file may do to us: nothing but be refused.
#include <cstdint>

#include "dnsd/base/random.h"
#include "tests/unit/geo/geo_words.h"

namespace waypost::geo {
namespace {

class BadDatabase : public GeoTest {
 protected:
  static MmdbWriter Good(int ip_version = 6) {
    MmdbWriter writer({ip_version, 24});
    for (int i = 1; i < 60; ++i)
      writer.Insert(
          {IpAddress::FromV4(static_cast<uint32_t>(i) << 24), 8},
          Nested("EU", i % 2 == 0 ? "IE" : "DE", "L", "Leinster", std::to_string(i), i, i));
    return writer;
  }

  Error Refusal(const std::string& bytes) {
    const auto atlas = Atlas::Open({Write("bad.mmdb", bytes)});
    return atlas ? Error{ErrorCode::kInternal, "it was opened"} : atlas.error();
  }

  /// Opened and compiled, or refused with an error that names the file.
  void ExpectSurvived(const std::string& bytes) {
    const auto atlas = Atlas::Open({Write("bad.mmdb", bytes)});
    if (atlas)
      EXPECT_GT((*atlas)->Compile(Vocabulary(), LatencyTable())->prefix_count(), 0U);
    else
      EXPECT_NE(std::string::npos, atlas.error().message.find(directory() + "/bad.mmdb"))
          << atlas.error().message;
  }
};

TEST_F(BadDatabase, ThatIsMissingIsNamed) {
  const auto atlas = Atlas::Open({directory() + "/absent.mmdb"});
  ASSERT_FALSE(atlas);
  EXPECT_EQ(ErrorCode::kInvalid, atlas.error().code);
  EXPECT_NE(std::string::npos, atlas.error().message.find("/absent.mmdb: not a geo database"));
}

TEST_F(BadDatabase, ThatIsEmptyOrTextIsRefused) {
  const std::string texts[] = {"", "not a database", std::string(9999, 'x')};
  for (const auto& text : texts)
    EXPECT_NE(std::string::npos, Refusal(text).message.find("bad.mmdb: not a geo database"));
}

TEST_F(BadDatabase, AmongGoodOnesIsTheOneThatIsNamed) {
  const auto atlas =
      Atlas::Open({Write("good.mmdb", Good()), Write("bad.mmdb", std::string("no"))});
  ASSERT_FALSE(atlas);
  EXPECT_NE(std::string::npos, atlas.error().message.find("/bad.mmdb"));
}

TEST_F(BadDatabase, WhoseTreeLoopsIsRefused) {
  MmdbWriter writer = Good();
  for (const char* prefix : {"2000::/4", "3000::/4", "4000::/3", "6000::/3"})
    writer.Loop(Prefix(prefix));
  const std::string message = Refusal(writer.Bytes()).message;
  EXPECT_NE(std::string::npos, message.find("bad.mmdb: corrupt geo database: the search tree"))
      << message;
}

TEST_F(BadDatabase, WhoseTreeIsTooDeepIsRefused) {
  MmdbWriter writer = Good(4);
  writer.Loop(Prefix("0.0.0.0/2"));
  const std::string message = Refusal(writer.Bytes()).message;
  EXPECT_NE(std::string::npos, message.find("the search tree is too deep")) << message;
}

TEST_F(BadDatabase, WhoseTreeLeadsBackToItsRootIsRefused) {
  std::string bytes = Good(4).Bytes();
  bytes.replace(3, 3, 3, '\0');  // the second record of the first node
  const std::string message = Refusal(bytes).message;
  EXPECT_NE(std::string::npos, message.find("bad.mmdb: corrupt geo database: node 0")) << message;
}

TEST_F(BadDatabase, WithANodeThatPointsBetweenTreeAndDataIsRefused) {
  std::string bytes = Good(4).Bytes();
  // The first record of 24 bits, one above "no data" (the node count): into the separator.
  const size_t nodes = bytes.find(std::string(16, '\0')) / 6;
  ASSERT_LT(nodes, 1000U);
  const auto record = static_cast<uint32_t>(nodes + 1);
  bytes[0] = static_cast<char>(record >> 16);
  bytes[1] = static_cast<char>(record >> 8);
  bytes[2] = static_cast<char>(record);
  EXPECT_NE(std::string::npos, Refusal(bytes).message.find("corrupt geo database"));
}

TEST_F(BadDatabase, CutOffAnywhereDoesNoHarm) {
  const std::string bytes = Good().Bytes();
  for (size_t length = 0; length < bytes.size(); length += 37)
    ExpectSurvived(bytes.substr(0, length));
}

TEST_F(BadDatabase, WithItsMiddleCutOutDoesNoHarm) {
  const std::string bytes = Good().Bytes();
  for (size_t length = 10; length + 400 < bytes.size(); length += 97)
    ExpectSurvived(bytes.substr(0, 200) + bytes.substr(200 + length));
}

TEST_F(BadDatabase, WithChangedBytesDoesNoHarm) {
  const std::string good = Good().Bytes();
  Random random(7);
  for (int i = 0; i < 600; ++i) {
    std::string bytes = good;
    for (int change = 0; change < 3; ++change)
      bytes[random.Below(bytes.size())] = static_cast<char>(random.Next());
    ExpectSurvived(bytes);
  }
}

TEST_F(BadDatabase, OneMoreThanCanBeReadIsRefused) {
  const std::vector<std::string> paths(9, Write("good.mmdb", Good()));
  const auto atlas = Atlas::Open(paths);
  ASSERT_FALSE(atlas);
  EXPECT_EQ("9 geo databases; at most 8 can be read", atlas.error().message);
}

}  // namespace
}  // namespace waypost::geo
