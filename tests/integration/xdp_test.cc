// A director that answers through AF_XDP, asked over a cable by a host of its own.
#include <gmock/gmock.h>

#include <algorithm>
#include <memory>
#include <sstream>

#include "tests/integration/deployment.h"
#include "tests/integration/two_hosts.h"

namespace waypost::test {
namespace {

using ::testing::HasSubstr;

constexpr const char* kZone = R"($TTL 300
@    IN SOA ns1 hostmaster 1 3600 600 604800 60
     IN NS  ns1
ns1  IN A   192.0.2.53
www  IN A   192.0.2.80
)";

/// Python: frame(tag, octets, payload), whose UDP header says that many octets.
constexpr const char* kFrames = R"(
import socket, struct
mac = lambda name: bytes.fromhex(open(name).read().strip().replace(":", ""))
own_mac = mac("/sys/class/net/vethc/address")
raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
raw.bind(("vethc", 0))
def frame(tag, octets, payload):
    udp = struct.pack(">HHHH", 4321, 53, 8 + octets, 0) + payload
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0) + bytes([10, 77, 0, 2, 10, 77, 0, 1])
    return bytes.fromhex("SERVER_MAC") + own_mac + tag + b"\x08\x00" + ip + udp
)";

class Xdp : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!hosts_.is_there()) GTEST_SKIP() << "no network namespaces: " << hosts_.why();
    hosts_.dir().Write("example.test.zone", kZone);
  }

  /// False: the kernel refuses AF_XDP.
  bool Start(const std::string& listen, const std::string& interface) {
    director_ = std::make_unique<Process>(
        hosts_.OnServer({std::string(WAYPOST_BIN) + "/waypost-dnsd", "--listen", listen, "--xdp",
                         interface, "--threads", "1", "--admin", "10.77.0.1:9100", "--control",
                         "unix:" + hosts_.dir().path() + "/control.sock", "--load",
                         hosts_.dir().path() + "/example.test.zone"}),
        hosts_.dir().path() + "/dnsd");
    return !director_->FirstLine().empty();
  }

  std::string Dig(const std::vector<std::string>& words) {
    std::vector<std::string> command = {"dig", "+time=2", "+tries=2"};
    command.insert(command.end(), words.begin(), words.end());
    return hosts_.RunOnClient(command).out;
  }

  uint64_t Metric(const std::string& name) {
    std::istringstream text(hosts_.RunOnClient({"curl", "-s", "10.77.0.1:9100/metrics"}).out);
    for (std::string line; std::getline(text, line);) {
      if (line.rfind(name + " ", 0) == 0) return std::stoull(line.substr(name.size() + 1));
    }
    ADD_FAILURE() << "no metric " << name;
    return 0;
  }

  /// kFrames and what uses it; returns the path.
  std::string WriteScript(const std::string& text) {
    std::string mac = hosts_.RunOnServer({"cat", "/sys/class/net/veths/address"}).out;
    mac.erase(std::remove_if(mac.begin(), mac.end(), [](char c) { return c == ':' || c == '\n'; }),
              mac.end());
    std::string frames = kFrames;
    frames.replace(frames.find("SERVER_MAC"), 10, mac);
    return hosts_.dir().Write("frames.py", frames + text);
  }

  /// UDP datagrams that the server's kernel handed to sockets.
  uint64_t DatagramsOfTheKernel() {
    std::istringstream text(hosts_.RunOnServer({"cat", "/proc/net/snmp"}).out);
    std::string line;
    while (std::getline(text, line) && line.rfind("Udp:", 0) != 0) {
    }
    std::string word;
    uint64_t datagrams = 0;
    text >> word >> datagrams;
    return datagrams;
  }

  TwoHosts hosts_;
  std::unique_ptr<Process> director_;
};

#define START_OR_SKIP(listen, interface) \
  if (!Start(listen, interface)) GTEST_SKIP() << "no AF_XDP here: " << director_->err()

TEST_F(Xdp, AnswersUdpBeforeTheKernelSeesItAndTcpBehindIt) {
  START_OR_SKIP("10.77.0.1:53,[fd00:77::1]:53", "veths");
  EXPECT_THAT(director_->err(), HasSubstr("veths: native mode"));
  for (const char* server : {"@10.77.0.1", "@fd00:77::1"}) {
    EXPECT_EQ(Dig({server, "www.example.test", "+short"}), "192.0.2.80\n") << server;
    EXPECT_EQ(Dig({server, "www.example.test", "+short", "+tcp"}), "192.0.2.80\n") << server;
    EXPECT_THAT(Dig({server, "nothing.example.test"}), HasSubstr("NXDOMAIN")) << server;
  }
  EXPECT_EQ(DatagramsOfTheKernel(), 0U);
  EXPECT_EQ(Metric(R"(waypost_queries_total{transport="udp",type="A"})"), 4U);
}

TEST_F(Xdp, OfAWildcardAnswersForTheInterfacesOwnAddresses) {
  START_OR_SKIP("0.0.0.0:53,[::]:53", "veths");
  EXPECT_EQ(Dig({"@10.77.0.1", "www.example.test", "+short"}), "192.0.2.80\n");
  EXPECT_EQ(Dig({"@fd00:77::1", "www.example.test", "+short"}), "192.0.2.80\n");
  EXPECT_EQ(DatagramsOfTheKernel(), 0U);
  EXPECT_EQ(Dig({"@10.78.0.1", "www.example.test", "+short"}), "192.0.2.80\n");
  EXPECT_EQ(DatagramsOfTheKernel(), 1U) << "an address of another interface comes by the kernel";
}

TEST_F(Xdp, AnswersInsideOfAVlan) {
  START_OR_SKIP("10.77.0.1:53", "veths");
  // Sends a query with tag 7, and prints the tag and the address of the reply.
  const std::string script = WriteScript(R"(
raw.setsockopt(263, 8, 1)  # PACKET_AUXDATA: the kernel takes the tag out of what we receive
query = b"\x12\x34\0\0\0\1\0\0\0\0\0\0\3www\7example\4test\0\0\1\0\1"
raw.send(frame(b"\x81\x00\x00\x07", len(query), query))
raw.settimeout(5)
while True:
    reply, notes, _, _ = raw.recvmsg(2000, 200)
    if reply[42:44] == b"\x12\x34" and reply[:6] == own_mac:
        print(struct.unpack("=IIIHHHH", notes[0][2])[5], ".".join(str(b) for b in reply[-4:]))
        break
)");
  const Finished asked = hosts_.RunOnClient({"python3", script});
  EXPECT_EQ(asked.out, "7 192.0.2.80\n") << asked.err;
  EXPECT_EQ(DatagramsOfTheKernel(), 0U);
}

TEST_F(Xdp, FallsBackToTheGenericPathWhereTheDriverHasNone) {
  START_OR_SKIP("10.78.0.1:53", "br0");
  EXPECT_THAT(director_->err(), HasSubstr("br0: generic mode"));
  EXPECT_EQ(Dig({"@10.78.0.1", "www.example.test", "+short"}), "192.0.2.80\n");
  EXPECT_EQ(DatagramsOfTheKernel(), 0U);
}

TEST_F(Xdp, LeavesOtherPortsAlone) {
  START_OR_SKIP("10.77.0.1:53", "veths");
  Process other(
      hosts_.OnServer({std::string(WAYPOST_BIN) + "/waypost-dnsd", "--listen", "10.77.0.1:54",
                       "--control", "unix:" + hosts_.dir().path() + "/other.sock", "--load",
                       hosts_.dir().path() + "/example.test.zone"}),
      hosts_.dir().path() + "/other");
  ASSERT_NE(other.FirstLine(), "") << other.err();
  EXPECT_EQ(Dig({"@10.77.0.1", "-p", "54", "www.example.test", "+short"}), "192.0.2.80\n");
  EXPECT_EQ(DatagramsOfTheKernel(), 1U);
}

TEST_F(Xdp, HandsOverWhatOnlyTheHandlerAnswers) {
  START_OR_SKIP("10.77.0.1:53,[fd00:77::1]:53", "veths");
  for (const char* server : {"@10.77.0.1", "@fd00:77::1"}) {
    EXPECT_THAT(Dig({server, "+opcode=notify", "example.test", "SOA"}),
                HasSubstr("opcode: NOTIFY, status:"))
        << server;
  }
}

TEST_F(Xdp, DropsAndCountsFramesThatHoldNoDatagram) {
  START_OR_SKIP("10.77.0.1:53", "veths");
  // The UDP header says more octets than the IP header.
  const std::string script = WriteScript(R"(
for _ in range(3):
    raw.send(frame(b"", 500, b"x" * 12))
)");
  const Finished sent = hosts_.RunOnClient({"python3", script});
  ASSERT_EQ(sent.code, 0) << sent.err;
  EXPECT_TRUE(Eventually([&] { return Metric("waypost_xdp_bad_frames_total") == 3; }));
  EXPECT_EQ(Dig({"@10.77.0.1", "www.example.test", "+short"}), "192.0.2.80\n");
}

TEST_F(Xdp, LeavesTheInterfaceAsItWasHoweverItDies) {
  START_OR_SKIP("10.77.0.1:53", "veths");
  EXPECT_THAT(hosts_.RunOnServer({"ip", "link", "show", "veths"}).out, HasSubstr("prog/xdp"));
  director_->Kill();
  EXPECT_TRUE(Eventually([&] {
    const std::string shown = hosts_.RunOnServer({"ip", "link", "show", "veths"}).out;
    return shown.find("prog/xdp") == std::string::npos;
  }));
}

TEST_F(Xdp, GivesUpThePrivilegesOfTheStart) {
  START_OR_SKIP("10.77.0.1:53", "veths");
  constexpr uint64_t kDropped = 1ULL << 12 | 1ULL << 13 | 1ULL << 21 | 1ULL << 38 | 1ULL << 39;
  const Finished tasks = hosts_.RunOnServer({"sh", "-c",
                                             "for pid in $(pgrep -f '" + hosts_.dir().path() +
                                                 "/control.sock' | head -1); do "
                                                 "cat /proc/$pid/task/*/status; done"});
  std::istringstream text(tasks.out);
  int threads = 0;
  for (std::string line; std::getline(text, line);) {
    if (line.rfind("CapPrm:", 0) != 0) continue;
    ++threads;
    EXPECT_EQ(std::stoull(line.substr(8), nullptr, 16) & kDropped, 0U) << line;
  }
  EXPECT_GT(threads, 3);
}

TEST_F(Xdp, SaysWhatIsWrongWithAnInterface) {
  EXPECT_FALSE(Start("10.77.0.1:53", "nowhere0"));
  EXPECT_THAT(director_->err(), HasSubstr("--xdp: nowhere0: no such interface"));
  EXPECT_FALSE(Start("10.77.0.1:0", "veths"));
  EXPECT_THAT(director_->err(), HasSubstr("10.77.0.1:0: needs a port"));
}

}  // namespace
}  // namespace waypost::test
