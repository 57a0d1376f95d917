#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/unit/healthd/probe_harness.h"

namespace waypost::probe {
namespace {

using testing::HasSubstr;

class CommandProbe : public testing::Test {
 protected:
  CommandProbe() {
    std::string pattern = testing::TempDir() + "waypost-command-XXXXXX";
    folder = mkdtemp(pattern.data());
    target.mutable_monitor()->mutable_command()->set_name("check");
    target.mutable_monitor()->mutable_command()->set_port(5432);
  }
  ~CommandProbe() override { std::filesystem::remove_all(folder); }

  /// The command is this script, run by the shell that it names itself.
  Outcome Run(const std::string& script) {
    permissions.commands["check"] = {{"/bin/sh", "-c", script, "check", folder.string()}};
    return ProbeOnce(target, permissions);
  }
  std::string Written(const std::string& name) const {
    std::ifstream file(folder / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::filesystem::path folder;
  Permissions permissions;
  v1::Target target = TargetAt("127.0.0.1");
};

TEST_F(CommandProbe, PassesOnExitStatusZero) {
  const Outcome outcome = Run("exit 0");
  EXPECT_TRUE(outcome.succeeded()) << outcome.failure.detail;
  EXPECT_GT(outcome.phases.total_us, 0U);
}

TEST_F(CommandProbe, SaysWhatTheCommandSaid) {
  const Outcome outcome = Run("echo replication lags by 40 s; echo more; exit 2");
  EXPECT_EQ(outcome.failure.layer, v1::LAYER_CONTENT);
  EXPECT_EQ(outcome.failure.detail, "exit status 2: \"replication lags by 40 s\"");
  EXPECT_EQ(Run("kill -9 $$").failure.detail, "killed by signal 9");
}

TEST_F(CommandProbe, TellsTheTargetAndNothingElse) {
  setenv("WAYPOST_TEST_SECRET", "s3cret", 1);
  EXPECT_TRUE(Run("env > $1/env; ls /proc/self/fd > $1/fds").succeeded());
  EXPECT_THAT(Written("env"), HasSubstr("WAYPOST_ADDRESS=127.0.0.1\n"));
  EXPECT_THAT(Written("env"), HasSubstr("WAYPOST_PORT=5432\n"));
  EXPECT_THAT(Written("env"), testing::Not(HasSubstr("s3cret")));
  EXPECT_EQ(Written("fds"), "0\n1\n2\n3\n") << "3 is the folder that ls reads";
}

TEST_F(CommandProbe, LimitsWhatItMayTake) {
  target.mutable_monitor()->mutable_timeout()->set_seconds(20);
  EXPECT_TRUE(Run("ulimit -v > $1/memory; ulimit -n > $1/files; ulimit -t > $1/time; "
                  "ulimit -f > $1/size; ulimit -c > $1/core; ulimit -p > $1/processes")
                  .succeeded());
  EXPECT_EQ(Written("memory"), std::to_string(512 << 10) + "\n") << "KiB";
  EXPECT_EQ(Written("files"), "64\n");
  EXPECT_EQ(Written("time"), "21\n") << "seconds of the processor";
  EXPECT_EQ(Written("size"), std::to_string((16 << 20) / 512) + "\n") << "blocks";
  EXPECT_EQ(Written("core"), "0\n");
  EXPECT_EQ(Written("processes"), "4096\n");
}

TEST_F(CommandProbe, RunsOnlyWhatTheVantageLists) {
  target.mutable_monitor()->mutable_command()->set_name("/bin/true");
  const Outcome outcome = Run("exit 0");
  EXPECT_FALSE(outcome.conclusive) << "which is no failure of the endpoint";
  EXPECT_EQ(outcome.failure.detail, "this vantage has no command \"/bin/true\"");
}

TEST_F(CommandProbe, ACommandThatCannotBeRunIsNoFailureOfTheEndpoint) {
  permissions.commands["check"] = {{"/nowhere/check"}};
  const Outcome outcome = ProbeOnce(target, permissions);
  EXPECT_FALSE(outcome.conclusive);
  EXPECT_EQ(outcome.failure.detail,
            "this vantage cannot run its command \"check\": No such file or directory");
}

TEST_F(CommandProbe, TheCommandsOwnStatusOf127IsAFailure) {
  const Outcome outcome = Run("exit 127");
  EXPECT_TRUE(outcome.conclusive);
  EXPECT_EQ(outcome.failure.detail, "exit status 127");
}

/// True as soon as no such process is alive; a zombie is not.
bool Ends(int pid) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (std::chrono::steady_clock::now() < limit) {
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string word, name, state;
    stat >> word >> name >> state;
    if (!stat || state == "Z") return true;
  }
  return false;
}

TEST_F(CommandProbe, TheDeadlineKillsTheWholeGroup) {
  // Enough for a busy machine to start it.
  SetTimeout(target, 3000);
  const auto begin = std::chrono::steady_clock::now();
  const Outcome outcome = Run("sleep 60 & echo $! > $1/pid; sleep 60");
  EXPECT_EQ(outcome.failure.fault, v1::FAULT_TIMEOUT);
  EXPECT_EQ(outcome.failure.detail, "timed out after 3000 ms");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(8));
  ASSERT_NE(Written("pid"), "");
  EXPECT_TRUE(Ends(std::stoi(Written("pid"))));
}

TEST_F(CommandProbe, WhatItLeavesBehindIsKilledToo) {
  const Outcome outcome = Run("sleep 60 & echo $! > $1/pid; exit 0");
  EXPECT_TRUE(outcome.succeeded()) << outcome.failure.detail;
  EXPECT_LT(outcome.phases.total_us, 1'500'000U) << "does not wait for it";
  EXPECT_TRUE(Ends(std::stoi(Written("pid"))));
}

/// Starts one that leaves group and session, and two that lose their parents.
constexpr const char* kEscapes =
    "setsid sh -c 'sleep 60 & echo $! > $0/inner; echo $$ > $0/outer; wait' $1 & "
    "(setsid sleep 60 & echo $! > $1/orphan); "
    "while ! [ -s $1/inner -a -s $1/outer -a -s $1/orphan ]; do sleep 0.01; done; ";

TEST_F(CommandProbe, WhatLeavesTheGroupIsKilledToo) {
  target.mutable_monitor()->mutable_timeout()->set_seconds(20);
  const Outcome outcome = Run(std::string(kEscapes) + "exit 3");
  EXPECT_EQ(outcome.failure.detail, "exit status 3");
  for (const char* name : {"inner", "outer", "orphan"}) {
    ASSERT_NE(Written(name), "") << name;
    EXPECT_TRUE(Ends(std::stoi(Written(name)))) << name;
  }
}

TEST_F(CommandProbe, TheDeadlineKillsWhatLeftTheGroup) {
  target.mutable_monitor()->mutable_timeout()->set_seconds(3);
  const Outcome outcome = Run(std::string(kEscapes) + "sleep 60");
  EXPECT_EQ(outcome.failure.fault, v1::FAULT_TIMEOUT);
  for (const char* name : {"inner", "outer", "orphan"}) {
    ASSERT_NE(Written(name), "") << name;
    EXPECT_TRUE(Ends(std::stoi(Written(name)))) << name;
  }
}

TEST_F(CommandProbe, SurvivesACommandThatPrintsWithoutEnd) {
  SetTimeout(target, 300);
  EXPECT_EQ(Run("yes").failure.fault, v1::FAULT_TIMEOUT);
  SetTimeout(target, 20000);
  EXPECT_EQ(Run("head -c 1000000 /dev/zero; exit 0").failure.detail, "");
}

TEST_F(CommandProbe, StopEndsItAtOnce) {
  permissions.commands["check"] = {{"/bin/sleep", "60"}};
  boost::asio::io_context io(1);
  NetworkProber prober(io, permissions);
  const auto stop = prober.Start(std::make_shared<Spec>(*BuildSpec(target)),
                                 [](const Outcome&) { ADD_FAILURE() << "was called"; });
  io.run_for(std::chrono::milliseconds(50));
  stop();
  const auto begin = std::chrono::steady_clock::now();
  io.restart();
  io.run();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

}  // namespace
}  // namespace waypost::probe
