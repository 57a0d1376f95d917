// The steps against real sockets on loopback.
#include <gmock/gmock.h>

#include <fstream>
#include <set>
#include <sstream>

#include "healthd/diagnose/dns_step.h"
#include "healthd/diagnose/local_step.h"
#include "healthd/diagnose/name_servers.h"
#include "healthd/diagnose/path_step.h"
#include "healthd/diagnose/port_step.h"
#include "healthd/diagnose/rtt_memory.h"
#include "healthd/diagnose/socket.h"
#include "tests/support/http_server.h"
#include "tests/support/udp_server.h"

namespace waypost::diagnose {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

const IpAddress kLoopback = IpAddress::FromV4(0x7F000001);

Allowance Seconds(int count) {
  return {std::chrono::steady_clock::now() + std::chrono::seconds(count)};
}

TEST(PortStep, TellsOpenRefusedAndSilentPortsApart) {
  test::HttpServer open;
  const test::FullBacklog silent;
  const auto all = ExaminePorts(
      {{kLoopback, open.port()}, {kLoopback, test::FreePort()}, {kLoopback, silent.port()}},
      Seconds(20));
  ASSERT_THAT(all, SizeIs(3));
  EXPECT_EQ(all[0].state(), v1::PORT_STATE_OPEN);
  EXPECT_EQ(all[0].opened(), static_cast<uint32_t>(kPortTries));
  EXPECT_GT(all[0].connect_us(), 0U);
  EXPECT_EQ(all[1].state(), v1::PORT_STATE_REFUSED);
  EXPECT_EQ(all[1].refused(), static_cast<uint32_t>(kPortTries));
  EXPECT_EQ(all[2].state(), v1::PORT_STATE_SILENT);
}

TEST(PortStep, EndsWithItsAllowance) {
  const test::FullBacklog silent;
  const auto cancelled = std::make_shared<std::atomic<bool>>(true);
  const auto before = std::chrono::steady_clock::now();
  const auto all =
      ExaminePorts({{kLoopback, silent.port()}}, {before + std::chrono::hours(1), cancelled});
  EXPECT_EQ(all[0].state(), v1::PORT_STATE_SILENT);
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(3));
}

TEST(PathStep, ReachesLoopbackAtTheFirstHop) {
  for (const auto& path : TracePaths({kLoopback, test::FreePort()}, Seconds(20))) {
    if (path.end() == v1::PATH_END_LOCAL) continue;  // may not send ICMP
    EXPECT_EQ(path.end(), v1::PATH_END_REACHED) << path.ShortDebugString();
    EXPECT_THAT(path.hops(), SizeIs(1)) << path.ShortDebugString();
  }
}

/// Answers with one address and the query's own question.
std::vector<std::string> AddressReply(const std::string& query, char last) {
  std::string reply = query.substr(0, query.size() - 11);  // without OPT
  reply[2] = static_cast<char>(0x81);
  reply[3] = static_cast<char>(0x80);
  reply[11] = 0;
  const bool is_a = reply[reply.size() - 3] == 1;
  if (is_a) {
    reply[7] = 1;
    reply += std::string("\xC0\x0C\0\1\0\1\0\0\0\5\0\4\x7F\0\0", 15) + last;
  }
  return {reply};
}

TEST(DnsStep, TellsWhatEachServerSays) {
  const test::UdpServer good([](const std::string& query) { return AddressReply(query, 1); });
  const test::UdpServer other([](const std::string& query) { return AddressReply(query, 2); });
  const test::UdpServer mute([](const std::string&) { return std::vector<std::string>(); });
  const auto answers = AskNameServers(
      "www.example.com",
      {{kLoopback, good.port()}, {kLoopback, other.port()}, {kLoopback, mute.port()}}, Seconds(20));
  ASSERT_THAT(answers, SizeIs(3));
  EXPECT_EQ(answers[0].rcode(), "NOERROR");
  EXPECT_THAT(answers[0].addresses(), testing::ElementsAre("127.0.0.1"));
  EXPECT_THAT(answers[1].addresses(), testing::ElementsAre("127.0.0.2"));
  EXPECT_EQ(answers[2].rcode(), "");
  EXPECT_THAT(answers[2].detail(), HasSubstr("no answer"));
}

TEST(DnsStep, TellsAnErrorByItsName) {
  const test::UdpServer server([](std::string query) {
    query[2] = static_cast<char>(0x81);
    query[3] = static_cast<char>(0x83);
    return std::vector<std::string>{query};
  });
  const auto answers =
      AskNameServers("nope.example.com", {{kLoopback, server.port()}}, Seconds(20));
  EXPECT_EQ(answers[0].rcode(), "NXDOMAIN");
  EXPECT_TRUE(answers[0].addresses().empty());
}

TEST(NameServers, AreReadAsResolversReadThem) {
  std::istringstream file(
      "# a comment\nnameserver 192.0.2.1\nsearch a b\nnameserver 2001:db8::1\n"
      "nameserver nonsense\nnameserver\n");
  EXPECT_EQ(ReadNameServers(file),
            (std::vector<SocketAddress>{{*IpAddress::Parse("192.0.2.1"), 53},
                                        {*IpAddress::Parse("2001:db8::1"), 53}}));
  EXPECT_EQ(ParseNameServer("192.0.2.1:5300")->port, 5300);
  EXPECT_FALSE(ParseNameServer("ns.example.com"));
}

TEST(LocalStep, CountsSocketsByStateAndPorts) {
  std::istringstream table(
      "  sl  local_address rem_address   st tx_queue\n"
      "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000\n"
      "   1: 0100007F:C350 0100007F:1F90 01 00000000:00000000\n"
      "   2: 0100007F:C351 0100007F:1F90 06 00000000:00000000\n"
      "   3: nonsense\n"
      "   4: 0100007F:XYZW 0100007F:1F90 01 00000000:00000000\n");
  v1::LocalLimits limits;
  std::set<uint32_t> ports;
  CountSockets(table, limits, ports);
  EXPECT_EQ(limits.sockets().at("LISTEN"), 1U);
  EXPECT_EQ(limits.sockets().at("ESTABLISHED"), 1U);
  EXPECT_EQ(limits.sockets().at("TIME_WAIT"), 1U);
  EXPECT_EQ(ports, (std::set<uint32_t>{8080, 50000, 50001}));
}

TEST(LocalStep, SeesThisProcess) {
  const test::HttpServer server;
  const v1::LocalLimits limits = ReadLocalLimits();
  EXPECT_GT(limits.sockets().at("LISTEN"), 0U);
  EXPECT_GT(limits.last_port(), limits.first_port());
  EXPECT_GT(limits.descriptors(), 3U);
  EXPECT_GE(limits.max_descriptors(), limits.descriptors());
}

TEST(RttMemory, FollowsShorterTimesAtOnceAndLongerOnesSlowly) {
  RttMemory memory;
  EXPECT_EQ(memory.UsualTo(kLoopback), 0U);
  memory.Note(kLoopback, 10'000);
  memory.Note(kLoopback, 5'000);
  EXPECT_EQ(memory.UsualTo(kLoopback), 5'000U);
  memory.Note(kLoopback, 500'000);
  EXPECT_LT(memory.UsualTo(kLoopback), 8'000U);
  for (int i = 0; i < 5000; ++i) memory.Note(kLoopback, 500'000);
  EXPECT_GT(memory.UsualTo(kLoopback), 400'000U);
  memory.Note(kLoopback, 0);
  EXPECT_GT(memory.UsualTo(kLoopback), 400'000U);
}

}  // namespace
}  // namespace waypost::diagnose
