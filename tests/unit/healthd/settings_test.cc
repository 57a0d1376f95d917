#include "healthd/settings.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

namespace waypost {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Result<Invocation> Parse(std::vector<const char*> words) {
  words.insert(words.begin(), "waypost-healthd");
  return ParseCommandLine(static_cast<int>(words.size()), words.data());
}

std::string Problem(std::vector<const char*> words) {
  const auto parsed = Parse(std::move(words));
  return parsed ? "" : parsed.error().message;
}

class SettingsFile : public testing::Test {
 protected:
  SettingsFile() {
    std::string pattern = testing::TempDir() + "waypost-settings-XXXXXX";
    folder = mkdtemp(pattern.data());
    path = folder / "healthd.yaml";
  }
  ~SettingsFile() override { std::filesystem::remove_all(folder); }
  const char* Write(const std::string& text) {
    std::ofstream(path) << text;
    return path.c_str();
  }
  std::filesystem::path folder;
  std::string path;
};

TEST(Settings, TakesFlags) {
  const auto parsed =
      Parse({"--vantage", "fra-1", "--region", "eu", "--director", "unix:/run/a.sock,[::1]:5301",
             "--insecure-control", "--log-level", "debug", "--max-concurrent", "50"});
  ASSERT_TRUE(parsed) << parsed.error().message;
  const Settings& settings = parsed->settings;
  EXPECT_EQ(settings.vantage, "fra-1");
  EXPECT_EQ(settings.region, "eu");
  EXPECT_THAT(settings.director, ElementsAre("unix:/run/a.sock", "[::1]:5301"));
  EXPECT_TRUE(settings.insecure_control);
  EXPECT_EQ(settings.log_level, "debug");
  EXPECT_EQ(settings.max_concurrent, 50U);
}

TEST(Settings, RefusesWhatMakesNoSense) {
  EXPECT_THAT(Problem({"--director", "unix:/a"}), HasSubstr("--vantage"));
  EXPECT_THAT(Problem({"--vantage", "a"}), HasSubstr("--director"));
  EXPECT_THAT(Problem({"--vantage", "a b", "--director", "unix:/a"}), HasSubstr("no name"));
  for (const char* director : {"127.0.0.1", "127.0.0.1:0", "::1:53", ":53", "a:99999", "unix:"})
    EXPECT_THAT(Problem({"--vantage", "a", "--insecure-control", "--director", director}),
                HasSubstr("neither"))
        << director;
  EXPECT_THAT(Problem({"--vantage", "a", "--director", "unix:/a", "--log-level", "loud"}),
              HasSubstr("log level"));
  EXPECT_THAT(Problem({"--vantage", "a", "--director", "unix:/a", "--max-concurrent", "0"}),
              HasSubstr("max_concurrent"));
  EXPECT_NE(Problem({"--no-such-flag"}), "");
}

TEST(Settings, PlainTextOverTcpMustBeAskedFor) {
  EXPECT_THAT(Problem({"--vantage", "a", "--director", "127.0.0.1:5301"}),
              HasSubstr("--insecure-control"));
  EXPECT_EQ(Problem({"--vantage", "a", "--director", "127.0.0.1:5301", "--insecure-control"}), "");
  EXPECT_EQ(Problem({"--vantage", "a", "--director", "unix:/a"}), "");
}

TEST(Settings, WantsAllFilesOfMutualTls) {
  EXPECT_THAT(Problem({"--vantage", "a", "--director", "h:1", "--ca", "/dev/null"}),
              HasSubstr("all or none"));
  EXPECT_THAT(Problem({"--vantage", "a", "--director", "h:1", "--ca", "/nowhere", "--cert",
                       "/dev/null", "--key", "/dev/null"}),
              HasSubstr("/nowhere: cannot be read"));
}

TEST(Settings, AnswersHelpAndVersion) {
  EXPECT_EQ(Parse({"--version"})->answer, "waypost-healthd " WAYPOST_VERSION "\n");
  EXPECT_THAT(Parse({"--help"})->answer, HasSubstr("--director"));
}

TEST_F(SettingsFile, GivesWhatFlagsDoNot) {
  const char* file = Write(
      "vantage: fra-1\nregion: eu\ndirector: [unix:/a, unix:/b]\nlog_level: debug\n"
      "max_concurrent: 7\n");
  const auto parsed = Parse({"--config", file, "--region", "us"});
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->settings.vantage, "fra-1");
  EXPECT_EQ(parsed->settings.region, "us");
  EXPECT_THAT(parsed->settings.director, ElementsAre("unix:/a", "unix:/b"));
  EXPECT_EQ(parsed->settings.max_concurrent, 7U);
}

TEST_F(SettingsFile, GivesIdentities) {
  const auto parsed = Parse({"--config", Write("vantage: a\ndirector: unix:/a\nidentities:\n"
                                               "  prober: {cert: /p.pem, key: /p.key}\n")});
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->settings.permissions.identities.at("prober"),
            (probe::Identity{"/p.pem", "/p.key"}));
  EXPECT_EQ(Problem({"--config", Write("identities:\n  prober: {cert: /p.pem}\n")}),
            path + ":2: an identity needs cert and key");
  EXPECT_EQ(Problem({"--config", Write("identities:\n  p: {cart: /p.pem}\n")}),
            path + ":2: \"cart\" is not a setting");
}

TEST_F(SettingsFile, GivesCommands) {
  const auto parsed = Parse({"--config", Write("vantage: a\ndirector: unix:/a\ncommands:\n"
                                               "  db: {run: [/usr/bin/check, --fast]}\n")});
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_THAT(parsed->settings.permissions.commands.at("db").run,
              ElementsAre("/usr/bin/check", "--fast"));
  for (const char* run : {"check", "[]", "[check, -x]"})
    EXPECT_NE(Problem({"--config", Write(std::string("commands:\n  db: {run: ") + run + "}\n")}),
              "")
        << run;
}

TEST_F(SettingsFile, ListsDirectorsAsOneTextToo) {
  const auto parsed = Parse({"--config", Write("vantage: a\ndirector: unix:/a,unix:/b\n")});
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_THAT(parsed->settings.director, ElementsAre("unix:/a", "unix:/b"));
}

TEST_F(SettingsFile, NamesFileAndLineOfAMistake) {
  EXPECT_EQ(Problem({"--config", Write("vantage: a\nvantge: b\n")}),
            path + ":2: \"vantge\" is not a setting");
  EXPECT_THAT(Problem({"--config", Write("vantage: a\nmax_concurrent: many\n")}),
              HasSubstr(path + ":2: "));
  EXPECT_THAT(Problem({"--config", Write("vantage: [a\n")}), HasSubstr(path + ":"));
  EXPECT_THAT(Problem({"--config", Write("- a\n")}), HasSubstr("no map"));
  EXPECT_THAT(Problem({"--config", "/nowhere.yaml"}), HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace waypost
