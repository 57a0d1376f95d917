// Waypost as the primary of example.test, for tests with other people's secondaries and clients.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "tests/integration/deployment.h"
#include "tests/integration/name_servers.h"

#define NEEDS(program) \
  if (!Has(program)) GTEST_SKIP() << program << " is not installed: run deploy/install-deps"

namespace waypost::test {

inline constexpr const char* kSteering = R"(---
{kind: Region, name: east}
---
{kind: Pool, name: east, region: east, endpoints: [{address: 127.0.1.1}, {address: 127.0.1.2}]}
---
{kind: Pool, name: west, region: east, endpoints: [{address: 127.0.2.1}]}
---
{kind: Policy, name: all, steps: [weighted]}
---
{kind: Policy, name: careful, steps: [weighted], on_all_down: last_resort, last_resort: west}
---
{kind: Record, name: www.example.test, types: [A], policy: all, pools: [east, west]}
---
{kind: Record, name: safe.example.test, types: [A], policy: careful, pools: [east]}
)";

/// A master file of example.test with this serial and these further lines.
inline std::string MasterFile(int serial, const std::string& lines = "") {
  return "$TTL 300\n@ SOA ns1 hostmaster " + std::to_string(serial) +
         " 3600 600 604800 60\n@ NS ns1\nns1 A 192.0.2.53\n" + lines;
}

class Transfers : public ::testing::Test {
 protected:
  std::string KeyResource() {
    return "{kind: Key, name: " + key_.name +
           ", secret_file: " + d_.dir().Write("key.secret", key_.secret + "\n") + "}\n";
  }
  /// The resource of example.test with this master file and these further lines.
  static std::string ZoneResource(const std::string& text, const std::string& lines) {
    std::string indented = "  ";
    for (const char c : text) indented += c == '\n' ? std::string("\n  ") : std::string(1, c);
    return "---\nkind: Zone\norigin: example.test\n" + lines + "text: |\n" + indented + "\n";
  }
  /// A director that serves example.test to those who have the key.
  void StartPrimary(const std::string& text, const std::string& lines = "",
                    const std::string& more = "") {
    resources_ = KeyResource() + more;
    lines_ = "allow_transfer: [{key: " + key_.name + "}]\n" + lines;
    const std::string file =
        d_.dir().Write("resources.yaml", resources_ + ZoneResource(text, lines_));
    ASSERT_TRUE(d_.StartDirector({"--load", file, "--state", d_.dir().path() + "/state"}))
        << d_.director().err();
  }
  bool Follows(uint16_t port, int64_t serial) {
    return Eventually([&] { return SerialAt(port, "example.test") == serial; });
  }

  Deployment d_;
  SharedKey key_;
  std::string resources_;
  std::string lines_;
};

class DynamicUpdates : public Transfers {
 protected:
  /// What nsupdate says of these commands; empty: it was done.
  std::string Update(const std::string& commands, const SharedKey& key) {
    const std::string script =
        d_.dir().Write("update.txt", "server 127.0.0.1 " + std::to_string(d_.dns_port()) +
                                         "\nzone example.test\n" + commands + "send\n");
    return RunCommand({"nsupdate", "-t", "5", "-y", KeyWord(key), script},
                      d_.dir().path() + "/nsupdate")
        .err;
  }
  std::string Update(const std::string& commands) { return Update(commands, key_); }
  std::string Short(const std::string& name, const std::string& type) {
    return Dig(d_.dns_port(), {"+short", name, type});
  }
  void StartDynamic(const std::string& rule = "") {
    StartPrimary(MasterFile(10, "www A 192.0.2.80\nold A 192.0.2.81\n"),
                 "allow_update: [{key: " + key_.name + rule + "}]\n", OneSteered());
  }
  static std::string OneSteered() {
    return "---\n{kind: Region, name: east}\n---\n{kind: Pool, name: east, region: east, "
           "endpoints: [{address: 127.0.1.1}]}\n---\n{kind: Policy, name: all, steps: "
           "[weighted]}\n---\n{kind: Record, name: geo.example.test, types: [A], policy: all, "
           "pools: [east]}\n";
  }
};

}  // namespace waypost::test
