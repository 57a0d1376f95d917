#include "dnsd/transfer/transfer_reader.h"

#include <gmock/gmock.h>

#include "tests/unit/transfer/secondary_words.h"

namespace waypost::transfer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Kind = Transfer::Kind;

struct Outcome {
  Tried<bool> last = false;
  std::optional<Transfer> transfer;
};

/// Reads messages until one is the last, or wrong.
Outcome Read(std::optional<uint32_t> known, const std::vector<std::vector<Rr>>& messages) {
  TransferReader reader(test::WireName("example.com"), known);
  Outcome outcome;
  for (const auto& records : messages) {
    outcome.last = reader.Take(Answering(records));
    if (!outcome.last || *outcome.last) break;
  }
  if (outcome.last && *outcome.last) outcome.transfer.emplace(std::move(reader).Finish());
  return outcome;
}

std::string FactOf(const Outcome& outcome) {
  return outcome.last ? "no trouble" : outcome.last.error().fact;
}

TEST(TransferReader, ReadsAWholeZoneFromManyMessages) {
  const Outcome got = Read(std::nullopt, {{Soa(5)},
                                          {Address("www.example.com", "192.0.2.1")},
                                          {Address("a.example.com", "192.0.2.2"), Soa(5)}});
  ASSERT_TRUE(got.last && *got.last) << FactOf(got);
  EXPECT_EQ(got.transfer->kind, Kind::kWhole);
  EXPECT_EQ(got.transfer->serial, 5U);
  EXPECT_THAT(Lines(got.transfer->whole),
              ElementsAre("a.example.com 60 A 192.0.2.2",
                          "example.com 60 SOA ns. admin. 5 3600 900 604800 300",
                          "www.example.com 60 A 192.0.2.1"));
}

TEST(TransferReader, AMessageWithoutRecordsSaysNothingButAtTheBeginning) {
  const Outcome got =
      Read(std::nullopt, {{Soa(5)}, {}, {Address("www.example.com", "192.0.2.1"), Soa(5)}});
  ASSERT_TRUE(got.last && *got.last) << FactOf(got);
  EXPECT_EQ(got.transfer->whole.entries().size(), 2U);
  EXPECT_THAT(FactOf(Read(5, {{}, {Soa(6)}})), HasSubstr("empty"));
}

TEST(TransferReader, ATransferIsNotOverBeforeItsSecondSoa) {
  const Outcome got = Read(std::nullopt, {{Soa(5), Address("www.example.com", "192.0.2.1")}});
  EXPECT_TRUE(got.last && !*got.last);
}

TEST(TransferReader, OneSoaThatIsNotNewerSaysThatThereIsNoNews) {
  for (const uint32_t serial : {5U, 4U}) {
    const Outcome got = Read(5, {{Soa(serial)}});
    ASSERT_TRUE(got.last && *got.last) << serial;
    EXPECT_EQ(got.transfer->kind, Kind::kUpToDate);
    EXPECT_EQ(got.transfer->serial, serial);
  }
  EXPECT_TRUE(Read(5, {{Soa(6)}}).last == false) << "more is to come";
}

TEST(TransferReader, AnIncrementalReplyMayBeTheWholeZone) {
  const Outcome got = Read(5, {{Soa(6)}, {Address("www.example.com", "192.0.2.1")}, {Soa(6)}});
  ASSERT_TRUE(got.last && *got.last) << FactOf(got);
  EXPECT_EQ(got.transfer->kind, Kind::kWhole);
  EXPECT_EQ(got.transfer->whole.size(), 2U);
}

TEST(TransferReader, ReadsSeveralDifferences) {
  const Outcome got = Read(5, {{Soa(7), Soa(5), Address("old.example.com", "192.0.2.1"), Soa(6)},
                               {Address("new.example.com", "192.0.2.2"), Soa(6), Soa(7)},
                               {Address("newer.example.com", "192.0.2.3"), Soa(7)}});
  ASSERT_TRUE(got.last && *got.last) << FactOf(got);
  ASSERT_EQ(got.transfer->kind, Kind::kDeltas);
  ASSERT_EQ(got.transfer->deltas.size(), 2U);
  EXPECT_THAT(got.transfer->deltas[0].removed,
              ElementsAre(Address("old.example.com", "192.0.2.1")));
  EXPECT_THAT(got.transfer->deltas[0].added, ElementsAre(Address("new.example.com", "192.0.2.2")));
  EXPECT_TRUE(got.transfer->deltas[1].removed.empty());
  EXPECT_EQ(ReadSoa(got.transfer->deltas[1].to.rdata).serial, 7U);
}

TEST(TransferReader, DifferencesGoOverTheEndOfTheNumbers) {
  const Outcome got = Read(0xFFFFFFFF, {{Soa(1), Soa(0xFFFFFFFF), Soa(1), Soa(1)}});
  ASSERT_TRUE(got.last && *got.last) << FactOf(got);
  EXPECT_EQ(got.transfer->deltas.size(), 1U);
}

TEST(TransferReader, DifferencesMustBeginWithWhatIsKnownAndFollowOneAnother) {
  EXPECT_THAT(FactOf(Read(5, {{Soa(7), Soa(4)}})), HasSubstr("from serial 4 where 5 was due"));
  EXPECT_THAT(FactOf(Read(5, {{Soa(8), Soa(5), Soa(6), Soa(7)}})),
              HasSubstr("from serial 7 where 6 was due"));
}

TEST(TransferReader, RefusesWhatIsNoTransfer) {
  const Rr www = Address("www.example.com", "192.0.2.1");
  EXPECT_THAT(FactOf(Read(std::nullopt, {{}})), HasSubstr("empty"));
  EXPECT_THAT(FactOf(Read(std::nullopt, {{www}})), HasSubstr("does not begin with a SOA"));
  EXPECT_THAT(FactOf(Read(std::nullopt, {{Soa(5), www, Soa(6)}})), HasSubstr("another SOA"));
  EXPECT_THAT(FactOf(Read(std::nullopt, {{Soa(5), Soa(5), www}})), HasSubstr("follow the last"));
  EXPECT_THAT(FactOf(Read(std::nullopt, {{Soa(5), Soa(5, "www.example.com")}})),
              HasSubstr("the SOA of www.example.com"));
  Rr chaos = www;
  chaos.record_class = 3;
  EXPECT_THAT(FactOf(Read(std::nullopt, {{Soa(5), chaos}})), HasSubstr("class 3"));
  Rr meta = www;
  meta.type = 255;
  EXPECT_THAT(FactOf(Read(std::nullopt, {{Soa(5), meta}})), HasSubstr("type 255"));
}

TEST(TransferReader, LeavesOutWhatIsOutOfTheZone) {
  const Outcome got = Read(std::nullopt, {{Soa(5), Address("www.example.net", "192.0.2.1"),
                                           Address("notexample.com", "192.0.2.1"), Soa(5)}});
  ASSERT_TRUE(got.last && *got.last) << FactOf(got);
  EXPECT_EQ(got.transfer->out_of_zone, 2U);
  EXPECT_EQ(got.transfer->whole.size(), 1U);
}

TEST(TransferReader, ATtlWithItsHighestBitSetIsZero) {
  const Outcome got =
      Read(std::nullopt, {{Soa(5), Address("www.example.com", "192.0.2.1", 0x80000001), Soa(5)}});
  ASSERT_TRUE(got.last && *got.last) << FactOf(got);
  EXPECT_EQ(got.transfer->whole.entries()[1].ttl, 0U);
}

TEST(TransferReader, EndsATransferThatIsTooLarge) {
  TransferReader reader(test::WireName("example.com"), std::nullopt);
  ASSERT_TRUE(reader.Take(Answering({Soa(5)})));
  Rr large = Record("www.example.com", "TXT", "x");
  large.rdata = std::string(60000, 'x');
  const Message message = Answering(std::vector<Rr>(256, large));
  Tried<bool> taken = false;
  size_t octets = 0;
  for (; taken && octets <= kMaxTransferOctets; octets += 256 * large.rdata.size()) {
    taken = reader.Take(message);
  }
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().layer, Layer::kContent);
}

}  // namespace
}  // namespace waypost::transfer
