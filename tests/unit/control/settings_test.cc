#include "dnsd/control/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/process.h"

namespace waypost::control {
namespace {

using ::testing::HasSubstr;

Result<CommandLine> Read(std::vector<const char*> words) {
  words.insert(words.begin(), "waypost-dnsd");
  return ReadCommandLine(static_cast<int>(words.size()), words.data());
}

TEST(Settings, ReadsTheFlagsThatScriptsRelyOn) {
  const auto line = Read({"--listen", "127.0.0.1:5300,[::1]:5300", "--control", "unix:/tmp/c",
                          "--admin", "127.0.0.1:9153", "--state", "/var/lib/w", "--load", "a.zone",
                          "b.yaml", "--geo", "x.mmdb", "--threads", "3", "--region", "eu"});
  ASSERT_TRUE(line) << line.error().message;
  const Settings& settings = *line->settings;
  ASSERT_EQ(settings.server.listen.size(), 2U);
  EXPECT_EQ(settings.server.listen[1].ToString(), "[::1]:5300");
  EXPECT_EQ(settings.server.threads, 3U);
  EXPECT_EQ(settings.control.address, "unix:/tmp/c");
  EXPECT_EQ(settings.admin->port, 9153);
  EXPECT_EQ(settings.state, "/var/lib/w");
  EXPECT_EQ(settings.load, (std::vector<std::string>{"a.zone", "b.yaml"}));
  EXPECT_EQ(settings.geo, (std::vector<std::string>{"x.mmdb"}));
  EXPECT_EQ(settings.region, "eu");
}

TEST(Settings, FlagsWinOverTheFile) {
  const test::TempDir dir;
  const std::string file =
      dir.Write("dnsd.yaml",
                "listen: [127.0.0.1:53]\nstate: /var/lib/w\nthreads: 2\nnsid: pop1\n"
                "cookies: {enabled: false}\nrate_limit: {enabled: false}\n"
                "tcp: {idle_timeout: 5s, max_clients: 10}\nversion: hidden\n");
  const auto line =
      Read({"--config", file.c_str(), "--listen", "127.0.0.1:5300", "--threads", "1"});
  ASSERT_TRUE(line) << line.error().message;
  const Settings& settings = *line->settings;
  EXPECT_EQ(settings.server.listen[0].port, 5300);
  EXPECT_EQ(settings.server.threads, 1U);
  EXPECT_EQ(settings.state, "/var/lib/w");
  EXPECT_EQ(settings.server.nsid, "pop1");
  EXPECT_EQ(settings.server.version, "hidden");
  EXPECT_EQ(settings.server.tcp_idle_timeout, std::chrono::seconds(5));
  EXPECT_EQ(settings.server.tcp_max_clients, 10U);
}

TEST(Settings, WhatIsWrongIsNamed) {
  const test::TempDir dir;
  const std::string file = dir.Write("dnsd.yaml", "listen: 127.0.0.1:53\nthread: 2\n");
  EXPECT_THAT(Read({"--config", file.c_str()}).error().message, HasSubstr("dnsd.yaml:2"));
  EXPECT_THAT(Read({"--config", "/nowhere.yaml"}).error().message, HasSubstr("/nowhere.yaml"));
  EXPECT_THAT(Read({}).error().message, HasSubstr("--listen"));
  EXPECT_THAT(Read({"--listen", "127.0.0.1:5300", "--admin", "9153"}).error().message,
              HasSubstr("--admin 9153"));
  EXPECT_THAT(Read({"--listen", "127.0.0.1:5300", "--threads", "999"}).error().message,
              HasSubstr("256"));
  EXPECT_THAT(Read({"--listen", "127.0.0.1:5300", "--log-level", "loud"}).error().message,
              HasSubstr("loud"));
  EXPECT_FALSE(Read({"--listen", "127.0.0.1:5300", "--unknown"}));
}

TEST(Settings, WhatDoesNotProtectYetIsRefused) {
  const test::TempDir dir;
  const std::string file =
      dir.Write("dnsd.yaml", "listen: 127.0.0.1:53\ncookies: {enabled: true}\n");
  EXPECT_THAT(Read({"--config", file.c_str()}).error().message, HasSubstr("cookies"));
}

TEST(Settings, HelpAndVersionRunNothing) {
  EXPECT_THAT(Read({"--help"})->text, HasSubstr("--listen"));
  EXPECT_THAT(Read({"--version"})->text, HasSubstr("waypost-dnsd "));
  EXPECT_FALSE(Read({"--version"})->settings);
}

}  // namespace
}  // namespace waypost::control
