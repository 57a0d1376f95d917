#include "dnsd/control/zone_copies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dnsd/transfer/delta.h"
#include "tests/unit/transfer/secondary_words.h"

namespace waypost::control {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using transfer::Address;
using transfer::Delta;
using transfer::Lines;
using transfer::RecordsOf;
using transfer::Soa;

constexpr const char* kZone = "example.com";

/// Passes everything on until it is told to fail: the disk is full, or the process dies there.
class FailingStore final : public store::Store {
 public:
  explicit FailingStore(store::Store& store) : store_(store) {}

  int writes_left = 1'000'000;

  uint64_t current() const override { return store_.current(); }
  Result<store::RevisionInfo> Commit(store::Commit commit) override {
    return store_.Commit(std::move(commit));
  }
  Result<store::Content> Read(uint64_t revision) const override { return store_.Read(revision); }
  Result<std::vector<store::RevisionOutline>> History(uint64_t before,
                                                      size_t limit) const override {
    return store_.History(before, limit);
  }
  Result<uint64_t> Compact(Wall keep_since) override { return store_.Compact(keep_since); }
  Status PutState(const std::string& key, const std::string& value, bool durable) override {
    return WriteState({{key, value}}, durable);
  }
  Status WriteState(const std::vector<store::StateEdit>& edits, bool durable) override {
    if (--writes_left < 0) return Fail(ErrorCode::kUnavailable, "full");
    return store_.WriteState(edits, durable);
  }
  Status ScanState(const std::string& prefix, const store::StateVisitor& visit) const override {
    return store_.ScanState(prefix, visit);
  }
  Result<std::optional<std::string>> GetState(const std::string& key) const override {
    return store_.GetState(key);
  }
  Status WriteJournal(const std::vector<store::JournalEdit>& edits) override {
    return store_.WriteJournal(edits);
  }
  Status VisitJournals(const store::JournalVisitor& visit) const override {
    return store_.VisitJournals(visit);
  }
  Result<std::optional<std::string>> ReadJournal(const std::string& log,
                                                 uint64_t number) const override {
    return store_.ReadJournal(log, number);
  }
  bool writable() const override { return writes_left >= 0; }

 private:
  store::Store& store_;
};

class Copies : public ::testing::Test {
 protected:
  ZoneCopies::Loaded Reload() {
    ZoneCopies next(*store_);
    auto loaded = next.Load();
    EXPECT_TRUE(loaded) << loaded.error().message;
    return *std::move(loaded);
  }
  size_t StoredValues() const {
    size_t count = 0;
    EXPECT_TRUE(store_->ScanState("", [&count](std::string_view, std::string_view) {
      ++count;
      return Status();
    }));
    return count;
  }
  /// Versions with the same hundred hosts, and one that tells them apart.
  static zone::Records Version(uint32_t serial) {
    std::vector<transfer::Rr> records{Soa(serial), Mark(serial)};
    for (int i = 0; i < 100; ++i) {
      records.push_back(Address("h" + std::to_string(i) + ".example.com", "192.0.2.1"));
    }
    return RecordsOf(records);
  }
  static transfer::Rr Mark(uint32_t serial) {
    return Address("mark.example.com", "10.0.0." + std::to_string(serial));
  }
  static Delta Step(uint32_t serial) {
    return {Soa(serial), Soa(serial + 1), {Mark(serial)}, {Mark(serial + 1)}};
  }

  VirtualClock clock_;
  const std::unique_ptr<store::Store> store_ = store::OpenMemoryStore(clock_);
  FailingStore failing_{*store_};
  ZoneCopies copies_{failing_};
};

TEST_F(Copies, SurviveARestart) {
  ASSERT_TRUE(copies_.Keep(kZone, Version(1), {}, clock_.WallNow()));
  ASSERT_TRUE(copies_.Keep("other.test", Version(7), {}, clock_.WallNow(), "catalog.test"));
  const auto loaded = Reload();
  ASSERT_EQ(loaded.copies.size(), 2U);
  EXPECT_EQ(Lines(*loaded.copies.at(kZone).content), Lines(Version(1)));
  EXPECT_EQ(loaded.copies.at(kZone).confirmed, clock_.WallNow());
  EXPECT_EQ(loaded.copies.at(kZone).listed_by, "");
  EXPECT_EQ(loaded.copies.at("other.test").listed_by, "catalog.test");
  EXPECT_THAT(loaded.damaged, IsEmpty());
}

TEST_F(Copies, DifferencesAreAppendedAndNowAndThenFolded) {
  ASSERT_TRUE(copies_.Keep(kZone, Version(1), {}, clock_.WallNow()));
  const size_t values = StoredValues();
  size_t most = 0;
  for (uint32_t serial = 1; serial < 100; ++serial) {
    ASSERT_TRUE(copies_.Keep(kZone, Version(serial + 1), {Step(serial)}, clock_.WallNow()));
    EXPECT_EQ(Lines(*Reload().copies.at(kZone).content), Lines(Version(serial + 1)));
    most = std::max(most, StoredValues());
  }
  EXPECT_GT(most, values + 2) << "differences are kept as such";
  EXPECT_LT(most, values + 50) << "but not without end";
}

TEST_F(Copies, AConfirmationChangesTheTimeAlone) {
  ASSERT_TRUE(copies_.Keep(kZone, Version(1), {}, clock_.WallNow()));
  clock_.Advance(std::chrono::hours(1));
  ASSERT_TRUE(copies_.Confirm(kZone, clock_.WallNow()));
  EXPECT_EQ(Reload().copies.at(kZone).confirmed, clock_.WallNow());
}

TEST_F(Copies, WhatIsDroppedLeavesNothing) {
  ASSERT_TRUE(copies_.Keep(kZone, Version(1), {}, clock_.WallNow()));
  ASSERT_TRUE(copies_.Keep(kZone, Version(2), {Step(1)}, clock_.WallNow()));
  ASSERT_TRUE(copies_.Drop(kZone));
  EXPECT_EQ(StoredValues(), 0U);
}

TEST_F(Copies, AreOneVersionWhereverTheWritingEnds) {
  for (int writes = 0; writes < 4; ++writes) {
    for (const bool is_incremental : {false, true}) {
      failing_.writes_left = 1'000'000;
      ZoneCopies copies(failing_);
      ASSERT_TRUE(copies.Load());
      ASSERT_TRUE(copies.Keep(kZone, Version(1), {}, clock_.WallNow()));
      failing_.writes_left = writes;
      const auto deltas = is_incremental ? std::vector<Delta>{Step(1)} : std::vector<Delta>{};
      const bool is_kept = copies.Keep(kZone, Version(2), deltas, clock_.WallNow()).has_value();
      const auto loaded = Reload();
      EXPECT_EQ(Lines(*loaded.copies.at(kZone).content), Lines(Version(is_kept ? 2 : 1)));
      EXPECT_THAT(loaded.damaged, IsEmpty());
    }
  }
}

TEST_F(Copies, AfterAFailureTheWholeZoneIsWritten) {
  ASSERT_TRUE(copies_.Keep(kZone, Version(1), {}, clock_.WallNow()));
  failing_.writes_left = 0;
  EXPECT_FALSE(copies_.Keep(kZone, Version(2), {Step(1)}, clock_.WallNow()));
  failing_.writes_left = 100;
  ASSERT_TRUE(copies_.Keep(kZone, Version(3), {Step(2)}, clock_.WallNow()));
  EXPECT_EQ(Lines(*Reload().copies.at(kZone).content), Lines(Version(3)));
}

TEST_F(Copies, DamageIsToldAndDeleted) {
  ASSERT_TRUE(copies_.Keep(kZone, Version(1), {}, clock_.WallNow()));
  ASSERT_TRUE(copies_.Keep("other.test", Version(7), {}, clock_.WallNow()));
  std::string piece;
  ASSERT_TRUE(store_->ScanState(std::string("copy/example.com\0p", 18),
                                [&piece](std::string_view key, std::string_view) {
                                  piece = key;
                                  return Status();
                                }));
  ASSERT_FALSE(piece.empty());
  ASSERT_TRUE(store_->PutState(piece, "\x3Fnonsense", false));
  const auto loaded = Reload();
  EXPECT_THAT(loaded.damaged, ElementsAre(kZone));
  EXPECT_EQ(loaded.copies.size(), 1U);
  EXPECT_THAT(Reload().damaged, IsEmpty());
}

}  // namespace
}  // namespace waypost::control
