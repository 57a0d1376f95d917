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
                "tcp: {idle_timeout: 5s, max_clients: 10}\nversion: hidden\n"
                "journal: {max_versions: 7}\n");
  const auto line =
      Read({"--config", file.c_str(), "--listen", "127.0.0.1:5300", "--threads", "1"});
  ASSERT_TRUE(line) << line.error().message;
  const Settings& settings = *line->settings;
  EXPECT_EQ(settings.server.listen[0].port, 5300);
  EXPECT_EQ(settings.server.threads, 1U);
  EXPECT_EQ(settings.state, "/var/lib/w");
  EXPECT_EQ(settings.server.nsid, "pop1");
  EXPECT_EQ(settings.server.version, "hidden");
  EXPECT_EQ(settings.server.tcp.idle_timeout, std::chrono::seconds(5));
  EXPECT_EQ(settings.server.tcp.max_clients, 10U);
  EXPECT_EQ(settings.journal.max_versions, 7U);
  EXPECT_EQ(settings.journal.max_octets, size_t{16} << 20);
}

TEST(Settings, NameWhoMayCallWhat) {
  const test::TempDir dir;
  const auto read = [&](const std::string& lists) {
    const std::string file = dir.Write("dnsd.yaml", "control_tls: {" + lists + "}\n");
    return Read({"--config", file.c_str(), "--listen", "127.0.0.1:5300"});
  };
  const auto line =
      read("operators: [ops, alice], readers: [dashboard], signallers: [ci], vantages: [v1]");
  ASSERT_TRUE(line) << line.error().message;
  const Access& access = line->settings->control.access;
  EXPECT_EQ(access.operators, (Access::Names{"alice", "ops"}));
  EXPECT_EQ(access.readers, Access::Names{"dashboard"});
  EXPECT_EQ(access.signallers, Access::Names{"ci"});
  EXPECT_EQ(access.vantages, Access::Names{"v1"});
  EXPECT_TRUE(read("vantages: [v1]"));
  EXPECT_THAT(read("readers: [dashboard]").error().message,
              HasSubstr("readers and signallers need operators"));
  EXPECT_THAT(read("operators: [ops, '']").error().message, HasSubstr("a name is empty"));
  for (const std::string list : {"operators: [ops]", "vantages: [v1]"}) {
    EXPECT_THAT(read(list + "}\ninsecure_control: true\ntcp: {").error().message,
                HasSubstr("not with insecure_control"));
  }
}

TEST(Settings, AJournalHasLimits) {
  const test::TempDir dir;
  const auto why = [&dir](const std::string& journal) {
    const std::string file =
        dir.Write("dnsd.yaml", "listen: [127.0.0.1:53]\njournal: {" + journal + "}\n");
    return Read({"--config", file.c_str()}).error().message;
  };
  EXPECT_THAT(why("max_octets: 1"), HasSubstr("journal.max_octets"));
  EXPECT_THAT(why("max_octets: 999999999999"), HasSubstr("journal.max_octets"));
  EXPECT_THAT(why("max_versions: 100001"), HasSubstr("journal.max_versions"));
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

/// The protection of a settings file with these lines, or the error.
struct Protected {
  std::shared_ptr<const serve::Protection> protection;
  std::string error;

  explicit Protected(const std::string& lines) {
    const test::TempDir dir;
    const std::string file = dir.Write("dnsd.yaml", "listen: 127.0.0.1:53\n" + lines);
    const auto line = Read({"--config", file.c_str()});
    if (line) protection = line->settings->server.protection;
    if (!line) error = line.error().message;
  }
};

TEST(Settings, WithoutAWordNothingIsLimited) {
  const Protected read("");
  EXPECT_EQ(read.protection->max_udp_payload, 1232);
  EXPECT_FALSE(read.protection->needs_time());
  EXPECT_FALSE(read.protection->allow_query);
}

TEST(Settings, ProtectsAsTheFileSays) {
  const Protected read(
      "cookies: {enabled: true, require: true, secrets: [e5e973e5a6b2a43f48e7dc849e37bfcf]}\n"
      "rate_limit: {enabled: true, responses_per_second: 50, errors_per_second: 0, slip: 1, "
      "exempt: [192.0.2.0/24]}\n"
      "max_udp_payload: 1400\nallow_query: [10.0.0.0/8, '::1']\n");
  ASSERT_TRUE(read.protection) << read.error;
  EXPECT_TRUE(read.protection->cookies);
  EXPECT_TRUE(read.protection->requires_cookies);
  EXPECT_EQ(read.protection->rate_limits.per_second,
            (std::array<uint32_t, 6>{50, 50, 50, 50, 50, 0}));
  EXPECT_EQ(read.protection->rate_limits.slip, 1U);
  EXPECT_TRUE(read.protection->rate_limits.exempt.Contains(*IpAddress::Parse("192.0.2.7")));
  EXPECT_TRUE(read.protection->limiter);
  EXPECT_EQ(read.protection->max_udp_payload, 1400);
  EXPECT_TRUE(read.protection->allow_query->Contains(*IpAddress::Parse("::1")));
  EXPECT_FALSE(read.protection->allow_query->Contains(*IpAddress::Parse("192.0.2.7")));
}

TEST(Settings, ProtectionThatCannotBeIsNamed) {
  EXPECT_THAT(Protected("max_udp_payload: 100\n").error, HasSubstr("max_udp_payload"));
  EXPECT_THAT(Protected("allow_query: [10.0.0.1/8]\n").error, HasSubstr("10.0.0.1/8"));
  EXPECT_THAT(Protected("cookies: {require: true}\n").error, HasSubstr("cookies.enabled"));
  const std::string short_secret = Protected("cookies: {enabled: true, secrets: [abcd]}\n").error;
  EXPECT_THAT(short_secret, HasSubstr("cookies.secrets"));
  EXPECT_THAT(short_secret, ::testing::Not(HasSubstr("abcd"))) << "secrets stay out of logs";
  EXPECT_THAT(Protected("cookies: {enabled: true, secret_file: /nowhere}\n").error,
              HasSubstr("/nowhere"));
  EXPECT_THAT(Protected("rate_limit: {enabled: true, slip: 101}\n").error, HasSubstr("slip"));
  EXPECT_THAT(Protected("rate_limit: {enabled: true, accounts: 5}\n").error, HasSubstr("accounts"));
}

TEST(Settings, TlsAndFrontsThatCannotBeAreNamed) {
  EXPECT_THAT(Protected("listen_tls: 127.0.0.1:853\n").error, HasSubstr("tls.cert"));
  EXPECT_THAT(Protected("listen_tls: '853'\n").error, HasSubstr("--listen-tls 853"));
  EXPECT_THAT(Protected("tls: {cert: /nowhere.pem, key: /nowhere.pem}\n").error,
              HasSubstr("/nowhere.pem"));
  EXPECT_THAT(Protected("tls: {cert: a, key: b, min_version: '1.1'}\n").error, HasSubstr("1.1"));
  EXPECT_THAT(Protected("proxy_from: [front.example]\n").error, HasSubstr("front.example"));
}

TEST(Settings, AFrontIsTrustedAsTheFileSays) {
  const Protected read("proxy_from: [192.0.2.1, '2001:db8::/64']\n");
  ASSERT_TRUE(read.protection) << read.error;
  EXPECT_TRUE(read.protection->fronts.Contains(*IpAddress::Parse("2001:db8::5")));
  EXPECT_FALSE(read.protection->fronts.Contains(*IpAddress::Parse("192.0.2.2")));
}

TEST(Settings, AreReadAgainFromTheSameFile) {
  const test::TempDir dir;
  const std::string file = dir.Write("dnsd.yaml", "listen: 127.0.0.1:53\n");
  const auto line = Read({"--config", file.c_str()});
  dir.Write("dnsd.yaml", "listen: 127.0.0.1:53\nmax_udp_payload: 600\n");
  const auto again = ReadAgain(*line->settings);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->server.protection->max_udp_payload, 600);
}

TEST(Settings, HelpAndVersionRunNothing) {
  EXPECT_THAT(Read({"--help"})->text, HasSubstr("--listen"));
  EXPECT_THAT(Read({"--version"})->text, HasSubstr("waypost-dnsd "));
  EXPECT_FALSE(Read({"--version"})->settings);
}

}  // namespace
}  // namespace waypost::control
