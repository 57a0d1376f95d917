// Random operations on every store beside a model that keeps a whole copy of each revision.
#include <gtest/gtest.h>

#include <map>

#include "dnsd/base/random.h"
#include "tests/unit/store/store_fixture.h"

namespace waypost::store {
namespace {

struct Model {
  std::map<uint64_t, Content> kept{{0, {}}};
  std::map<uint64_t, Wall> times;

  uint64_t head() const { return kept.rbegin()->first; }
  const Content& content() const { return kept.rbegin()->second; }

  void Commit(const std::vector<Change>& changes, Wall now) {
    Content next = content();
    for (const Change& change : changes) {
      if (change.after) next[change.key] = *change.after;
      if (!change.after) next.erase(change.key);
    }
    if (next == content()) return;
    const uint64_t number = head() + 1;
    kept.erase(0);
    kept[number] = next;
    times[number] = now;
  }

  void Compact(Wall keep_since) {
    while (kept.size() > 1 && times[kept.begin()->first] < keep_since) kept.erase(kept.begin());
  }
};

class RandomOperations {
 public:
  RandomOperations(uint64_t seed, VirtualClock& clock) : random_(seed), clock_(clock) {}

  void Step(Store& store, Model& model) {
    clock_.Advance(std::chrono::seconds(random_.Below(100)));
    if (random_.Below(20) == 0) return Compact(store, model);
    const std::vector<Change> changes = Changes();
    const auto revision = CommitTo(store, changes);
    ASSERT_TRUE(revision) << revision.error().message;
    model.Commit(changes, clock_.WallNow());
    ASSERT_EQ(revision->number, model.head());
  }

 private:
  void Compact(Store& store, Model& model) {
    const Wall since = clock_.WallNow() - std::chrono::seconds(random_.Below(2000));
    ASSERT_TRUE(store.Compact(since));
    model.Compact(since);
  }

  std::vector<Change> Changes() {
    std::vector<Change> changes;
    for (uint64_t i = random_.Below(4); i > 0; --i) {
      const std::string key = "key" + std::to_string(random_.Below(12));
      changes.push_back(random_.Below(3) == 0 ? Remove(key) : Put(key, Value()));
    }
    return changes;
  }

  /// One in four is large, and differs from others by a few octets.
  std::string Value() {
    if (random_.Below(4) != 0) return std::string(random_.Below(300), 'v');
    std::string large(70'000 + random_.Below(3), 'l');
    large[random_.Below(large.size())] = 'd';
    return large;
  }

  Random random_;
  VirtualClock& clock_;
};

/// What the revisions say of themselves: which keys came, changed and went.
void ExpectSameHistory(const Store& store, const Model& model) {
  for (const auto& [number, content] : model.kept) {
    const auto former = model.kept.find(number - 1);
    if (number == 0 || former == model.kept.end()) continue;
    const auto history = store.History(number + 1, 1);
    ASSERT_TRUE(history) << history.error().message;
    ASSERT_EQ(history->front().info.number, number);
    for (const ChangedKey& change : history->front().changes) {
      ASSERT_EQ(change.is, content.contains(change.key));
      ASSERT_EQ(change.was, former->second.contains(change.key));
    }
  }
}

void ExpectSame(const Store& store, const Model& model) {
  ASSERT_EQ(store.current(), model.head());
  for (uint64_t number = 1; number <= model.head() + 1; ++number) {
    const auto content = store.Read(number);
    const auto kept = model.kept.find(number);
    ASSERT_EQ(content.has_value(), kept != model.kept.end()) << number;
    if (content) {
      ASSERT_EQ(*content, kept->second) << number;
    }
  }
  ExpectSameHistory(store, model);
}

TEST(StoreModel, MemoryStoreAgreesWithTheModel) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    VirtualClock clock;
    const auto store = OpenMemoryStore(clock);
    Model model;
    RandomOperations operations(seed, clock);
    for (int i = 0; i < 100; ++i) operations.Step(*store, model);
    ExpectSame(*store, model);
  }
}

TEST(StoreModel, RocksStoreAgreesWithTheModelAcrossRestarts) {
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    const TempDirectory directory;
    VirtualClock clock;
    Model model;
    RandomOperations operations(seed, clock);
    for (int life = 0; life < 4; ++life) {
      auto store = OpenRocksStore(directory.state(), clock);
      ASSERT_TRUE(store) << store.error().message;
      ExpectSame(**store, model);
      for (int i = 0; i < 25; ++i) operations.Step(**store, model);
      ExpectSame(**store, model);
    }
  }
}

}  // namespace
}  // namespace waypost::store
