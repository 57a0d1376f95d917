// The command line itself: help, mistakes, completion, what needs no server.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "tests/unit/ctl/fake_director.h"

namespace waypost::ctl {
namespace {

using Words = std::vector<std::string>;

Outcome RunAlone(const Words& words) { return RunWith({}, words); }

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class EveryVerb : public testing::TestWithParam<Words> {};

TEST_P(EveryVerb, HasHelp) {
  Words words = GetParam();
  words.emplace_back("--help");
  const Outcome outcome = RunAlone(words);
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_TRUE(Has(outcome.out, "Usage: waypostctl " + words[0])) << outcome.out;
}

TEST_P(EveryVerb, RefusesFlagsThatItDoesNotKnow) {
  Words words = GetParam();
  words.emplace_back("--no-such-flag");
  const Outcome outcome = RunAlone(words);
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_TRUE(Has(outcome.err, "--help`\n")) << outcome.err;
}

std::string ReadAll(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST_P(EveryVerb, StandsInTheManPageWithAllItsFlags) {
  const std::string page = ReadAll("deploy/man/waypostctl.1");
  ASSERT_FALSE(page.empty()) << "tests run in the root of the sources";
  Words words = GetParam();
  std::string path = words[0];
  for (size_t i = 1; i < words.size(); ++i) path += " " + words[i];
  EXPECT_TRUE(Has(page, "Cm " + path)) << path;
  words.emplace_back("--help");
  const std::string help = RunAlone(words).out;
  const std::regex flag("--([a-z-]+)");
  for (std::sregex_iterator found(help.begin(), help.end(), flag), end; found != end; ++found) {
    EXPECT_TRUE(Has(page, " -" + found->str(1))) << path << " " << found->str();
  }
}

INSTANTIATE_TEST_SUITE_P(Verbs, EveryVerb,
                         testing::Values(Words{"apply"}, Words{"plan"}, Words{"diff"}, Words{"get"},
                                         Words{"describe"}, Words{"delete"}, Words{"weight", "set"},
                                         Words{"drain"}, Words{"undrain"}, Words{"failover"},
                                         Words{"force"}, Words{"status"}, Words{"explain"},
                                         Words{"history"}, Words{"rollback"}, Words{"watch"},
                                         Words{"health", "why"}, Words{"diagnose"},
                                         Words{"zone", "check"}, Words{"zone", "refresh"},
                                         Words{"latency", "import"}, Words{"latency", "show"},
                                         Words{"completion"}, Words{"version"}),
                         [](const auto& verb) {
                           std::string name;
                           for (const std::string& word : verb.param) name += word;
                           return name;
                         });

TEST(CommandLine, HelpNamesTheExitCodes) {
  const Outcome outcome = RunAlone({"--help"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_TRUE(Has(outcome.out, "5  the expected revision is not the current one"));
  EXPECT_FALSE(Has(outcome.out, "names")) << "the verb for completion is not for people";
}

TEST(CommandLine, VersionIsOneLine) {
  EXPECT_EQ(RunAlone({"version"}).out, "waypostctl " WAYPOST_VERSION "\n");
  EXPECT_EQ(RunAlone({"--version"}).out, "waypostctl " WAYPOST_VERSION "\n");
}

TEST(CommandLine, SuggestsTheVerbThatWasMeant) {
  const Outcome outcome = RunAlone({"aply", "-f", "x"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.err,
            "waypostctl: there is no verb \"aply\" (did you mean \"apply\"?); see `waypostctl "
            "--help`\n");
  EXPECT_EQ(RunAlone({"weight", "sett"}).err,
            "waypostctl: there is no verb \"sett\" (did you mean \"set\"?); see `waypostctl weight "
            "--help`\n");
}

TEST(CommandLine, SaysThatAVerbIsMissing) {
  const Outcome outcome = RunAlone({});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.err, "waypostctl: a verb is missing; see `waypostctl --help`\n");
}

TEST(CommandLine, UnderstandsItsOwnFlagsAfterTheVerbToo) {
  FakeDirector director;
  const Outcome outcome =
      RunWith({}, {"history", "-o", "yaml", "--limit", "3", "--server", director.address()});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(director.asked(), Words{"History limit: 3"});
}

class Completion : public testing::Test {
 protected:
  /// The script, written to a file.
  std::string Script(const std::string& shell) {
    const Outcome outcome = RunAlone({"completion", shell});
    EXPECT_EQ(outcome.code, 0);
    return WriteFile(director_.folder(), "completion." + shell, outcome.out);
  }
  /// What bash would offer for the last word; names come from a stand-in for waypostctl.
  std::string Offered(const std::string& words, int count) {
    WriteFile(director_.folder(), "try.bash",
              "waypostctl() { echo \"named-$4\"; }\n. " + Script("bash") + "\nCOMP_WORDS=(" +
                  words + ")\nCOMP_CWORD=" + std::to_string(count - 1) +
                  "\n_waypostctl\necho \"${COMPREPLY[*]}\" > " + director_.folder() + "/offered\n");
    const int status = std::system(("bash --norc " + director_.folder() + "/try.bash").c_str());
    EXPECT_EQ(status, 0);
    return ReadOffered();
  }
  std::string ReadOffered() {
    std::string text(4096, '\0');
    FILE* file = std::fopen((director_.folder() + "/offered").c_str(), "r");
    text.resize(std::fread(text.data(), 1, text.size(), file));
    std::fclose(file);
    return text;
  }

  FakeDirector director_;  // for its folder
};

TEST_F(Completion, ScriptForBashIsSound) {
  EXPECT_EQ(std::system(("bash -n " + Script("bash")).c_str()), 0);
}

TEST_F(Completion, ScriptForZshIsSound) {
  if (std::system("command -v zsh >/dev/null") != 0) GTEST_SKIP() << "zsh is not installed";
  EXPECT_EQ(std::system(("zsh -n " + Script("zsh")).c_str()), 0);
}

TEST_F(Completion, OffersVerbsFlagsWordsAndNames) {
  EXPECT_EQ(Offered("waypostctl ro", 2), "rollback\n");
  EXPECT_EQ(Offered("waypostctl weight ''", 3), "set\n");
  EXPECT_EQ(Offered("waypostctl history --li", 3), "--limit\n");
  EXPECT_EQ(Offered("waypostctl history --tim", 3), "--timeout\n");
  EXPECT_EQ(Offered("waypostctl get -o y", 4), "yaml\n");
  EXPECT_EQ(Offered("waypostctl -o json get mon", 5), "monitor\n");
  EXPECT_EQ(Offered("waypostctl get pool nam", 4), "named-pool\n");
  EXPECT_EQ(Offered("waypostctl drain --for 5m nam", 5), "named-target\n");
  EXPECT_EQ(Offered("waypostctl failover www --to nam", 5), "named-pool\n");
  EXPECT_EQ(Offered("waypostctl force ''", 3), "up down auto\n");
}

TEST_F(Completion, RunsNothingThatANameHolds) {
  WriteFile(director_.folder(), "try.bash",
            "waypostctl() { echo 'x$(touch " + director_.folder() + "/ran)'; }\n. " +
                Script("bash") +
                "\nCOMP_WORDS=(waypostctl get pool x)\nCOMP_CWORD=3\n_waypostctl\n");
  EXPECT_EQ(std::system(("bash --norc " + director_.folder() + "/try.bash").c_str()), 0);
  EXPECT_FALSE(std::filesystem::exists(director_.folder() + "/ran"));
}

class ZoneCheckVerb : public testing::Test {
 protected:
  std::string Write(const std::string& text) {
    return WriteFile(director_.folder(), "example.com.zone", text);
  }
  FakeDirector director_;  // for its folder
};

TEST_F(ZoneCheckVerb, AcceptsASoundFile) {
  const std::string file = Write(
      "$TTL 300\n"
      "@ SOA ns1 hostmaster 7 3600 600 86400 300\n"
      "@ NS ns1\n"
      "ns1 A 192.0.2.1\n");
  const Outcome outcome = RunAlone({"zone", "check", file});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "example.com: sound, serial 7, 2 names, 3 records\n");
  EXPECT_EQ(outcome.err, "");
}

TEST_F(ZoneCheckVerb, PrintsEachErrorWithItsLine) {
  const std::string file = Write(
      "$TTL 300\n"
      "@ SOA ns1 hostmaster 7 3600 600 86400 300\n"
      "@ NS ns1\n"
      "ns1 A 192.0.2.999\n"
      "www MX nonsense\n");
  const Outcome outcome = RunAlone({"zone", "check", "--origin", "example.com", file});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.out, "");
  EXPECT_TRUE(Has(outcome.err, file + ":4: ")) << outcome.err;
  EXPECT_TRUE(Has(outcome.err, file + ":5: ")) << outcome.err;
  EXPECT_TRUE(Has(outcome.err, "waypostctl: refused: " + file + ": ")) << outcome.err;
}

TEST_F(ZoneCheckVerb, RefusesAnOriginThatIsNoName) {
  EXPECT_EQ(RunAlone({"zone", "check", "--origin", "a..b", Write("")}).code, 2);
}

}  // namespace
}  // namespace waypost::ctl
