// A small Waypost of its own for a test: one director, vantages, HTTP servers as regions, all on
// loopback and free ports.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/support/dns_message.h"
#include "tests/support/http_server.h"
#include "tests/support/process.h"

namespace waypost::test {

/// A reply in the words of tests.
struct Answer {
  bool received = false;
  unsigned rcode = 0;
  std::set<std::string> addresses;  // of A and AAAA, and targets of CNAME, as text
  uint32_t ttl = 0;                 // of the first answer
  std::optional<unsigned> scope;    // ECS scope prefix-length
};

class DnsClient {
 public:
  explicit DnsClient(uint16_t port);
  ~DnsClient();
  DnsClient(const DnsClient&) = delete;
  DnsClient& operator=(const DnsClient&) = delete;

  /// `subnet`: "192.0.2.0/24", or empty for no ECS. Tries for ten seconds.
  Answer Ask(const std::string& name, uint16_t type = 1, const std::string& subnet = "");
  /// The reply to a query as it is; empty: none within half a second.
  Bytes Exchange(const Bytes& query);

 private:
  int socket_;
  uint16_t id_ = 0;
};

/// True as soon as `done` is; false after the limit, which a busy machine keeps too.
bool Eventually(const std::function<bool()>& done,
                std::chrono::milliseconds limit = std::chrono::seconds(60));

class Deployment {
 public:
  Deployment() = default;
  /// Kills everything.
  ~Deployment();

  const TempDir& dir() const { return dir_; }

  /// Starts waypost-dnsd with free ports and these further flags; false if it did not get ready.
  bool StartDirector(const std::vector<std::string>& flags);
  Process& director() { return *director_; }
  std::string ready_line() const { return ready_line_; }
  std::string control_path() const { return dir_.path() + "/control.sock"; }
  uint16_t dns_port() const { return dns_port_; }
  uint16_t admin_port() const { return admin_port_; }
  DnsClient& client() { return *client_; }
  Answer Ask(const std::string& name, uint16_t type = 1, const std::string& subnet = "") {
    return client_->Ask(name, type, subnet);
  }

  void StartVantage(const std::string& name, const std::string& region = "",
                    const std::vector<std::string>& flags = {});
  Process& vantage(const std::string& name) { return *vantages_.at(name); }

  /// Runs waypostctl.
  Finished Ctl(const std::vector<std::string>& words);

  /// zone example.test with the resources of `more`; returns the folder to load. Endpoints are
  /// those of two regions: east 127.0.1.1, west 127.0.2.1.
  std::string WriteConfiguration(const std::string& more);

 private:
  TempDir dir_;
  std::unique_ptr<Process> director_;
  std::map<std::string, std::unique_ptr<Process>> vantages_;
  std::string ready_line_;
  uint16_t dns_port_ = 0;
  uint16_t admin_port_ = 0;
  std::unique_ptr<DnsClient> client_;
  int commands_ = 0;
};

/// Two regions, a pool with one endpoint in each, probed by HTTP on `port`; add policies and
/// records.
std::string TwoRegions(uint16_t port, const std::string& monitor_settings =
                                          "interval: 100ms\ntimeout: 10s\nrise: 2\nfall: 2\n");

/// An HTTP server on 127.0.1.1 and one on 127.0.2.1, on the same port.
struct TwoServers {
  TwoServers();
  std::unique_ptr<HttpServer> east;
  std::unique_ptr<HttpServer> west;
  uint16_t port = 0;
};

}  // namespace waypost::test
