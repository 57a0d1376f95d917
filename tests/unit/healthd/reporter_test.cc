#include "healthd/report/reporter.h"

#include <gmock/gmock.h>
#include <spdlog/sinks/null_sink.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "tests/support/certificate.h"
#include "tests/unit/healthd/fake_director.h"

namespace waypost::report {
namespace {

using detect::Opinion;
using std::chrono::milliseconds;
using test::FakeDirector;

bool IsFull(const v1::Report& report) { return report.full(); }
bool IsNews(const v1::Report& report) { return report.observations_size() > 0; }
bool Any(const v1::Report&) { return true; }

v1::Assignment Assignment(uint64_t generation, std::initializer_list<uint32_t> ids) {
  v1::Assignment assignment;
  assignment.set_generation(generation);
  for (const uint32_t id : ids) {
    v1::Target& target = *assignment.add_targets();
    target.set_id(id);
    target.set_address("127.0.0.1");
    target.mutable_monitor()->mutable_tcp()->set_port(id);
  }
  return assignment;
}

/// A reporter on a thread of its own, with the test in place of the schedule.
class ReporterTest : public testing::Test {
 protected:
  ReporterTest() {
    std::string pattern = testing::TempDir() + "waypost-report-XXXXXX";
    folder = mkdtemp(pattern.data());
  }
  ~ReporterTest() override {
    if (reporter) OnThread([this] { reporter->Stop(); });
    work.reset();
    if (thread.joinable()) thread.join();
    std::filesystem::remove_all(folder);
  }

  std::string SocketPath(const std::string& name) { return "unix:" + (folder / name).string(); }

  void Begin(std::vector<std::string> directors, milliseconds retention = std::chrono::minutes(1),
             Security security = {}) {
    Reporter::Options options;
    options.hello.set_vantage("fra-1");
    options.hello.set_region("eu");
    options.retention = retention;
    const auto log =
        std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::null_sink_mt>());
    reporter = std::make_unique<Reporter>(
        io, options, [this](const WatchList& list) { SetWanted(list); }, log);
    thread = std::thread([this] { io.run(); });
    OnThread([&] { reporter->Connect(directors, security); });
  }

  template <typename Work>
  void OnThread(Work work_) {
    boost::asio::post(io, boost::asio::use_future(work_)).get();
  }

  void SetWanted(const WatchList& list) {
    const std::lock_guard lock(mutex);
    wanted = list;
    changed.notify_all();
  }
  bool WaitForWanted(size_t count) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(10), [&] { return wanted.size() == count; });
  }

  /// As if a probe of the target with this port had ended.
  void See(uint16_t port, Opinion opinion, uint64_t sequence = 1, bool changes = true) {
    schedule::Sighting sighting;
    sighting.sequence = sequence;
    sighting.ended = sighting.opinion_since = std::chrono::steady_clock::now();
    sighting.opinion = opinion;
    sighting.opinion_changed = changes;
    Note(port, sighting);
  }
  /// As if this machine could not probe it, so long after now.
  void SeeNothing(uint16_t port, std::chrono::seconds later, uint64_t sequence) {
    schedule::Sighting sighting;
    sighting.sequence = sequence;
    sighting.ended = std::chrono::steady_clock::now() + later;
    sighting.opinion = Opinion::kUp;  // as before
    sighting.outcome.conclusive = false;
    sighting.outcome.failure = {v1::LAYER_CONNECT, v1::FAULT_OTHER, "too many open files"};
    Note(port, sighting);
  }
  void Note(uint16_t port, const schedule::Sighting& sighting) {
    OnThread([&] {
      for (const auto& [id, spec] : wanted) {
        if (spec->address.port != port) continue;
        reporter->Note(id, sighting);
        return;
      }
      ADD_FAILURE() << port << " is not watched";
    });
  }

  std::filesystem::path folder;
  boost::asio::io_context io{1};
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work{
      io.get_executor()};
  std::mutex mutex;
  std::condition_variable changed;
  WatchList wanted;  // written on the reporter's thread, under mutex
  std::unique_ptr<Reporter> reporter;
  std::thread thread;
};

TEST_F(ReporterTest, SaysHelloAndWatchesWhatIsAssigned) {
  FakeDirector director(SocketPath("a"));
  director.Assign(Assignment(1, {10, 11}));
  Begin({director.address()});
  const auto hello = director.WaitForHello();
  ASSERT_TRUE(hello);
  EXPECT_EQ(hello->vantage(), "fra-1");
  EXPECT_EQ(hello->region(), "eu");
  EXPECT_TRUE(WaitForWanted(2));
}

TEST_F(ReporterTest, BeginsWithAFullReportThenTellsChangesAtOnce) {
  FakeDirector director(SocketPath("a"));
  director.Assign(Assignment(3, {10}));
  Begin({director.address()});
  const auto first = director.WaitForReport(Any);
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->full());
  EXPECT_EQ(first->generation(), 3U);
  const auto begin = std::chrono::steady_clock::now();
  See(10, Opinion::kDown);
  const auto news = director.WaitForReport(IsNews);
  ASSERT_TRUE(news);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(300)) << "not the regular one";
  EXPECT_FALSE(news->full());
  EXPECT_EQ(news->observations(0).target(), 10U);
  EXPECT_EQ(news->observations(0).opinion(), v1::OPINION_DOWN);
}

TEST_F(ReporterTest, ChangesOfTheSameMomentTravelTogether) {
  FakeDirector director(SocketPath("a"));
  director.Assign(Assignment(1, {10, 11, 12, 13}));
  Begin({director.address()});
  ASSERT_TRUE(director.WaitForReport(IsFull));
  OnThread([&] {
    for (const auto& [id, spec] : wanted) {
      schedule::Sighting sighting;
      sighting.opinion_changed = true;
      reporter->Note(id, sighting);
    }
  });
  const auto news = director.WaitForReport(IsNews);
  ASSERT_TRUE(news);
  EXPECT_EQ(news->observations_size(), 4);
}

TEST_F(ReporterTest, GivesASignOfLifeEverySecond) {
  FakeDirector director(SocketPath("a"));
  director.Assign(Assignment(1, {10}));
  Begin({director.address()});
  ASSERT_TRUE(director.WaitForReport(IsFull));
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(director.WaitForReport(Any));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
}

TEST_F(ReporterTest, WhatChangesNoOpinionWaitsForTheRegularReport) {
  FakeDirector director(SocketPath("a"));
  director.Assign(Assignment(1, {10}));
  Begin({director.address()});
  ASSERT_TRUE(director.WaitForReport(IsFull));
  for (uint64_t i = 1; i <= 20; ++i) See(10, Opinion::kUp, i, false);
  const auto news = director.WaitForReport(IsNews);
  ASSERT_TRUE(news);
  EXPECT_EQ(news->observations_size(), 1);
  EXPECT_EQ(news->observations(0).sequence(), 20U);
}

TEST_F(ReporterTest, SaysWhyNothingIsSeenOnceWhatWasSeenIsStale) {
  FakeDirector director(SocketPath("a"));
  director.Assign(Assignment(1, {10, 11}));
  Begin({director.address()});
  ASSERT_TRUE(director.WaitForReport(IsFull));
  See(10, Opinion::kUp, 1);
  ASSERT_TRUE(director.WaitForReport(IsNews));
  SeeNothing(10, std::chrono::seconds(0), 2);
  See(11, Opinion::kUp, 1);
  auto news = director.WaitForReport(IsNews);
  ASSERT_TRUE(news);
  EXPECT_EQ(news->observations_size(), 1) << "one probe that could not be made is no news";
  EXPECT_EQ(news->observations(0).target(), 11U);
  SeeNothing(10, std::chrono::seconds(60), 3);
  news = director.WaitForReport(IsNews);
  ASSERT_TRUE(news);
  EXPECT_EQ(news->observations(0).target(), 10U);
  EXPECT_EQ(news->observations(0).opinion(), v1::OPINION_UNSPECIFIED);
  EXPECT_EQ(news->observations(0).detail(), "too many open files");
}

TEST_F(ReporterTest, WhatWasSeenIsStaleWhenTheMonitorSaysSo) {
  FakeDirector director(SocketPath("a"));
  v1::Assignment assignment = Assignment(1, {10});
  v1::Monitor& monitor = *assignment.mutable_targets(0)->mutable_monitor();
  monitor.mutable_staleness()->set_seconds(60);
  monitor.mutable_backoff()->mutable_max()->set_seconds(40);
  director.Assign(assignment);
  Begin({director.address()});
  ASSERT_TRUE(WaitForWanted(1));
  const auto opinion = [&](uint64_t sequence) {
    const auto report = director.WaitForReport([&](const v1::Report& told) {
      return IsNews(told) && told.observations(0).sequence() == sequence;
    });
    return report ? report->observations(0).opinion() : v1::OPINION_UP;
  };
  See(10, Opinion::kUp, 1);
  SeeNothing(10, std::chrono::seconds(59), 2);
  See(10, Opinion::kUp, 3);
  EXPECT_EQ(opinion(3), v1::OPINION_UP);
  SeeNothing(10, std::chrono::seconds(61), 4);
  EXPECT_EQ(opinion(4), v1::OPINION_UNSPECIFIED) << "only what is down counts for the pause longer";
  See(10, Opinion::kDown, 5);
  EXPECT_EQ(opinion(5), v1::OPINION_DOWN);
  SeeNothing(10, std::chrono::seconds(99), 6);
  SeeNothing(10, std::chrono::seconds(101), 7);
  EXPECT_EQ(opinion(7), v1::OPINION_UNSPECIFIED);
}

TEST_F(ReporterTest, WhatIsForgottenIsNotToldAgain) {
  FakeDirector director(SocketPath("a"));
  director.Assign(Assignment(1, {10, 11}));
  Begin({director.address()});
  ASSERT_TRUE(WaitForWanted(2));
  See(10, Opinion::kDown);
  See(11, Opinion::kUp);
  OnThread([&] {
    for (const auto& [id, spec] : wanted) {
      if (spec->address.port == 10) reporter->Forget({id});
    }
  });
  director.Assign(Assignment(2, {10, 11}));
  const auto full = director.WaitForReport(
      [](const v1::Report& told) { return told.generation() == 2 && told.full(); });
  ASSERT_TRUE(full);
  ASSERT_EQ(full->observations_size(), 1);
  EXPECT_EQ(full->observations(0).opinion(), v1::OPINION_UP);
}

TEST_F(ReporterTest, SaysAtOnceWhyNothingWasEverSeen) {
  FakeDirector director(SocketPath("a"));
  director.Assign(Assignment(1, {10}));
  Begin({director.address()});
  ASSERT_TRUE(director.WaitForReport(IsFull));
  SeeNothing(10, std::chrono::seconds(0), 1);
  const auto news = director.WaitForReport(IsNews);
  ASSERT_TRUE(news);
  EXPECT_EQ(news->observations(0).opinion(), v1::OPINION_UNSPECIFIED);
  EXPECT_LT(news->observations(0).opinion_age_us(), 60'000'000U) << "since it tries";
}

TEST_F(ReporterTest, ANewAssignmentReplacesTheFormer) {
  FakeDirector director(SocketPath("a"));
  director.Assign(Assignment(1, {10, 11}));
  Begin({director.address()});
  ASSERT_TRUE(director.WaitForReport(IsFull));
  See(11, Opinion::kUp);
  director.Assign(Assignment(2, {11, 12, 13}));
  const auto full = director.WaitForReport(IsFull);
  ASSERT_TRUE(full);
  EXPECT_EQ(full->generation(), 2U);
  ASSERT_EQ(full->observations_size(), 1) << "what stays is still known";
  EXPECT_EQ(full->observations(0).target(), 11U);
  EXPECT_TRUE(WaitForWanted(3));
}

TEST_F(ReporterTest, ComesBackAfterARestartWithTheFullTable) {
  FakeDirector director(SocketPath("a"));
  director.Assign(Assignment(1, {10}));
  Begin({director.address()});
  ASSERT_TRUE(director.WaitForReport(IsFull));
  See(10, Opinion::kUp);
  ASSERT_TRUE(director.WaitForReport(IsNews));
  director.Stop();
  See(10, Opinion::kDown, 2);  // while nobody listens
  director.Start();
  ASSERT_TRUE(director.WaitForHello(2));
  const auto full = director.WaitForReport(IsFull);
  ASSERT_TRUE(full);
  ASSERT_EQ(full->observations_size(), 1);
  EXPECT_EQ(full->observations(0).opinion(), v1::OPINION_DOWN);
}

TEST_F(ReporterTest, ConnectsToADirectorThatStartsLater) {
  FakeDirector director(SocketPath("a"));
  director.Stop();
  Begin({director.address()});
  director.Assign(Assignment(1, {10}));
  director.Start();
  EXPECT_TRUE(director.WaitForReport(IsFull));
}

TEST_F(ReporterTest, StopsProbingForADirectorThatStaysAway) {
  FakeDirector director(SocketPath("a"));
  director.Assign(Assignment(1, {10}));
  Begin({director.address()}, milliseconds(50));
  ASSERT_TRUE(director.WaitForReport(IsFull));
  director.Stop();
  EXPECT_TRUE(WaitForWanted(0));
}

TEST_F(ReporterTest, ASlowDirectorGetsTheLatestAndLosesNothing) {
  constexpr uint64_t kProbes = 3000;
  FakeDirector director(SocketPath("a"));
  v1::Assignment assignment = Assignment(1, {});
  for (uint32_t id = 1; id <= 500; ++id) assignment.MergeFrom(Assignment(1, {id}));
  director.Assign(assignment);
  Begin({director.address()});
  ASSERT_TRUE(director.WaitForReport(IsFull));
  director.Hold(true);
  for (uint64_t i = 1; i <= kProbes; ++i) {
    OnThread([&] {
      for (const auto& [id, spec] : wanted) {
        schedule::Sighting sighting;
        sighting.sequence = i;
        sighting.opinion_changed = true;
        sighting.outcome.failure.detail = std::string(100, 'x');
        reporter->Note(id, sighting);
      }
    });
  }
  EXPECT_LT(director.waiting_reports(), 5U);
  director.Hold(false);
  std::map<uint32_t, uint64_t> latest;
  size_t told = 0;
  ASSERT_TRUE(director.WaitForReport([&](const v1::Report& report) {
    for (const auto& observation : report.observations()) {
      latest[observation.target()] = observation.sequence();
      ++told;
    }
    return latest.size() == 500 && std::all_of(latest.begin(), latest.end(), [](const auto& entry) {
             return entry.second == kProbes;
           });
  }));
  EXPECT_LT(told, 500 * kProbes / 2) << "pending observations collapse";
}

TEST_F(ReporterTest, TellsEachDirectorInItsOwnNumbers) {
  FakeDirector a(SocketPath("a"));
  FakeDirector b(SocketPath("b"));
  a.Assign(Assignment(5, {10}));
  v1::Assignment other = Assignment(6, {10});
  other.mutable_targets(0)->set_id(77);
  b.Assign(other);
  Begin({a.address(), b.address()});
  ASSERT_TRUE(a.WaitForReport(IsFull));
  ASSERT_TRUE(b.WaitForReport(IsFull));
  EXPECT_TRUE(WaitForWanted(1)) << "probed once";
  See(10, Opinion::kDown);
  const auto to_a = a.WaitForReport(IsNews);
  const auto to_b = b.WaitForReport(IsNews);
  ASSERT_TRUE(to_a && to_b);
  EXPECT_EQ(to_a->observations(0).target(), 10U);
  EXPECT_EQ(to_a->generation(), 5U);
  EXPECT_EQ(to_b->observations(0).target(), 77U);
  EXPECT_EQ(to_b->generation(), 6U);
}

TEST_F(ReporterTest, ADirectorThatIsTakenAwayIsLeftAtOnce) {
  FakeDirector a(SocketPath("a"));
  FakeDirector b(SocketPath("b"));
  a.Assign(Assignment(1, {10}));
  b.Assign(Assignment(1, {11}));
  Begin({a.address(), b.address()});
  ASSERT_TRUE(WaitForWanted(2));
  OnThread([&] { reporter->Connect({b.address()}, {}); });
  EXPECT_TRUE(WaitForWanted(1));
  See(11, Opinion::kUp);
  EXPECT_TRUE(b.WaitForReport(IsNews)) << "the other stream goes on";
}

class SecureReporterTest : public ReporterTest {
 protected:
  SecureReporterTest() {
    authority = test::MakeCertificate({.common_name = "authority", .is_authority = true});
    server = test::MakeCertificate({.names = {"127.0.0.1"}, .issuer = &authority});
    const auto own = test::MakeCertificate({.common_name = "vantage", .issuer = &authority});
    Write("ca.pem", authority.certificate);
    Write("cert.pem", own.certificate);
    Write("key.pem", own.key);
  }
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder / name) << text;
  }
  Security Files() const { return {folder / "ca.pem", folder / "cert.pem", folder / "key.pem"}; }
  std::shared_ptr<grpc::ServerCredentials> ServerCredentials() const {
    grpc::SslServerCredentialsOptions options(
        GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    options.pem_root_certs = authority.certificate;
    options.pem_key_cert_pairs.push_back({server.key, server.certificate});
    return grpc::SslServerCredentials(options);
  }

  test::Certificate authority;
  test::Certificate server;
};

TEST_F(SecureReporterTest, SpeaksMutualTls) {
  FakeDirector director("127.0.0.1:0", ServerCredentials());
  director.Assign(Assignment(1, {10}));
  Begin({director.address()}, std::chrono::minutes(1), Files());
  EXPECT_TRUE(director.WaitForReport(IsFull));
}

TEST_F(SecureReporterTest, TakesNewCredentialsFromTheSameFiles) {
  const auto stranger = test::MakeCertificate({.common_name = "stranger", .is_authority = true});
  Write("ca.pem", stranger.certificate);
  FakeDirector director("127.0.0.1:0", ServerCredentials());
  director.Assign(Assignment(1, {10}));
  Begin({director.address()}, std::chrono::minutes(1), Files());
  Write("ca.pem", authority.certificate);
  EXPECT_TRUE(director.WaitForReport(IsFull));
}

}  // namespace
}  // namespace waypost::report
