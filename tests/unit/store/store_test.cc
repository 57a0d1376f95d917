// What both stores promise.
#include "dnsd/store/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/unit/store/store_fixture.h"

namespace waypost::store {
namespace {

using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

enum class Kind { kMemory, kRocks };

class StoreTest : public ::testing::TestWithParam<Kind> {
 protected:
  StoreTest() {
    if (GetParam() == Kind::kMemory) {
      store_ = OpenMemoryStore(clock_);
    } else {
      store_ = OpenRocksStore(directory_.state(), clock_).value();
    }
  }
  uint64_t Commit(std::vector<Change> changes) {
    const auto revision = CommitTo(*store_, std::move(changes));
    EXPECT_TRUE(revision) << revision.error().message;
    return revision ? revision->number : 0;
  }

  std::vector<ChangedKey> LastChanges() const { return store_->History(0, 1)->at(0).changes; }

  TempDirectory directory_;
  VirtualClock clock_;
  std::unique_ptr<Store> store_;
};

TEST_P(StoreTest, StartsEmptyAtRevisionZero) {
  EXPECT_EQ(store_->current(), 0U);
  EXPECT_THAT(ReadOf(*store_), IsEmpty());
  EXPECT_THAT(*store_->History(0, 10), IsEmpty());
  EXPECT_EQ(store_->Read(1).error().code, ErrorCode::kNotFound);
}

TEST_P(StoreTest, CommitTellsWhoWhenWhyAndWhatChanged) {
  Commit({Put("pool/a", "1")});
  clock_.Advance(hours(2));
  const auto revision =
      store_->Commit({{Put("pool/a", "2"), Put("pool/b", "3")}, "bob", "load", {}});
  ASSERT_TRUE(revision);
  EXPECT_EQ(revision->number, 2U);
  EXPECT_EQ(revision->time, clock_.WallNow());
  EXPECT_EQ(revision->author, "bob");
  EXPECT_EQ(revision->reason, "load");
  EXPECT_THAT(LastChanges(),
              ElementsAre(ChangedKey{"pool/a", true, true}, ChangedKey{"pool/b", false, true}));
  Commit({Remove("pool/a")});
  EXPECT_THAT(LastChanges(), ElementsAre(ChangedKey{"pool/a", true, false}));
}

TEST_P(StoreTest, EveryRevisionCanBeRead) {
  Commit({Put("a", "1"), Put("b", "1")});
  Commit({Put("a", "2")});
  Commit({Remove("b"), Put("c", "3")});
  EXPECT_EQ(ReadOf(*store_, 1), (Content{{"a", "1"}, {"b", "1"}}));
  EXPECT_EQ(ReadOf(*store_, 2), (Content{{"a", "2"}, {"b", "1"}}));
  EXPECT_EQ(ReadOf(*store_, 3), (Content{{"a", "2"}, {"c", "3"}}));
  EXPECT_EQ(ReadOf(*store_), ReadOf(*store_, 3));
  EXPECT_EQ(store_->Read(4).error().code, ErrorCode::kNotFound);
}

TEST_P(StoreTest, JournalsKeepTheirEntriesByNameAndNumber) {
  EXPECT_TRUE(store_->WriteJournal({{"b/c", 1, "one"}, {"a", 300, "x"}, {"a", 2, "y"}}));
  EXPECT_TRUE(store_->WriteJournal({{"b/c", 1, std::nullopt}, {"b/c", 2, "two"}}));
  std::vector<std::string> seen;
  const auto visit = [&](const std::string& log, uint64_t number, std::string_view value) {
    seen.push_back(log + " " + std::to_string(number) + " " + std::string(value));
    return seen.size() < 2;
  };
  EXPECT_TRUE(store_->VisitJournals(visit));
  EXPECT_THAT(seen, ElementsAre("a 2 y", "a 300 x")) << "it was to stop then";
  EXPECT_EQ(**store_->ReadJournal("b/c", 2), "two");
  EXPECT_EQ(*store_->ReadJournal("b/c", 1), std::nullopt);
  EXPECT_EQ(store_->current(), 0U) << "a journal is no revision";
}

TEST_P(StoreTest, NothingIsWrittenWhenNothingChanges) {
  Commit({Put("a", "1")});
  const auto again = CommitTo(*store_, {Put("a", "1"), Remove("never there")});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->number, 1U);
  EXPECT_EQ(store_->current(), 1U);
  EXPECT_EQ(store_->History(0, 10)->size(), 1U);
}

TEST_P(StoreTest, NothingChangedInAnEmptyStoreIsRevisionZero) {
  EXPECT_EQ(Commit({Remove("a")}), 0U);
  EXPECT_EQ(Commit({}), 0U);
}

TEST_P(StoreTest, ChangesThatChangeNothingAreDropped) {
  Commit({Put("a", "1")});
  Commit({Put("a", "1"), Put("b", "2")});
  EXPECT_THAT(LastChanges(), ElementsAre(ChangedKey{"b", false, true}));
}

TEST_P(StoreTest, LaterChangeOfTheSameKeyCounts) {
  Commit({Put("a", "1"), Put("a", "2"), Remove("b"), Put("b", "3")});
  EXPECT_EQ(ReadOf(*store_), (Content{{"a", "2"}, {"b", "3"}}));
}

TEST_P(StoreTest, ChangeWithoutKeyIsRefused) {
  EXPECT_EQ(CommitTo(*store_, {Put("", "1")}).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(store_->current(), 0U);
}

TEST_P(StoreTest, KeysAndValuesMayHoldAnyByte) {
  const std::string bytes("\0\xFF/revision/\n", 13);
  Commit({Put(bytes, bytes), Put("empty", "")});
  EXPECT_EQ(ReadOf(*store_), (Content{{bytes, bytes}, {"empty", ""}}));
  Commit({Remove("empty")});
  EXPECT_EQ(ReadOf(*store_, 1).count("empty"), 1U);
}

TEST_P(StoreTest, ExpectedRevisionThatPassedIsAConflict) {
  Commit({Put("a", "1")});
  const auto late = store_->Commit({{Put("a", "2")}, "bob", "", 0});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kConflict);
  EXPECT_THAT(late.error().message, HasSubstr("current revision is 1, expected was 0"));
  EXPECT_EQ(ReadOf(*store_).at("a"), "1");
  EXPECT_TRUE(store_->Commit({{Put("a", "2")}, "bob", "", 1}));
}

TEST_P(StoreTest, HistoryIsNewestFirstAndPaged) {
  for (int i = 1; i <= 5; ++i) Commit({Put("a", std::to_string(i))});
  const auto newest = *store_->History(0, 2);
  ASSERT_EQ(newest.size(), 2U);
  EXPECT_EQ(newest[0].info.number, 5U);
  EXPECT_EQ(newest[1].info.number, 4U);
  const auto rest = *store_->History(4, 10);
  ASSERT_EQ(rest.size(), 3U);
  EXPECT_EQ(rest[0].info.number, 3U);
  EXPECT_THAT(*store_->History(1, 10), IsEmpty());
  EXPECT_THAT(*store_->History(0, 0), IsEmpty());
  EXPECT_EQ(store_->History(100, 10)->size(), 5U);
}

TEST_P(StoreTest, CompactForgetsWhatIsOlderAndKeepsTheRestReadable) {
  for (int i = 1; i <= 5; ++i) {
    Commit({Put("a", std::to_string(i)), Put("k" + std::to_string(i), "x")});
    clock_.Advance(hours(1));
  }
  EXPECT_EQ(*store_->Compact(clock_.WallNow() - hours(2)), 3U);
  EXPECT_EQ(store_->Read(3).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(ReadOf(*store_, 4).at("a"), "4");
  EXPECT_EQ(ReadOf(*store_, 4).size(), 5U);
  EXPECT_EQ(ReadOf(*store_).at("a"), "5");
  EXPECT_EQ(store_->History(0, 10)->size(), 2U);
  EXPECT_EQ(*store_->Compact(clock_.WallNow() - hours(2)), 0U);
}

TEST_P(StoreTest, CompactNeverForgetsTheCurrentRevision) {
  Commit({Put("a", "1")});
  Commit({Put("a", "2")});
  EXPECT_EQ(*store_->Compact(clock_.WallNow() + hours(1)), 1U);
  EXPECT_EQ(ReadOf(*store_, 2).at("a"), "2");
  EXPECT_EQ(Commit({Put("a", "3")}), 3U);
}

TEST_P(StoreTest, StatesAreBesideTheConfiguration) {
  EXPECT_EQ(*store_->GetState("verdicts"), std::nullopt);
  EXPECT_TRUE(store_->PutState("verdicts", "up", true));
  EXPECT_TRUE(store_->PutState("latency", "table", false));
  EXPECT_TRUE(store_->PutState("verdicts", "down", false));
  EXPECT_EQ(*store_->GetState("verdicts"), "down");
  EXPECT_EQ(*store_->GetState("latency"), "table");
  EXPECT_EQ(store_->current(), 0U);
  EXPECT_THAT(ReadOf(*store_), IsEmpty());
}

TEST_P(StoreTest, SeveralStatesAreWrittenAndScannedTogether) {
  ASSERT_TRUE(store_->WriteState({{"b/2", "two"}, {"b/1", "one"}, {"c", "no"}, {"a", "no"}}, true));
  ASSERT_TRUE(store_->WriteState({{"b/3", "three"}, {"b/2", std::nullopt}}, false));
  std::vector<std::string> seen;
  ASSERT_TRUE(store_->ScanState("b/", [&seen](std::string_view key, std::string_view value) {
    seen.push_back(std::string(key) + "=" + std::string(value));
    return Status();
  }));
  EXPECT_THAT(seen, ::testing::ElementsAre("b/1=one", "b/3=three"));
  const Status stopped = store_->ScanState("", [](std::string_view, std::string_view) -> Status {
    return Fail(ErrorCode::kInvalid, "enough");
  });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().message, "enough");
}

TEST_P(StoreTest, OneOfManyWritersWinsEachRevision) {
  constexpr int kThreads = 4;
  constexpr uint64_t kRevisions = 40;
  std::atomic<int> won{0}, lost{0};
  std::vector<std::thread> writers;
  for (int t = 0; t < kThreads; ++t) {
    writers.emplace_back([&, t] {
      for (uint64_t n = 0; n < kRevisions; ++n) {
        const auto revision =
            store_->Commit({{Put("k", std::to_string(n * kThreads + t))}, "", "", n});
        revision ? ++won : ++lost;
        if (!revision) {
          EXPECT_EQ(revision.error().code, ErrorCode::kConflict);
        }
        EXPECT_TRUE(store_->Read(0));
        while (store_->current() <= n) std::this_thread::yield();
      }
    });
  }
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(won, static_cast<int>(kRevisions));
  EXPECT_EQ(lost, static_cast<int>(kRevisions) * (kThreads - 1));
  EXPECT_EQ(store_->current(), kRevisions);
}

TEST_P(StoreTest, ReadersSeeWholeRevisionsWhileOthersCommit) {
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (int i = 0; i < 60; ++i) Commit({Put("a", std::to_string(i)), Put("b", std::to_string(i))});
    done = true;
  });
  while (!done) {
    const Content content = ReadOf(*store_);
    ASSERT_EQ(content.count("a"), content.count("b"));
    if (!content.empty()) {
      ASSERT_EQ(content.at("a"), content.at("b"));
    }
  }
  writer.join();
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreTest, ::testing::Values(Kind::kMemory, Kind::kRocks),
                         [](const auto& param) {
                           return param.param == Kind::kMemory ? "Memory" : "Rocks";
                         });

}  // namespace
}  // namespace waypost::store
