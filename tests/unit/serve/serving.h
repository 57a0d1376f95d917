// A running server on loopback for tests: example.com with `www A` and a `big TXT` that UDP
// truncates, and clients that ask it.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "dnsd/serve/server.h"
#include "dnsd/zone/builder.h"
#include "tests/unit/serve/loopback_client.h"

namespace waypost::serve {

inline SocketAddress At(const char* text) { return *SocketAddress::Parse(text); }

/// example.com with `www A ADDRESS` and `big TXT` of some 40,000 octets.
inline std::shared_ptr<const Snapshot> SnapshotWith(const std::string& address) {
  const auto origin = wire::Name::Parse("example.com").value();
  std::string text =
      "$TTL 60\n@ SOA ns admin 1 1h 1h 1w 1h\n@ NS ns\nns A 192.0.2.53\nwww A " + address + "\n";
  for (int i = 0; i < 200; ++i) {
    text += "big TXT \"" + std::to_string(i) + std::string(200, 'x') + "\"\n";
  }
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->zones.push_back({.zone = zone::LoadZoneText(text, origin, "test").zone});
  snapshot->index =
      std::make_shared<zone::ZoneIndex>(zone::ZoneIndex::Build(std::vector<wire::Name>{origin}));
  return snapshot;
}

template <typename Condition>
bool WithinFiveSeconds(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

class Serving : public ::testing::Test {
 protected:
  void Start(std::vector<SocketAddress> listen = {At("127.0.0.1:0")}) {
    options_.listen = std::move(listen);
    auto server = Server::Start(options_, cell_);
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
  }
  SocketAddress address(size_t i = 0) const { return server_->listening().at(i); }
  LoopbackClient Udp(size_t i = 0) const { return {address(i), SOCK_DGRAM}; }
  LoopbackClient Tcp(size_t i = 0) const { return {address(i), SOCK_STREAM}; }
  /// Sends half of a message's length and no more. The server accepts it at once, unlike one that
  /// sends nothing.
  LoopbackClient Mute() const {
    LoopbackClient client = Tcp();
    const uint8_t octet = 0;
    client.SendRaw({&octet, 1});
    return client;
  }
  static test::QueryPacket Www(uint16_t id = 1) {
    return test::QueryPacket("www.example.com", 1).Id(id);
  }

  ServerOptions options_;
  SnapshotCell<Snapshot> cell_{SnapshotWith("192.0.2.1")};
  std::unique_ptr<Server> server_;
};

}  // namespace waypost::serve
