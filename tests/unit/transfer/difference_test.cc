#include "dnsd/transfer/difference.h"

#include <gmock/gmock.h>

#include <map>
#include <random>

#include "tests/unit/transfer/transfer_words.h"

namespace waypost::transfer {
namespace {

using test::WireName;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr size_t kPlenty = size_t{1} << 30;

std::shared_ptr<ZoneImage> Version(int serial, const std::string& lines,
                                   std::span<const zone::SteeredOwner> steered = {}) {
  auto image = std::make_shared<ZoneImage>();
  image->zone = zone::LoadZoneText("$TTL 300\n@ SOA ns admin " + std::to_string(serial) +
                                       " 1h 15m 1w 5m\n@ NS ns\nns A 192.0.2.1\n" + lines,
                                   wire::Name::Parse("example.com").value(), "test", steered)
                    .zone;
  EXPECT_NE(image->zone, nullptr) << lines;
  return image;
}

std::string Word(const RrView& record) {
  return LoweredName(record.owner) + "|" + std::to_string(record.type) + "|" +
         std::to_string(record.ttl) + "|" + CanonicalRdata(record.type, record.rdata);
}

/// A secondary that keeps a multiset of records and applies an IXFR as RFC 1995 section 4 has it.
class Secondary {
 public:
  explicit Secondary(std::shared_ptr<const ZoneImage> image) {
    const auto cursor = WholeZone(image);
    RrView record;
    cursor->Next(record);
    ++records_[Word(record)];
    while (cursor->Next(record) && record.type != zone::kSoa) ++records_[Word(record)];
  }

  void Apply(std::unique_ptr<RrCursor> transfer) {
    RrView record;
    ASSERT_TRUE(transfer->Next(record));
    const std::string last = Word(record);
    bool is_adding = true;  // the next SOA begins the first step
    while (transfer->Next(record)) {
      if (record.type == zone::kSoa) {
        if (is_adding && Word(record) == last) break;
        is_adding = !is_adding;
      }
      is_adding ? Add(record) : Remove(record);
    }
    EXPECT_FALSE(transfer->Next(record)) << "there is something after the end";
  }
  bool operator==(const Secondary&) const = default;

 private:
  void Add(const RrView& record) {
    EXPECT_EQ(++records_[Word(record)], 1) << "is there twice: " << Word(record);
  }
  void Remove(const RrView& record) {
    EXPECT_EQ(records_.erase(Word(record)), 1U) << "was not there: " << Word(record);
  }

  std::map<std::string, int> records_;
};

std::vector<std::string> OwnersIn(const Difference& difference) {
  std::vector<std::string> owners;
  const auto cursor = Incremental(Version(9, ""), {std::make_shared<Difference>(difference)});
  for (RrView record; cursor->Next(record);) {
    owners.push_back(record.type == zone::kSoa ? "SOA" : NameText(LoweredName(record.owner)));
  }
  return owners;
}

TEST(Differences, AreTheOldSoaWhatIsGoneTheNewSoaAndWhatIsNew) {
  const auto before = Version(7, "a A 192.0.2.1\nb A 192.0.2.2\n");
  const auto after = Version(8, "b A 192.0.2.2\nc A 192.0.2.3\n");
  const auto difference = DifferenceOf(*before, *after, kPlenty);
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->from, 7U);
  EXPECT_EQ(difference->to, 8U);
  EXPECT_EQ(difference->records, 4U);
  EXPECT_THAT(OwnersIn(*difference),
              ElementsAre("SOA", "SOA", "a.example.com", "SOA", "c.example.com", "SOA"));
}

TEST(Differences, OfOneRecordLeaveTheOthersOfItsSetAlone) {
  const auto difference = DifferenceOf(*Version(7, "a A 192.0.2.1\na A 192.0.2.2\n"),
                                       *Version(8, "a A 192.0.2.2\na A 192.0.2.3\n"), kPlenty);
  EXPECT_EQ(difference->records, 4U);
}

TEST(Differences, RemoveAndAddARecordWhoseTtlChanged) {
  const auto difference =
      DifferenceOf(*Version(7, "a 60 A 192.0.2.1\n"), *Version(8, "a 61 A 192.0.2.1\n"), kPlenty);
  EXPECT_EQ(difference->records, 4U);
}

TEST(Differences, DoNotSeeTheCaseOfNames) {
  const auto before = Version(7, "www CNAME Host.Example.Com.\n");
  const auto after = Version(8, "WWW CNAME host.example.com.\n");
  EXPECT_EQ(DifferenceOf(*before, *after, kPlenty)->records, 2U);
  EXPECT_EQ(DigestAfter(DigestOf(*before), *DifferenceOf(*before, *after, kPlenty)),
            DigestOf(*after));
  const auto text = Version(8, "www TXT Word\n");
  EXPECT_NE(DigestOf(*text), DigestOf(*Version(8, "www TXT word\n"))) << "text has a case";
}

TEST(Differences, SeeTheFallbackOfSteeredRecords) {
  const std::vector<zone::SteeredOwner> steered = {
      {.owner = wire::Name::Parse("www.example.com").value(), .types = {zone::kA}}};
  const auto before = Version(7, "www TXT beside\n", steered);
  before->fallbacks = {{{"", 1, 60, {"abcd", "efgh"}}}};
  const auto after = std::make_shared<ZoneImage>(*before);
  after->zone = Version(8, "www TXT beside\n", steered)->zone;
  after->fallbacks = {{{"", 1, 60, {"efgh", "ijkl", "mnop"}}}};
  const std::vector<std::string> owners = {WireName("www.example.com")};
  const auto difference = DifferenceAt(*before, *after, owners, kPlenty);
  EXPECT_EQ(difference->records, 5U);
  EXPECT_EQ(difference->sequence, DifferenceOf(*before, *after, kPlenty)->sequence);
  Secondary secondary(before);
  secondary.Apply(Incremental(after, {std::make_shared<Difference>(*difference)}));
  EXPECT_EQ(secondary, Secondary(after));
}

TEST(Differences, LargerThanWantedAreNone) {
  const auto before = Version(7, "$GENERATE 1-1000 a$ A 10.0.0.1\n");
  const auto after = Version(8, "$GENERATE 1-1000 b$ A 10.0.0.1\n");
  EXPECT_FALSE(DifferenceOf(*before, *after, 10000));
  EXPECT_TRUE(DifferenceOf(*before, *after, 100000));
}

/// Names, types, TTLs and cases that collide often.
std::string RandomLines(std::mt19937& random) {
  const char* const owners[] = {"a", "A", "b", "*.w", "x.y", "X.y", "deep.x.y", "c"};
  std::string lines;
  for (unsigned left = random() % 12; left > 0; --left) {
    // A TTL a type: all records of a set must have the same.
    lines += std::string(owners[random() % 8]);
    const std::string number = std::to_string(random() % 4);
    switch (random() % 3) {
      case 0:
        lines += " 60 A 192.0.2." + number + "\n";
        break;
      case 1:
        lines += " 70 TXT t" + number + "\n";
        break;
      default:
        lines += std::string(" 80 MX 10 ") + (random() % 2 ? "mail" : "MAIL") + number + "\n";
    }
  }
  return lines;
}

TEST(Differences, InARowLeadASecondaryFromAnyVersionToTheLast) {
  std::mt19937 random(4711);
  for (int round = 0; round < 60; ++round) {
    std::vector<std::shared_ptr<ZoneImage>> versions;
    for (int serial = 1; serial <= 6; ++serial) {
      versions.push_back(Version(serial, RandomLines(random)));
    }
    Differences steps;
    uint64_t digest = DigestOf(*versions[0]);
    for (size_t i = 1; i < versions.size(); ++i) {
      auto step = DifferenceOf(*versions[i - 1], *versions[i], kPlenty);
      digest = DigestAfter(digest, *step);
      ASSERT_EQ(digest, DigestOf(*versions[i]));
      steps.push_back(std::make_shared<Difference>(*std::move(step)));
    }
    for (size_t from = 0; from + 1 < versions.size(); ++from) {
      Secondary secondary(versions[from]);
      secondary.Apply(Incremental(
          versions.back(), {steps.begin() + static_cast<std::ptrdiff_t>(from), steps.end()}));
      EXPECT_EQ(secondary, Secondary(versions.back()));
    }
  }
}

TEST(Differences, SurviveWritingAndAreNotReadWhenCutOrForged) {
  const auto written =
      DifferenceOf(*Version(7, "a A 192.0.2.1\n"), *Version(8, "b TXT x\n"), kPlenty);
  const auto read = ReadDifference(written->sequence);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->from, 7U);
  EXPECT_EQ(read->to, 8U);
  EXPECT_EQ(read->records, written->records);
  size_t whole = 0;
  for (size_t octets = 0; octets < written->sequence.size(); ++octets) {
    whole += ReadDifference(written->sequence.substr(0, octets)) ? 1 : 0;
  }
  EXPECT_EQ(whole, 1U) << "before the last record; the digest tells of that";
  EXPECT_FALSE(ReadDifference(written->sequence + written->sequence));
  EXPECT_FALSE(ReadDifference(std::string(5000, '\x3F')));
}

TEST(Digests, AreTheSameWhateverTheOrderAndDifferWithTheSerial) {
  EXPECT_EQ(DigestOf(*Version(7, "a A 192.0.2.1\nb A 192.0.2.2\n")),
            DigestOf(*Version(7, "b A 192.0.2.2\na A 192.0.2.1\n")));
  EXPECT_NE(DigestOf(*Version(7, "")), DigestOf(*Version(8, "")));
  EXPECT_NE(DigestOf(*Version(7, "a A 192.0.2.1\n")), DigestOf(*Version(7, "a A 192.0.2.2\n")));
}

}  // namespace
}  // namespace waypost::transfer
