#include "dnsd/store/format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dnsd/base/random.h"
#include "dnsd/store/bytes.h"

namespace waypost::store {
namespace {

using ::testing::HasSubstr;

Revision Sample() {
  return {{7, Wall(std::chrono::seconds(1'700'000'000)), "ann", "why"},
          {{"a", std::nullopt, "new"}, {"b", "old", std::nullopt}, {"c", "", "x"}}};
}

TEST(Format, RevisionKeysSortAsNumbersDo) {
  EXPECT_LT(RevisionKey(9), RevisionKey(10));
  EXPECT_LT(RevisionKey(255), RevisionKey(256));
  EXPECT_LT(RevisionKey(UINT32_MAX), RevisionKey(uint64_t{UINT32_MAX} + 1));
}

TEST(Format, RevisionSurvivesWritingAndReading) {
  const Revision written = Sample();
  const auto read = DecodeRevision(RevisionKey(7), EncodeRevision(written));
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

TEST(Format, TimesBefore1970Survive) {
  Revision revision = Sample();
  revision.info.time = Wall(std::chrono::seconds(-5));
  EXPECT_EQ(DecodeRevision(RevisionKey(7), EncodeRevision(revision))->info.time,
            revision.info.time);
}

TEST(Format, EveryShortenedRecordIsDamageThatNamesItsKey) {
  const std::string record = EncodeRevision(Sample());
  for (size_t length = 0; length < record.size(); ++length) {
    const auto read = DecodeRevision(RevisionKey(7), record.substr(0, length));
    ASSERT_FALSE(read) << length;
    EXPECT_EQ(read.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(read.error().message,
                HasSubstr("revision/\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x07"));
  }
  EXPECT_FALSE(DecodeRevision(RevisionKey(7), record + "x"));
  EXPECT_FALSE(DecodeRevision("revision/short", record));
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
    const auto read = DecodeRevision(RevisionKey(7), bytes);
    if (read) {
      EXPECT_EQ(EncodeRevision(*read), bytes);
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
