#include "dnsd/transfer/record_bytes.h"

#include <gtest/gtest.h>

#include "tests/unit/transfer/secondary_words.h"

namespace waypost::transfer {
namespace {

std::vector<std::string> PiecesOf(const zone::Records& records) {
  std::vector<std::string> pieces;
  EXPECT_TRUE(WriteRecords(records, [&pieces](std::string piece) {
    pieces.push_back(std::move(piece));
    return Status();
  }));
  return pieces;
}

TEST(RecordBytes, RecordsComeBackAsTheyWere) {
  const zone::Records records = RecordsOf(
      {Soa(5), Address("WWW.example.com", "192.0.2.1"), Record("a.example.com", "TXT", "x")});
  zone::Records back;
  for (const std::string& piece : PiecesOf(records)) ASSERT_TRUE(ReadRecords(piece, back));
  EXPECT_EQ(Lines(back), Lines(records));
}

TEST(RecordBytes, LargeZonesStandInSeveralPieces) {
  Rr large = Record("www.example.com", "TXT", "x");
  large.rdata = std::string(60000, 'x');
  const zone::Records records = RecordsOf(std::vector<Rr>(40, large));
  const auto pieces = PiecesOf(records);
  EXPECT_GT(pieces.size(), 1U);
  zone::Records back;
  for (const std::string& piece : pieces) {
    EXPECT_LE(piece.size(), kPieceOctets + 65536);
    ASSERT_TRUE(ReadRecords(piece, back));
  }
  EXPECT_EQ(back.size(), 40U);
}

TEST(RecordBytes, AnErrorEndsTheWriting) {
  const auto status = WriteRecords(RecordsOf({Soa(5)}), [](const std::string&) -> Status {
    return Fail(ErrorCode::kUnavailable, "full");
  });
  EXPECT_FALSE(status);
}

TEST(RecordBytes, DifferencesComeBackAsTheyWere) {
  const Delta delta{Soa(5), Soa(6), {Address("a.example.com", "192.0.2.1")}, {}};
  const auto back = ReadDelta(WriteDelta(delta));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->from, delta.from);
  EXPECT_EQ(back->to, delta.to);
  EXPECT_EQ(back->removed, delta.removed);
  EXPECT_TRUE(back->added.empty());
}

TEST(RecordBytes, WhatIsCutOffIsDamage) {
  const std::string whole =
      WriteDelta({Soa(5), Soa(6), {Address("a.example.com", "192.0.2.1")}, {}});
  for (size_t octets = 0; octets < whole.size(); ++octets) {
    EXPECT_FALSE(ReadDelta(whole.substr(0, octets))) << octets;
  }
  EXPECT_FALSE(ReadDelta(whole + "x"));
  const std::string piece = PiecesOf(RecordsOf({Soa(5)})).at(0);
  for (size_t octets = 1; octets < piece.size(); ++octets) {
    zone::Records back;
    EXPECT_FALSE(ReadRecords(piece.substr(0, octets), back)) << octets;
  }
}

}  // namespace
}  // namespace waypost::transfer
