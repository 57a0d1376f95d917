#include "healthd/report/roster.h"

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>

#include "healthd/report/alarm.h"
#include "healthd/report/backoff.h"
#include "healthd/report/log_limit.h"
#include "healthd/report/outbox.h"

namespace waypost::report {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

v1::Assignment Assign(std::initializer_list<std::pair<uint32_t, uint32_t>> ids_and_ports) {
  v1::Assignment assignment;
  for (const auto& [id, port] : ids_and_ports) {
    v1::Target& target = *assignment.add_targets();
    target.set_id(id);
    target.set_address("127.0.0.1");
    target.mutable_monitor()->mutable_tcp()->set_port(port);
  }
  return assignment;
}

TEST(Roster, WatchesOnceWhatTwoDirectorsAssign) {
  Roster roster;
  const auto a = roster.Assign("a", Assign({{1, 80}, {2, 81}}));
  const auto b = roster.Assign("b", Assign({{9, 81}}));
  EXPECT_THAT(roster.wanted(), SizeIs(2));
  EXPECT_EQ(a.targets[1].watch, b.targets[0].watch);
  EXPECT_EQ(b.targets[0].id, 9U);
}

TEST(Roster, KeepsAWatchWhileAnyDirectorWantsIt) {
  Roster roster;
  roster.Assign("a", Assign({{1, 80}, {2, 81}}));
  roster.Assign("b", Assign({{9, 81}}));
  roster.Drop("a");
  EXPECT_THAT(roster.wanted(), SizeIs(1));
  roster.Drop("b");
  EXPECT_THAT(roster.wanted(), IsEmpty());
}

TEST(Roster, AnAssignmentReplacesTheFormerAndKeepsWhatStays) {
  Roster roster;
  const auto before = roster.Assign("a", Assign({{1, 80}, {2, 81}}));
  const auto after = roster.Assign("a", Assign({{1, 81}, {2, 82}}));
  EXPECT_EQ(after.targets[0].watch, before.targets[1].watch);
  EXPECT_THAT(roster.wanted(), SizeIs(2));
  EXPECT_NE(after.targets[1].watch, before.targets[0].watch);
}

TEST(Roster, LeavesOutWhatCannotBeProbedAndSaysSo) {
  Roster roster;
  const auto accepted = roster.Assign("a", Assign({{1, 0}, {2, 81}}));
  EXPECT_THAT(accepted.targets, SizeIs(1));
  EXPECT_THAT(accepted.problems, SizeIs(1));
}

schedule::Sighting Seen(uint64_t sequence) {
  schedule::Sighting sighting;
  sighting.sequence = sequence;
  sighting.opinion = detect::Opinion::kUp;
  return sighting;
}

constexpr Steady kNow{std::chrono::hours(1)};

TEST(Outbox, BeginsWithTheFullTable) {
  Outbox outbox;
  outbox.Reset(7, {{1, 100}, {2, 200}, {3, 300}}, {{100, Seen(5)}, {200, Seen(6)}});
  const auto report = outbox.Take({{100, Seen(5)}, {200, Seen(6)}}, kNow);
  EXPECT_TRUE(report.full());
  EXPECT_EQ(report.generation(), 7U);
  EXPECT_EQ(report.observations_size(), 2);
}

TEST(Outbox, TellsNewsOnceAndOnlyTheLatest) {
  Outbox outbox;
  outbox.Reset(1, {{1, 100}}, {});
  outbox.Take({}, kNow);
  EXPECT_TRUE(outbox.Note(100));
  EXPECT_TRUE(outbox.Note(100));
  const auto report = outbox.Take({{100, Seen(9)}}, kNow);
  EXPECT_FALSE(report.full());
  ASSERT_EQ(report.observations_size(), 1);
  EXPECT_EQ(report.observations(0).sequence(), 9U);
  EXPECT_EQ(outbox.Take({{100, Seen(9)}}, kNow).observations_size(), 0);
}

TEST(Outbox, IgnoresWhatItsDirectorDidNotAssign) {
  Outbox outbox;
  outbox.Reset(1, {{1, 100}}, {});
  EXPECT_FALSE(outbox.Note(200));
  EXPECT_FALSE(outbox.has_news());
}

TEST(Outbox, TellsEveryTargetThatAWatchServes) {
  Outbox outbox;
  outbox.Reset(1, {{1, 100}, {2, 100}}, {});
  outbox.Note(100);
  const auto report = outbox.Take({{100, Seen(1)}}, kNow);
  ASSERT_EQ(report.observations_size(), 2);
  EXPECT_EQ(report.observations(0).target(), 1U);
  EXPECT_EQ(report.observations(1).target(), 2U);
}

TEST(Outbox, SpreadsALargeTableOverReportsOfWhichTheFirstIsFull) {
  Outbox outbox;
  std::vector<AssignedTarget> targets;
  Table table;
  for (uint32_t i = 1; i <= 12000; ++i) {
    targets.push_back({i, i});
    table[i] = Seen(1);
  }
  outbox.Reset(1, targets, table);
  std::vector<std::pair<bool, int>> reports;
  while (outbox.has_news()) {
    const auto report = outbox.Take(table, kNow);
    reports.emplace_back(report.full(), report.observations_size());
  }
  EXPECT_THAT(reports,
              ElementsAre(std::pair(true, 5000), std::pair(false, 5000), std::pair(false, 2000)));
}

TEST(Observation, SaysAgesAndEverythingSeen) {
  schedule::Sighting sighting = Seen(3);
  sighting.ended = kNow - std::chrono::milliseconds(20);
  sighting.opinion_since = kNow - std::chrono::seconds(2);
  sighting.opinion = detect::Opinion::kDown;
  sighting.contrary = 1;
  sighting.outcome.failure.layer = v1::LAYER_CONNECT;
  sighting.outcome.failure.detail = "connection refused";
  sighting.outcome.certificate_expires_in_s = -5;
  sighting.outcome.phases = {1, 2, 3, 4};
  const v1::Observation told = ToObservation(8, sighting, kNow);
  EXPECT_EQ(told.target(), 8U);
  EXPECT_EQ(told.sequence(), 3U);
  EXPECT_EQ(told.age_us(), 20'000U);
  EXPECT_EQ(told.opinion_age_us(), 2'000'000U);
  EXPECT_EQ(told.opinion(), v1::OPINION_DOWN);
  EXPECT_EQ(told.failed_layer(), v1::LAYER_CONNECT);
  EXPECT_EQ(told.detail(), "connection refused");
  EXPECT_EQ(told.contrary(), 1U);
  EXPECT_EQ(told.certificate_expires_in_s(), -5);
  EXPECT_EQ(told.phases().connect_us(), 1U);
  EXPECT_EQ(told.phases().tls_us(), 2U);
  EXPECT_EQ(told.phases().first_byte_us(), 3U);
  EXPECT_EQ(told.phases().total_us(), 4U);
}

TEST(Backoff, DoublesWithJitterUpToFiveSeconds) {
  Backoff backoff(1);
  for (int64_t ceiling = 100; ceiling < 5000; ceiling *= 2) {
    const auto pause = backoff.Next().count();
    EXPECT_GE(pause, ceiling / 2);
    EXPECT_LE(pause, ceiling);
  }
  for (int i = 0; i < 100; ++i) {
    const auto pause = backoff.Next().count();
    EXPECT_GE(pause, 2500);
    EXPECT_LE(pause, 5000);
  }
  backoff.Reset();
  EXPECT_LE(backoff.Next().count(), 100);
}

TEST(Alarm, DoesNotRingAfterItWasCancelledEvenWhenItsTimeHasCome) {
  boost::asio::io_context io(1);
  Alarm first(io);
  Alarm second(io);
  int rung = 0;
  const auto ring = [&](Alarm& other) {
    ++rung;
    other.Cancel();
  };
  const Steady past{};
  first.Set(past, [&] { ring(second); });
  second.Set(past, [&] { ring(first); });
  io.run();
  EXPECT_EQ(rung, 1);
}

TEST(Alarm, RingsOnceForTheLastTimeItWasSet) {
  boost::asio::io_context io(1);
  Alarm alarm(io);
  std::string rung;
  alarm.Set({}, [&] { rung += "a"; });
  alarm.Set({}, [&] { rung += "b"; });
  io.run();
  EXPECT_EQ(rung, "b");
}

TEST(LogLimit, HoldsBackAndCountsWhatIsTooMuch) {
  LogLimit limit(2);
  EXPECT_EQ(limit.Admit(kNow), 0U);
  EXPECT_EQ(limit.Admit(kNow), 0U);
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(limit.Admit(kNow));
  EXPECT_EQ(limit.Admit(kNow + std::chrono::seconds(1)), 5U);
  EXPECT_EQ(limit.Admit(kNow + std::chrono::seconds(1)), 0U);
}

}  // namespace
}  // namespace waypost::report
