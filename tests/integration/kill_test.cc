// kill -9 while dynamic updates, journal writes and transfers, out and in, are under way.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "tests/integration/paced_primary.h"
#include "tests/integration/primary.h"
#include "tests/support/dns_message.h"

namespace waypost::test {
namespace {

constexpr int kRounds = 8;

/// A TXT record of its own for nNUMBER.example.test.
Bytes UpdateMessage(int number) {
  Bytes out;
  for (const unsigned word : {static_cast<unsigned>(number) & 0xFFFFU, 0x2800U, 1U, 0U, 1U, 0U}) {
    Put16(out, word);
  }
  PutAll(out, WireName("example.test"));
  Put16(out, 6);
  Put16(out, 1);
  PutAll(out, WireName("n" + std::to_string(number) + ".example.test"));
  Put16(out, 16);
  Put16(out, 1);
  Put32(out, 60);
  Put16(out, 2);
  PutAll(out, "\1x");
  return out;
}

/// Sends updates over UDP, each once, one after the other.
class Updater {
 public:
  explicit Updater(uint16_t port) : socket_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to);
    const timeval patience{2, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~Updater() { close(socket_); }
  Updater(const Updater&) = delete;
  Updater& operator=(const Updater&) = delete;

  bool IsAcknowledged(int number) {
    const Bytes message = UpdateMessage(number);
    uint8_t reply[512];
    if (send(socket_, message.data(), message.size(), 0) < 0) return false;
    const ssize_t octets = recv(socket_, reply, sizeof reply, 0);
    return octets >= 12 && std::equal(message.begin(), message.begin() + 2, reply) &&
           (reply[3] & 0xF) == 0;
  }

 private:
  const int socket_;
};

bool IsSoa(const std::string& record) { return record.find(" in soa ") != std::string::npos; }

int64_t SerialIn(const std::string& soa) {
  std::istringstream fields(soa.substr(soa.find(" in soa ") + 8));
  std::string primary, mailbox;
  int64_t serial = -1;
  fields >> primary >> mailbox >> serial;
  return serial;
}

/// What a secondary has, kept as RFC 1995 section 4 says.
class Copy {
 public:
  explicit Copy(const std::vector<std::string>& zone) : records_(zone.begin(), zone.end()) {}

  int64_t serial() const {
    const auto soa = std::find_if(records_.begin(), records_.end(), IsSoa);
    return soa == records_.end() ? -1 : SerialIn(*soa);
  }
  /// False: it was the whole zone.
  bool Follow(const std::vector<std::string>& reply) {
    if (reply.size() == 1) return true;
    if (reply.size() < 2 || !IsSoa(reply[1])) {
      records_ = {reply.begin(), reply.end()};
      return false;
    }
    bool is_adding = true;
    for (size_t i = 1; i + 1 < reply.size(); ++i) {
      if (IsSoa(reply[i])) is_adding = !is_adding;
      if (is_adding) {
        EXPECT_TRUE(records_.insert(reply[i]).second) << reply[i] << " was there";
      } else {
        EXPECT_EQ(records_.erase(reply[i]), 1U) << reply[i] << " was not there";
      }
    }
    return true;
  }
  bool Has(int number) const {
    return records_.contains("n" + std::to_string(number) + ".example.test. 60 in txt \"x\"");
  }
  bool operator==(const Copy&) const = default;

 private:
  std::set<std::string> records_;
};

class Killed : public Transfers {
 protected:
  Copy Whole() { return Copy(ZoneAt(d_.dns_port(), "example.test", key_)); }
  bool Follow(Copy& copy) {
    return copy.Follow(RecordsTold(d_.dns_port(), key_,
                                   {"example.test", "IXFR=" + std::to_string(copy.serial())}));
  }
};

TEST_F(Killed, NothingAcknowledgedIsLostAndSecondariesGoOnWithIncrementalTransfers) {
  StartPrimary(MasterFile(10, "$GENERATE 1-300 host$ A 10.0.0.1\n"),
               "allow_update: [{networks: [127.0.0.0/8]}]\n");
  std::mt19937 random(20261121);
  int next = 1, incremental = 0;
  std::set<int> acknowledged;
  Copy oldest = Whole();
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    std::thread client([&, port = d_.dns_port()] {
      Updater updater(port);
      while (updater.IsAcknowledged(next)) acknowledged.insert(next++);
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(100 + random() % 400));
    Copy copy = Whole();  // while updates go on
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 200));
    const int64_t before = SerialAt(d_.dns_port(), "example.test");
    d_.director().Kill();
    client.join();
    ++next;  // the one without a reply may be there or not
    ASSERT_TRUE(d_.StartDirector({"--state", d_.dir().path() + "/state"})) << d_.director().err();
    const Copy now = Whole();
    EXPECT_GE(now.serial(), before) << "a serial that was told is gone";
    for (const int number : acknowledged) EXPECT_TRUE(now.Has(number)) << number << " is lost";
    incremental += Follow(copy) ? 1 : 0;
    EXPECT_EQ(copy, now);
  }
  EXPECT_GT(acknowledged.size(), static_cast<size_t>(kRounds));
  EXPECT_GE(incremental, kRounds - 2) << "secondaries had to take the whole zone";
  Follow(oldest);
  EXPECT_EQ(oldest, Whole());
}

/// Of a zone that is transferred from a PacedPrimary.
class KilledSecondary : public Killed {
 protected:
  using Kind = PacedPrimary::Kind;

  void Start() {
    const std::string file =
        d_.dir().Write("secondary.yaml", KeyResource() +
                                             "---\n{kind: Zone, origin: example.test, primaries: "
                                             "[{address: \"127.0.0.1:" +
                                             std::to_string(primary_.port()) +
                                             "\"}], allow_transfer: [{key: " + key_.name + "}]}\n");
    ASSERT_TRUE(d_.StartDirector({"--load", file, "--state", State()})) << d_.director().err();
  }
  void Restart() { ASSERT_TRUE(d_.StartDirector({"--state", State()})) << d_.director().err(); }
  std::string State() { return d_.dir().path() + "/state"; }
  void Refresh() { ASSERT_EQ(d_.Ctl({"zone", "refresh", "example.test"}).code, 0); }
  /// Nothing else is begun to be told.
  void Silence(uint32_t serial) { primary_.Have(serial, Kind::kWhole, 0); }
  /// The whole zone has one serial; which. -1: there is no zone.
  int64_t ServedWholly() {
    const auto records = ZoneAt(d_.dns_port(), "example.test", key_);
    const auto soa = std::find_if(records.begin(), records.end(), IsSoa);
    if (soa == records.end()) return -1;
    const std::string text = " in txt \"" + std::to_string(SerialIn(*soa)) + "\"";
    const auto hosts =
        std::count_if(records.begin(), records.end(),
                      [&](const std::string& record) { return record.ends_with(text); });
    EXPECT_EQ(hosts, PacedPrimary::kHosts) << ::testing::PrintToString(records);
    EXPECT_EQ(records.size(), PacedPrimary::kHosts + 3U) << ::testing::PrintToString(records);
    return SerialIn(*soa);
  }
  bool Serves(int64_t serial) {
    return Eventually([&] { return SerialAt(d_.dns_port(), "example.test") == serial; }) &&
           ServedWholly() == serial;
  }

  PacedPrimary primary_;
};

TEST_F(KilledSecondary, ServesNothingOfAFirstTransferThatIsNotWhole) {
  primary_.Have(1, Kind::kWhole, 20);
  Start();
  ASSERT_TRUE(Eventually([&] { return primary_.told() == 20; }));
  EXPECT_EQ(ServedWholly(), -1);
  d_.director().Kill();
  Silence(1);
  Restart();
  EXPECT_EQ(ServedWholly(), -1);
  primary_.Have(1, Kind::kWhole, PacedPrimary::kEverything);
  Refresh();
  EXPECT_TRUE(Serves(1)) << d_.director().err();
}

TEST_F(KilledSecondary, ServesTheVersionBeforeWhenItIsKilledInATransfer) {
  Start();
  ASSERT_TRUE(Serves(1)) << d_.director().err();
  uint32_t serial = 1;
  for (const Kind kind : {Kind::kWhole, Kind::kDifferences}) {
    for (const size_t messages : {1U, 2U, 20U, 33U}) {  // of 34, or of 64
      SCOPED_TRACE(std::to_string(serial) + ", " + std::to_string(messages) + " messages");
      primary_.Have(serial + 1, kind, messages);
      Refresh();
      ASSERT_TRUE(Eventually([&] { return primary_.told() == messages; }));
      EXPECT_EQ(ServedWholly(), serial);
      d_.director().Kill();
      Silence(serial + 1);
      Restart();
      EXPECT_EQ(ServedWholly(), serial)
          << "what was half there is served, or what was there is not";
      primary_.Have(++serial, kind, PacedPrimary::kEverything);
      Refresh();
      ASSERT_TRUE(Serves(serial)) << d_.director().err();
    }
  }
}

TEST_F(KilledSecondary, ServesOneVersionOrTheOtherWhenItIsKilledBehindATransfer) {
  std::mt19937 random(20261129);
  Start();
  ASSERT_TRUE(Serves(1)) << d_.director().err();
  for (uint32_t serial = 2; serial < 2 + kRounds; ++serial) {
    SCOPED_TRACE(serial);
    const bool is_whole = serial % 2 == 0;
    primary_.Have(serial, is_whole ? Kind::kWhole : Kind::kDifferences, PacedPrimary::kEverything);
    Refresh();
    const size_t last = is_whole ? 34 : 64;
    ASSERT_TRUE(Eventually([&] { return primary_.told() == last; }));
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 30000));
    d_.director().Kill();
    Silence(serial);
    Restart();
    const int64_t served = ServedWholly();
    EXPECT_TRUE(served == serial || served == serial - 1) << served;
    primary_.Have(serial, Kind::kDifferences, PacedPrimary::kEverything);
    Refresh();
    ASSERT_TRUE(Serves(serial)) << d_.director().err();
  }
}

}  // namespace
}  // namespace waypost::test
