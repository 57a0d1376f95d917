// kill -9 in the middle of commits: everything acknowledged is there, at most one commit more, and
// every revision whole.
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dnsd/base/random.h"
#include "tests/unit/store/store_fixture.h"

namespace waypost::store {
namespace {

std::string Value(uint64_t revision) {
  return std::to_string(revision) + std::string(Mix64(revision) % 5000, 'v');
}

/// What the content of a revision must be: the counter, and one key more for each third revision.
Content Expected(uint64_t revision) {
  Content content{{"counter", Value(revision)}};
  for (uint64_t n = 3; n <= revision; n += 3) content["third/" + std::to_string(n)] = Value(n);
  return content;
}

std::vector<Change> ChangesOf(uint64_t revision) {
  std::vector<Change> changes{Put("counter", Value(revision))};
  if (revision % 3 == 0)
    changes.push_back(Put("third/" + std::to_string(revision), Value(revision)));
  return changes;
}

constexpr const char* kDirectoryVariable = "WAYPOST_KILL_TEST_DIRECTORY";

/// Commits for ever and writes each acknowledged number to standard output.
[[noreturn]] void CommitUntilKilled(const std::string& directory) {
  const SystemClock clock;
  auto store = OpenRocksStore(directory, clock);
  if (!store) ::_exit(1);
  for (;;) {
    const auto revision = CommitTo(**store, ChangesOf((*store)->current() + 1));
    if (!revision) ::_exit(2);
    const uint64_t number = revision->number;
    if (::write(STDOUT_FILENO, &number, sizeof(number)) != sizeof(number)) ::_exit(3);
  }
}

/// The child's part of the test below; a program of its own, for RocksDB's threads do not survive a
/// fork.
TEST(Kill, DISABLED_CommitsUntilKilled) {
  const char* directory = ::getenv(kDirectoryVariable);
  ASSERT_NE(directory, nullptr);
  CommitUntilKilled(directory);
}

[[noreturn]] void RunChild(int acknowledgements) {
  ::dup2(acknowledgements, STDOUT_FILENO);
  ::execl("/proc/self/exe", "unit_store", "--gtest_filter=Kill.DISABLED_CommitsUntilKilled",
          "--gtest_also_run_disabled_tests", "--gtest_output=", nullptr);
  ::_exit(4);
}

/// What the test framework prints comes before the first number, and ends with a known line.
void SkipGreeting(int pipe) {
  const std::string last_line = "[ RUN      ] Kill.DISABLED_CommitsUntilKilled\n";
  std::string seen;
  for (char c = 0; !seen.ends_with(last_line);) {
    ASSERT_EQ(::read(pipe, &c, 1), 1) << seen;
    seen += c;
  }
}

/// Kills the child after some acknowledgements; the last one that it gave.
uint64_t CommitAndKill(const std::string& directory, uint64_t acknowledgements, useconds_t delay) {
  int ends[2] = {};
  EXPECT_EQ(::pipe(ends), 0);
  ::setenv(kDirectoryVariable, directory.c_str(), 1);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    RunChild(ends[1]);
  }
  ::close(ends[1]);
  SkipGreeting(ends[0]);
  uint64_t last = 0, number = 0;
  for (uint64_t n = 0; n < acknowledgements; ++n) {
    EXPECT_EQ(::read(ends[0], &number, sizeof(number)), static_cast<ssize_t>(sizeof(number)));
    last = number;
  }
  ::usleep(delay);
  ::kill(child, SIGKILL);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status));
  while (::read(ends[0], &number, sizeof(number)) == static_cast<ssize_t>(sizeof(number))) {
    last = number;
  }
  ::close(ends[0]);
  return last;
}

TEST(Kill, NothingAcknowledgedIsLostAndNothingIsHalf) {
  const TempDirectory directory;
  const SystemClock clock;
  Random random(42);
  for (int round = 0; round < 15; ++round) {
    const uint64_t acknowledged =
        CommitAndKill(directory.state(), 3 + random.Below(8), random.Below(3000));
    const auto store = OpenRocksStore(directory.state(), clock);
    ASSERT_TRUE(store) << store.error().message;
    const uint64_t head = (*store)->current();
    EXPECT_GE(head, acknowledged);
    EXPECT_LE(head, acknowledged + 1);
    for (uint64_t n = head > 20 ? head - 20 : 1; n <= head; ++n) {
      ASSERT_EQ(ReadOf(**store, n), Expected(n)) << "revision " << n;
    }
  }
}

}  // namespace
}  // namespace waypost::store
