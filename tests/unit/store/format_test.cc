#include "dnsd/store/format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dnsd/base/random.h"
#include "dnsd/store/bytes.h"

namespace waypost::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Revision Sample() {
  return {{7, Wall(std::chrono::seconds(1'700'000'000)), "ann", "why"},
          {{"a", std::nullopt, "new"}, {"b", "old", std::nullopt}, {"c", "", "x"}}};
}

/// For records that say all themselves.
Result<std::string> NothingLater(const std::string& key) {
  return Fail(ErrorCode::kInvalid, "nobody kept " + key);
}

Result<Revision> Decode(std::string_view key, std::string_view value) {
  return DecodeRevision(key, value, NothingLater);
}

TEST(Format, RevisionKeysSortAsNumbersDo) {
  EXPECT_LT(RevisionKey(9), RevisionKey(10));
  EXPECT_LT(RevisionKey(255), RevisionKey(256));
  EXPECT_LT(RevisionKey(UINT32_MAX), RevisionKey(uint64_t{UINT32_MAX} + 1));
}

TEST(Format, RevisionSurvivesWritingAndReading) {
  const Revision written = Sample();
  const auto read = Decode(RevisionKey(7), EncodeRevision(written));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->info.number, 7U);
  EXPECT_EQ(read->info.time, written.info.time);
  EXPECT_EQ(read->info.author, "ann");
  EXPECT_EQ(read->info.reason, "why");
  ASSERT_EQ(read->changes.size(), 3U);
  EXPECT_EQ(read->changes[1].before, "old");
  EXPECT_EQ(read->changes[1].after, std::nullopt);
  EXPECT_EQ(read->changes[2].before, "");
}

TEST(Format, OutlinesSayWhatChangedWithoutTheValues) {
  const auto outline = DecodeOutline(RevisionKey(7), EncodeRevision(Sample()));
  ASSERT_TRUE(outline);
  EXPECT_EQ(outline->info.author, "ann");
  EXPECT_THAT(outline->changes,
              ElementsAre(ChangedKey{"a", false, true}, ChangedKey{"b", true, false},
                          ChangedKey{"c", true, true}));
}

TEST(Format, TimesBefore1970Survive) {
  Revision revision = Sample();
  revision.info.time = Wall(std::chrono::seconds(-5));
  EXPECT_EQ(Decode(RevisionKey(7), EncodeRevision(revision))->info.time, revision.info.time);
}

TEST(Format, EveryShortenedRecordIsDamageThatNamesItsKey) {
  const std::string record = EncodeRevision(Sample());
  for (size_t length = 0; length < record.size(); ++length) {
    const auto read = Decode(RevisionKey(7), record.substr(0, length));
    ASSERT_FALSE(read) << length;
    EXPECT_FALSE(DecodeOutline(RevisionKey(7), record.substr(0, length))) << length;
    EXPECT_EQ(read.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(read.error().message,
                HasSubstr("revision/\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x07"));
  }
  EXPECT_FALSE(Decode(RevisionKey(7), record + "x"));
  EXPECT_FALSE(Decode("revision/short", record));
}

TEST(Format, ImpossibleMarkerOfAnOptionalIsDamage) {
  ByteReader in("\x02\x00\x00\x00\x00");
  EXPECT_EQ(in.OptionalText(), std::nullopt);
  EXPECT_FALSE(in.ok());
}

TEST(Format, AnyBytesAreReadOrRefusedWithoutHarm) {
  Random random(1);
  const std::string record = EncodeRevision(Sample());
  for (int i = 0; i < 20000; ++i) {
    std::string bytes = record;
    for (uint64_t n = 1 + random.Below(4); n > 0; --n) {
      bytes[random.Below(bytes.size())] = static_cast<char>(random.Next());
    }
    const auto read = Decode(RevisionKey(7), bytes);
    if (read) {
      EXPECT_EQ(EncodeRevision(*read), bytes);
    }
  }
}

std::string Large(char last) {
  std::string text(kLargeBytes, 'x');
  for (size_t i = 0; i < text.size(); i += 97) text[i] = static_cast<char>('a' + i % 26);
  return text + last;
}

/// What changed `before` into a large value, written and read.
Result<Revision> ReadBack(const std::optional<std::string>& before, const std::string& after,
                          size_t& octets) {
  const std::string record = EncodeRevision({{7, {}, "ann", "why"}, {{"big", before, after}}});
  octets = record.size();
  return DecodeRevision(RevisionKey(7), record, [&](const std::string& key) {
    EXPECT_EQ(key, "big");
    return Result<std::string>(after);
  });
}

TEST(Format, LargeValuesAreToldByWhatWasDifferent) {
  const std::string after = Large('!');
  std::string changed = after;
  changed[kLargeBytes / 2] = '?';
  std::string longer = after;
  longer.insert(1000, "and more");
  const std::string repeated = after + after;
  for (const std::string& before :
       {after, changed, longer, repeated, after.substr(1), after.substr(0, 40000), std::string("a"),
        std::string(), std::string(1, after.front())}) {
    size_t octets = 0;
    const auto read = ReadBack(before, after, octets);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->changes[0].before, before);
    EXPECT_EQ(read->changes[0].after, after);
    EXPECT_LT(octets, before == repeated ? 2 * kLargeBytes : 100U) << before.size();
  }
}

TEST(Format, LargeValuesThatWereOthersAreToldWhole) {
  size_t octets = 0;
  const std::string before(100000, 'o');
  EXPECT_EQ(ReadBack(before, Large('!'), octets)->changes[0].before, before);
  EXPECT_GT(octets, before.size());
  EXPECT_EQ(ReadBack(std::nullopt, Large('!'), octets)->changes[0].before, std::nullopt);
  EXPECT_LT(octets, 100U);
}

TEST(Format, LargeValuesThatNobodyKeptAreDamage) {
  const std::string record =
      EncodeRevision({{7, {}, "ann", "why"}, {{"big", Large('?'), Large('!')}}});
  EXPECT_FALSE(Decode(RevisionKey(7), record));
  for (const size_t octets : {size_t{0}, size_t{100}, kLargeBytes - 1}) {
    const auto read = DecodeRevision(RevisionKey(7), record, [octets](const std::string&) {
      return Result<std::string>(std::string(octets, 'x'));
    });
    EXPECT_FALSE(read) << octets;
  }
}

TEST(Format, AnyBytesAboutLargeValuesAreReadOrRefusedWithoutHarm) {
  Random random(2);
  const std::string after = Large('!');
  const std::string record = EncodeRevision({{7, {}, "ann", "why"}, {{"big", Large('?'), after}}});
  for (int i = 0; i < 2000; ++i) {
    std::string bytes = record;
    bytes[random.Below(bytes.size())] = static_cast<char>(random.Next());
    const auto read = DecodeRevision(
        RevisionKey(7), bytes, [&](const std::string&) { return Result<std::string>(after); });
    if (read) {
      EXPECT_LE(read->changes.size(), 1U);
    }
  }
}

TEST(Format, NumbersOfTheWrongLengthAreDamage) {
  EXPECT_EQ(*DecodeNumber("k", EncodeNumber(UINT64_MAX)), UINT64_MAX);
  EXPECT_FALSE(DecodeNumber("k", "1234567"));
  EXPECT_FALSE(DecodeNumber("k", "123456789"));
}

}  // namespace
}  // namespace waypost::store
