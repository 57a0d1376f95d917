// Start, stop, reload, refuse: what init systems and people at a terminal see.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "tests/integration/deployment.h"

namespace waypost::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kStatic = R"(kind: Region
name: here
)";

TEST(Lifecycle, AnswersStaticRecordsAndEndsCleanlyOnSigterm) {
  Deployment d;
  ASSERT_TRUE(d.StartDirector({"--load", d.WriteConfiguration(kStatic)})) << d.director().err();
  EXPECT_THAT(d.Ask("www2.example.test").addresses, ElementsAre("192.0.2.80"));
  EXPECT_EQ(d.Ask("nothing.example.test").rcode, 3U);
  EXPECT_EQ(d.Ask("example.org").rcode, 5U);
  EXPECT_EQ(d.director().Stop(), 0);
}

TEST(Lifecycle, DigGetsTheAnswerOverUdpAndTcp) {
  Deployment d;
  ASSERT_TRUE(d.StartDirector({"--load", d.WriteConfiguration(kStatic)}));
  for (const char* transport : {"+notcp", "+tcp"}) {
    const Finished dig = RunCommand({"dig", "@127.0.0.1", "-p", std::to_string(d.dns_port()),
                                     transport, "+norec", "+tries=1", "www2.example.test", "A"},
                                    d.dir().path() + "/dig");
    EXPECT_THAT(dig.out, HasSubstr("status: NOERROR"));
    EXPECT_THAT(dig.out, HasSubstr("flags: qr aa;"));
    EXPECT_THAT(dig.out, HasSubstr("192.0.2.80"));
    EXPECT_THAT(dig.out, ::testing::Not(HasSubstr("WARNING")));
  }
}

TEST(Lifecycle, DrillWhichIsMadeOfLdnsReadsTheSame) {
  Deployment d;
  ASSERT_TRUE(d.StartDirector({"--load", d.WriteConfiguration(kStatic)}));
  for (const char* transport : {"-u", "-t"}) {
    const Finished drill = RunCommand({"drill", transport, "-p", std::to_string(d.dns_port()),
                                       "@127.0.0.1", "www2.example.test", "A"},
                                      d.dir().path() + "/drill");
    EXPECT_THAT(drill.out, HasSubstr("rcode: NOERROR"));
    EXPECT_THAT(drill.out, HasSubstr("flags: qr aa rd"));
    EXPECT_THAT(drill.out, HasSubstr("192.0.2.80"));
  }
}

TEST(Lifecycle, SaysInOneLineWhyItCannotStart) {
  Deployment d;
  const std::string binary = std::string(WAYPOST_BIN) + "/waypost-dnsd";
  const std::string log = d.dir().path() + "/refused";
  const auto refused = [&](std::vector<std::string> flags) {
    flags.insert(flags.begin(), binary);
    return RunCommand(flags, log);
  };
  EXPECT_THAT(refused({}).err, HasSubstr("--listen is missing"));
  EXPECT_EQ(refused({}).code, 2);
  EXPECT_THAT(refused({"--listen", "127.0.0.1"}).err, HasSubstr("is no ADDR:PORT"));
  const Finished tls = refused({"--listen", "127.0.0.1:0", "--control", "127.0.0.1:0"});
  EXPECT_EQ(tls.code, 1);
  EXPECT_THAT(tls.err, HasSubstr("needs mutual TLS"));
  const std::string settings = d.dir().Write("dnsd.yaml", "listen: 127.0.0.1:0\nlisten_on: 1\n");
  EXPECT_THAT(refused({"--config", settings}).err, HasSubstr("dnsd.yaml:2"));
  const Finished geo =
      refused({"--listen", "127.0.0.1:0", "--geo", d.dir().Write("bad.mmdb", "not a database"),
               "--control", "unix:" + d.dir().path() + "/c.sock"});
  EXPECT_EQ(geo.code, 1);
  EXPECT_THAT(geo.err, HasSubstr("bad.mmdb"));
}

TEST(Lifecycle, RefusesBadFilesAtStartAndNamesEachFault) {
  Deployment d;
  const std::string folder =
      d.WriteConfiguration("kind: Pool\nname: p\nregion: nowhere\nendpoints: [{address: 1.2.3}]\n");
  EXPECT_FALSE(d.StartDirector({"--load", folder}));
  EXPECT_EQ(d.director().Wait(), 1);
  EXPECT_THAT(d.director().err(), HasSubstr("resources.yaml:3: pool 'p'"));
  EXPECT_THAT(d.director().err(), HasSubstr("resources.yaml:4: pool 'p'"));
}

TEST(Lifecycle, ReloadTakesAGoodFileAndRefusesABadOne) {
  Deployment d;
  ASSERT_TRUE(d.StartDirector({"--load", d.WriteConfiguration(kStatic)}));
  const std::string good = ReadWholeFile(d.dir().path() + "/load/example.test.zone");
  d.dir().Write("load/example.test.zone", good + "new IN A 192.0.2.99\n");
  d.director().Signal(SIGHUP);
  EXPECT_TRUE(Eventually([&] { return d.Ask("new.example.test").rcode == 0; }));
  d.dir().Write("load/example.test.zone", good + "new IN A 192.0.2\nnewer IN A 192.0.2.100\n");
  d.director().Signal(SIGHUP);
  EXPECT_TRUE(Eventually(
      [&] { return d.director().err().find("event=zone-set-aside") != std::string::npos; }));
  EXPECT_THAT(d.director().err(), HasSubstr("example.test.zone:7"));
  EXPECT_THAT(d.Ask("new.example.test").addresses, ElementsAre("192.0.2.99"));
  EXPECT_EQ(d.Ask("newer.example.test").rcode, 3U);
}

TEST(Lifecycle, OneBadZoneDoesNotKeepTheOthersFromBeingServed) {
  Deployment d;
  const std::string folder = d.WriteConfiguration(kStatic);
  d.dir().Write("load/bad.test.zone", "@ SOA ns1 h 1 2 3 4\nwww A 1.2.3\n");
  ASSERT_TRUE(d.StartDirector({"--load", folder}));
  EXPECT_EQ(d.Ask("ns1.example.test").rcode, 0U);
  EXPECT_THAT(d.director().err(), HasSubstr("bad.test.zone:2"));
  EXPECT_THAT(d.Ctl({"status"}).out,
              HasSubstr("zone \"bad.test\": its file has errors, SERVFAIL is answered: bad.test"));
  EXPECT_EQ(d.Ask("www.bad.test").rcode, 2U) << "it is ours, though there is nothing to answer";

  d.dir().Write("load/bad.test.zone", "@ SOA ns1 h 1 2 3 4 5\n@ NS ns1\nns1 A 192.0.2.1\n");
  d.director().Signal(SIGHUP);
  EXPECT_TRUE(Eventually([&] { return d.Ask("ns1.bad.test").rcode == 0; }));
  EXPECT_THAT(d.Ctl({"status"}).out, Not(HasSubstr("has errors")));

  d.dir().Write("load/bad.test.zone", "@ SOA ns1 h 2 2 3 4 5\n@ NS ns1\nns1 A 192.0.2\n");
  d.director().Signal(SIGHUP);
  EXPECT_TRUE(Eventually([&] {
    return d.Ctl({"status"}).out.find("what was served before is served on") != std::string::npos;
  }));
  EXPECT_EQ(d.Ask("ns1.bad.test").rcode, 0U);
}

TEST(Lifecycle, ABadZoneAnswersServfailOverARestartAndIsGoneWithItsFile) {
  Deployment d;
  const std::string folder = d.WriteConfiguration(kStatic);
  const std::vector<std::string> flags = {"--load", folder, "--state", d.dir().path() + "/state"};
  d.dir().Write("load/bad.test.zone", "www A 1.2.3\n");
  std::filesystem::create_symlink("nowhere", d.dir().path() + "/load/gone.test.zone");
  ASSERT_TRUE(d.StartDirector(flags));
  EXPECT_THAT(d.director().err(), HasSubstr("gone.test.zone: cannot be opened"));
  for (const char* name : {"www.bad.test", "www.gone.test"}) EXPECT_EQ(d.Ask(name).rcode, 2U);
  EXPECT_EQ(d.director().Stop(), 0);
  ASSERT_TRUE(d.StartDirector(flags));
  for (const char* name : {"www.bad.test", "www.gone.test"}) EXPECT_EQ(d.Ask(name).rcode, 2U);
  for (const char* name : {"bad", "gone"}) {
    std::filesystem::remove(d.dir().path() + "/load/" + name + ".test.zone");
  }
  d.director().Signal(SIGHUP);
  EXPECT_TRUE(Eventually([&] { return d.Ask("www.bad.test").rcode == 5; }));
  EXPECT_EQ(d.Ask("www.gone.test").rcode, 5U);
  EXPECT_EQ(d.Ask("ns1.example.test").rcode, 0U);
}

TEST(Lifecycle, ReloadOfOneZoneLooksAtNoOtherFile) {
  Deployment d;
  const std::string folder = d.WriteConfiguration(kStatic);
  const auto write = [&](const std::string& zone, const std::string& address) {
    d.dir().Write("load/" + zone + ".zone",
                  "@ 60 SOA ns1 h 1 2 3 4 5\n@ 60 NS ns1\nns1 60 A " + address + "\n");
  };
  write("one.test", "192.0.2.1");
  write("two.test", "192.0.2.1");
  // What changed just now is read again by whoever looks next.
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  ASSERT_TRUE(d.StartDirector({"--load", folder + "/"}));
  write("one.test", "192.0.2.2");
  write("two.test", "192.0.2.2");
  EXPECT_EQ(d.Ctl({"zone", "reload", "One.test."}).code, 0);
  EXPECT_THAT(d.Ask("ns1.one.test").addresses, ElementsAre("192.0.2.2"));
  EXPECT_THAT(d.Ask("ns1.two.test").addresses, ElementsAre("192.0.2.1"));
  EXPECT_EQ(d.Ctl({"zone", "reload"}).code, 0);
  EXPECT_THAT(d.Ask("ns1.two.test").addresses, ElementsAre("192.0.2.2"));
}

TEST(Lifecycle, ReloadTellsWhoAskedForItWhatIsWrong) {
  Deployment d;
  const std::string folder = d.WriteConfiguration(kStatic);
  for (const char* zone : {"one.test", "two.test"})
    d.dir().Write("load/" + std::string(zone) + ".zone",
                  "@ 60 SOA a b 1 2 3 4 5\n@ 60 NS a.test.\n");
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  ASSERT_TRUE(d.StartDirector({"--load", folder}));
  for (const char* zone : {"one.test", "two.test"}) {
    d.dir().Write("load/" + std::string(zone) + ".zone", "@ 60 A 192.0.2\n");
    const auto told = d.Ctl({"zone", "reload", zone});
    EXPECT_EQ(told.code, 1);
    EXPECT_THAT(told.err, HasSubstr(std::string(zone) + ".zone:1"));
    EXPECT_THAT(told.err, HasSubstr("what was served before is served on"));
  }
  EXPECT_THAT(d.Ctl({"status"}).out, AllOf(HasSubstr("one.test"), HasSubstr("two.test")));
  std::filesystem::remove(d.dir().path() + "/load/one.test.zone");
  d.Ctl({"zone", "reload", "one.test"});
  EXPECT_EQ(d.Ask("one.test").rcode, 5U) << "gone with its file";
}

TEST(Lifecycle, ThereIsNothingToReloadWithoutFiles) {
  Deployment d;
  ASSERT_TRUE(d.StartDirector({}));
  const auto told = d.Ctl({"zone", "reload"});
  EXPECT_NE(told.code, 0);
  EXPECT_THAT(told.err, HasSubstr("this director has no files: it runs without --load"));
}

TEST(Lifecycle, ASerialThatWentBackIsTold) {
  Deployment d;
  const std::string folder = d.WriteConfiguration(kStatic);
  const auto write = [&](int serial) {
    d.dir().Write("load/back.test.zone", "@ SOA ns1 h " + std::to_string(serial) +
                                             " 2 3 4 5\n@ NS ns1\nns1 A 192.0.2.1\n");
  };
  write(12);
  ASSERT_TRUE(d.StartDirector({"--load", folder}));
  write(11);
  d.director().Signal(SIGHUP);
  EXPECT_TRUE(Eventually([&] {
    return d.director().err().find("its serial went back from 12 to 11") != std::string::npos;
  })) << d.director().err();
}

TEST(Lifecycle, ReloadUnderLoadLosesNoAnswer) {
  Deployment d;
  ASSERT_TRUE(d.StartDirector({"--load", d.WriteConfiguration(kStatic)}));
  const std::string zone = ReadWholeFile(d.dir().path() + "/load/example.test.zone");
  std::atomic<bool> stop{false};
  std::atomic<uint64_t> asked{0}, wrong{0};
  std::thread load([&] {
    DnsClient client(d.dns_port());
    while (!stop) {
      const Answer answer = client.Ask("www2.example.test");
      ++asked;
      if (answer.addresses != std::set<std::string>{"192.0.2.80"}) ++wrong;
    }
  });
  for (int round = 1; round <= 20; ++round) {
    const std::string name = "round" + std::to_string(round);
    d.dir().Write("load/example.test.zone", zone + name + " IN A 192.0.2.1\n");
    d.director().Signal(SIGHUP);
    EXPECT_TRUE(Eventually([&] { return d.Ask(name + ".example.test").rcode == 0; })) << name;
  }
  EXPECT_TRUE(Eventually([&] { return asked > 100; }));
  stop = true;
  load.join();
  EXPECT_EQ(wrong, 0U);
}

TEST(Lifecycle, MetricsAndReadinessAreServed) {
  Deployment d;
  ASSERT_TRUE(d.StartDirector({"--load", d.WriteConfiguration(kStatic)}));
  // One query, however long the answer takes.
  RunCommand({"dig", "@127.0.0.1", "-p", std::to_string(d.dns_port()), "+tries=1", "+time=60",
              "www2.example.test", "A"},
             d.dir().path() + "/dig");
  const std::string base = "http://127.0.0.1:" + std::to_string(d.admin_port());
  const std::string log = d.dir().path() + "/curl";
  const Finished metrics = RunCommand({"curl", "-sS", base + "/metrics"}, log);
  EXPECT_THAT(metrics.out, HasSubstr("waypost_queries_total{transport=\"udp\",type=\"A\"} 1"));
  EXPECT_THAT(metrics.out,
              HasSubstr("waypost_responses_total{transport=\"udp\",rcode=\"NOERROR\"} 1"));
  EXPECT_EQ(RunCommand({"curl", "-sS", base + "/readyz"}, log).out, "ready\n");
  EXPECT_EQ(RunCommand({"curl", "-sS", base + "/healthz"}, log).out, "ok\n");
}

}  // namespace
}  // namespace waypost::test
