// What a worker asks of the kernel for its answers: one call to receive a batch, one to send it.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/integration/deployment.h"

namespace waypost::test {
namespace {

using Counts = std::map<std::string, int>;

/// Lines of `strace -f`: a thread's number, then NAME(...). Calls that were interrupted by the end,
/// or resumed, count once, where they began.
std::map<std::string, Counts> CallsByThread(const std::string& path) {
  std::map<std::string, Counts> threads;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string thread, call;
    words >> thread >> call;
    const size_t end = call.find('(');
    if (end != std::string::npos && call[0] != '<') ++threads[thread][call.substr(0, end)];
  }
  return threads;
}

class Syscalls : public testing::Test {
 protected:
  static constexpr int kQueries = 2000;

  /// Sends queries in bursts, so that some batches are larger than one, until all are answered.
  void Ask() {
    const int asker = socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in server{};
    server.sin_family = AF_INET;
    server.sin_port = htons(d_.dns_port());
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connect(asker, reinterpret_cast<const sockaddr*>(&server), sizeof server);
    const timeval patience{2, 0};
    setsockopt(asker, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const Bytes query = QueryPacket("steered.example.test", 1).Subnet(1, 24, {192, 0, 2}).Build();
    constexpr int kBurst = 20;
    for (int asked = 0; asked < kQueries; asked += kBurst) {
      for (int i = 0; i < kBurst; ++i) ASSERT_GT(send(asker, query.data(), query.size(), 0), 0);
      std::array<uint8_t, 1232> reply;
      for (int i = 0; i < kBurst; ++i) ASSERT_GT(recv(asker, reply.data(), reply.size(), 0), 0);
    }
    close(asker);
  }

  Deployment d_;
};

TEST_F(Syscalls, AnswersTakeTwoABatchAndNothingElse) {
  const std::string folder = d_.WriteConfiguration(
      TwoRegions(9) +
      "---\nkind: Policy\nname: near\nsteps: [weighted]\n---\nkind: Record\n"
      "name: steered.example.test\ntypes: [A]\npolicy: near\npools: [east, west]\n");
  ASSERT_TRUE(d_.StartDirector({"--load", folder}));
  const std::string trace = d_.dir().path() + "/trace";
  Process strace({"strace", "-f", "-qq", "-o", trace, "-p", std::to_string(d_.director().pid())},
                 d_.dir().path() + "/strace");
  // It has attached when it has seen the director's threads do anything.
  const bool attached =
      Eventually([&] { return !CallsByThread(trace).empty(); }, std::chrono::seconds(5));
  if (!attached) GTEST_SKIP() << "this system does not let strace attach";
  Ask();
  strace.Stop();

  int batches = 0;
  for (auto& [thread, counts] : CallsByThread(trace)) {
    if (!counts.contains("sendmmsg")) continue;
    batches += counts["sendmmsg"];
    // Receiving also times out when nothing comes.
    EXPECT_GE(counts["recvmmsg"], counts["sendmmsg"]);
    counts.erase("sendmmsg");
    counts.erase("recvmmsg");
    EXPECT_THAT(counts, testing::IsEmpty()) << "no other call of this worker";
  }
  EXPECT_GT(batches, 0);
  EXPECT_LE(batches, kQueries);
}

}  // namespace
}  // namespace waypost::test
