#include "dnsd/control/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dnsd/config/parse.h"
#include "dnsd/control/change_set.h"
#include "dnsd/control/stored_resources.h"

namespace waypost::control {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kSteering = R"(
{kind: Region, name: east}
---
{kind: Policy, name: all, steps: [weighted]}
---
{kind: Record, name: geo.example.com, types: [A], policy: all, pools: [east]}
---
)";

/// What of a zone stands in its resources.
struct Wanted {
  int serial = 1;
  std::string lines;                   // of the master file
  std::string rrset;                   // of laid.example.com, an address; empty: none
  std::string inside;                  // the same as a view has it
  std::string endpoint = "127.0.0.1";  // behind geo.example.com
  std::string options = "allow_transfer: [{networks: [127.0.0.0/8]}]";
};

config::ResourceSet ResourcesFor(const Wanted& wanted) {
  std::string text = kSteering;
  text +=
      "{kind: Pool, name: east, region: east, endpoints: [{address: " + wanted.endpoint + "}]}\n";
  if (!wanted.rrset.empty()) {
    text += "---\n{kind: Rrset, name: laid.example.com, type: A, ttl: 60, records: [" +
            wanted.rrset + "]}\n";
  }
  if (!wanted.inside.empty()) {
    text += "---\n{kind: View, name: inside, match: [{networks: [127.0.0.0/8]}]}\n";
    text +=
        "---\n{kind: Rrset, name: laid.example.com, type: A, ttl: 60, view: inside, records: [" +
        wanted.inside + "]}\n";
  }
  text += "---\nkind: Zone\norigin: example.com\n" + wanted.options +
          "\ntext: |\n  @ 60 SOA ns h " + std::to_string(wanted.serial) +
          " 1 1 1 1\n  @ 60 NS ns\n  ns 60 A 192.0.2.1\n" + wanted.lines;
  config::Collected collected = config::Collect(config::ParseDocuments(text, "test.yaml"));
  EXPECT_THAT(collected.problems, IsEmpty()) << text;
  return collected.resources;
}

class Journals : public ::testing::Test {
 protected:
  Journals() {
    events_.Subscribe([this](const Happening& happening) { told_.push_back(happening.text); });
    Restart();
  }
  /// The configuration is committed, and perhaps followed.
  void Commit(const Wanted& wanted) {
    const config::ResourceSet next = ResourcesFor(wanted);
    const auto changes = ToStoreChanges(Difference(resources_, next));
    ASSERT_TRUE(store_->Commit({changes, "ann", "", {}}));
    resources_ = next;
    auto result = config::Build(next, built_.get());
    ASSERT_NE(result.built, nullptr) << result.problems.front().ToString();
    built_ = result.built;
  }
  void Serve(const Wanted& wanted) {
    Commit(wanted);
    journal_->Follow(built_, store_->current());
  }
  /// Another process with the same store.
  void Restart() { journal_.emplace(*store_, events_, limits_); }
  void Start() { journal_->Follow(built_, store_->current()); }

  /// Records between the SOAs at both ends, by step; empty: not known.
  std::vector<uint64_t> StepsSince(uint32_t serial, const std::string& zone = "example.com") {
    const auto steps = journal_->Since(zone, serial);
    std::vector<uint64_t> records;
    if (!steps) return records;
    uint32_t at = serial;
    for (const auto& step : steps->differences) {
      EXPECT_EQ(step->from, at) << "a gap";
      at = step->to;
      records.push_back(step->records - 2);
    }
    EXPECT_EQ(at, steps->current->serial());
    return records;
  }
  using Steps = std::vector<uint64_t>;

  VirtualClock clock_;
  std::unique_ptr<store::Store> store_ = store::OpenMemoryStore(clock_);
  EventBus events_{clock_};
  JournalLimits limits_;
  std::optional<Journal> journal_;
  config::ResourceSet resources_;
  std::shared_ptr<const config::Built> built_;
  std::vector<std::string> told_;
};

TEST_F(Journals, KnowEveryVersionSinceTheFirst) {
  Serve({.serial = 1});
  EXPECT_THAT(StepsSince(1), IsEmpty());
  Serve({.serial = 2, .lines = "  a 60 A 192.0.2.2\n"});
  Serve({.serial = 3, .lines = "  a 60 A 192.0.2.3\n"});
  EXPECT_EQ(StepsSince(1), (Steps{1, 2}));
  EXPECT_EQ(StepsSince(2), (Steps{2}));
  EXPECT_THAT(StepsSince(3), IsEmpty());
  EXPECT_THAT(StepsSince(77), IsEmpty());
  EXPECT_EQ(journal_->DepthOf("example.com")->oldest_serial, 1U);
  EXPECT_EQ(journal_->DepthOf("example.com")->versions, 2U);
}

TEST_F(Journals, SeeRrsetsLaidOverTheMasterFileAndEndpointsBehindSteeredRecords) {
  Serve({.serial = 1, .lines = "  laid 60 A 192.0.2.7\n"});
  Serve({.serial = 2, .lines = "  laid 60 A 192.0.2.7\n", .rrset = "192.0.2.8"});
  Serve({.serial = 3, .lines = "  laid 60 A 192.0.2.7\n", .endpoint = "127.0.0.2"});
  EXPECT_EQ(StepsSince(1), (Steps{2, 4}));
}

TEST_F(Journals, TakeNoStepWhereNothingOfTheZoneChanged) {
  Serve({.serial = 1});
  Serve({.serial = 1, .options = "allow_transfer: [{networks: [10.0.0.0/8]}]"});
  EXPECT_FALSE(journal_->DepthOf("example.com"));
}

TEST_F(Journals, GoOnAfterARestart) {
  Serve({.serial = 1});
  Serve({.serial = 2, .lines = "  a 60 A 192.0.2.2\n"});
  Restart();
  Start();
  EXPECT_EQ(StepsSince(1), (Steps{1}));
  Serve({.serial = 3});
  EXPECT_EQ(StepsSince(1), (Steps{1, 1}));
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(Journals, MakeTheStepThatACrashLost) {
  Serve({.serial = 1});
  Serve({.serial = 2, .lines = "  a 60 A 192.0.2.2\n"});
  Commit({.serial = 3, .lines = "  a 60 A 192.0.2.2\n", .rrset = "192.0.2.8"});
  Commit({.serial = 4, .lines = "  a 60 A 192.0.2.3\n", .rrset = "192.0.2.8"});
  Restart();
  Start();
  EXPECT_EQ(StepsSince(2), (Steps{3}));
  EXPECT_EQ(StepsSince(1), (Steps{1, 3}));
  EXPECT_THAT(StepsSince(3), IsEmpty()) << "nobody can say what that was";
}

TEST_F(Journals, AreOfEachViewAlone) {
  Serve({.serial = 1, .inside = "10.0.0.1"});
  Serve({.serial = 2, .inside = "10.0.0.2"});
  EXPECT_EQ(StepsSince(1), (Steps{0})) << "nothing but the serial";
  EXPECT_EQ(StepsSince(1, "example.com@inside"), (Steps{2}));
  Restart();
  Start();
  EXPECT_EQ(StepsSince(1, "example.com@inside"), (Steps{2}));
  Serve({.serial = 3, .rrset = "192.0.2.3", .inside = "10.0.0.2"});
  EXPECT_EQ(StepsSince(2), (Steps{1}));
  EXPECT_EQ(StepsSince(2, "example.com@inside"), (Steps{0}));
  Serve({.serial = 4});
  EXPECT_THAT(StepsSince(1, "example.com@inside"), IsEmpty()) << "there is no such view any more";
  EXPECT_EQ(StepsSince(3), (Steps{1}));
}

TEST_F(Journals, BeginAnewWhereTheyDoNotEndAtWhatIsServed) {
  Serve({.serial = 1});
  Serve({.serial = 2, .lines = "  a 60 A 192.0.2.2\n"});
  // The same serial with another content, and a history that does not say how it came about.
  store_ = store::OpenMemoryStore(clock_);
  Restart();
  resources_ = {};
  Serve({.serial = 1});
  Serve({.serial = 2, .lines = "  a 60 A 192.0.2.2\n"});
  const auto entry = store_->ReadJournal("example.com", 1);
  auto other = store::OpenMemoryStore(clock_);
  ASSERT_TRUE(other->WriteJournal({{"example.com", 1, **entry}}));
  store_ = std::move(other);
  Restart();
  resources_ = {};
  Serve({.serial = 2, .lines = "  a 60 A 192.0.2.99\n"});
  EXPECT_THAT(StepsSince(1), IsEmpty());
  EXPECT_THAT(told_, Contains(HasSubstr("begins anew: does not end at what is served")));
  EXPECT_EQ(*store_->ReadJournal("example.com", 1), std::nullopt);
}

TEST_F(Journals, UseOnlyTheStepsAfterAGap) {
  for (int serial = 1; serial <= 5; ++serial) Serve({.serial = serial});
  ASSERT_TRUE(store_->WriteJournal({{"example.com", 2, std::nullopt}}));
  Restart();
  Start();
  EXPECT_THAT(StepsSince(1), IsEmpty());
  EXPECT_EQ(StepsSince(3).size(), 2U);
  EXPECT_EQ(journal_->DepthOf("example.com")->oldest_serial, 3U);
}

TEST_F(Journals, PassOverDamagedSteps) {
  for (int serial = 1; serial <= 4; ++serial) Serve({.serial = serial});
  std::string step = **store_->ReadJournal("example.com", 2);
  ASSERT_TRUE(store_->WriteJournal({{"example.com", 2, step.substr(0, step.size() - 1)}}));
  Restart();
  Start();
  EXPECT_THAT(StepsSince(1), IsEmpty());
  EXPECT_THAT(StepsSince(2), IsEmpty());
  EXPECT_EQ(StepsSince(3).size(), 1U);
}

TEST_F(Journals, ForgetTheOldestStepsOverTheirLimits) {
  limits_ = {.max_versions = 3, .max_octets = 1 << 20};
  Restart();
  for (int serial = 1; serial <= 9; ++serial) Serve({.serial = serial});
  EXPECT_EQ(journal_->DepthOf("example.com")->oldest_serial, 6U);
  size_t kept = 0;
  ASSERT_TRUE(
      store_->VisitJournals([&](const auto&, uint64_t, std::string_view) { return ++kept > 0; }));
  EXPECT_EQ(kept, 3U);
}

TEST_F(Journals, BeginAnewAfterAChangeLargerThanTheyMayBe) {
  limits_ = {.max_versions = 100, .max_octets = 4096};
  Restart();
  Serve({.serial = 1});
  Serve({.serial = 2, .lines = "  a 60 A 192.0.2.2\n"});
  Serve({.serial = 3, .lines = "  $GENERATE 1-1000 x$ 60 A 192.0.2.2\n"});
  EXPECT_FALSE(journal_->DepthOf("example.com"));
  EXPECT_THAT(told_, Contains(HasSubstr("larger than a journal may be")));
  Serve({.serial = 4, .lines = "  $GENERATE 1-1000 x$ 60 A 192.0.2.2\n  a 60 A 192.0.2.2\n"});
  EXPECT_EQ(StepsSince(3), (Steps{1}));
}

TEST_F(Journals, AreThoseOfZonesThatMayBeTransferredOnly) {
  Serve({.serial = 1});
  Serve({.serial = 2});
  Serve({.serial = 3, .options = ""});
  EXPECT_FALSE(journal_->DepthOf("example.com"));
  EXPECT_EQ(*store_->ReadJournal("example.com", 1), std::nullopt);
  Serve({.serial = 4});
  EXPECT_THAT(StepsSince(3), IsEmpty());
  Serve({.serial = 5});
  EXPECT_EQ(StepsSince(4).size(), 1U);
}

}  // namespace
}  // namespace waypost::control
