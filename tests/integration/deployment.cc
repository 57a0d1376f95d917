#include "tests/integration/deployment.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "dnsd/base/ip.h"

namespace waypost::test {
namespace {

constexpr const char* kZone = R"($TTL 300
@     IN SOA ns1 hostmaster 2026010101 3600 600 604800 60
      IN NS  ns1
ns1   IN A   192.0.2.53
www2  IN A   192.0.2.80
alias IN CNAME www
)";

Bytes QueryFor(uint16_t id, const std::string& name, uint16_t type, const std::string& subnet) {
  QueryPacket query(name, type);
  query.Id(id).Edns();
  if (subnet.empty()) return query.Build();
  const IpPrefix prefix = IpPrefix::Parse(subnet).value();
  uint8_t octets[16];
  prefix.address.WriteBytes(octets);
  query.Subnet(prefix.address.is_v4() ? 1 : 2, prefix.length,
               Bytes(octets, octets + (prefix.length + 7) / 8));
  return query.Build();
}

std::string TextOf(const MessageRecord& record) {
  const auto* octets = reinterpret_cast<const uint8_t*>(record.rdata.data());
  if (record.type == 1) return IpAddress::FromBytes(IpFamily::kV4, octets).ToString();
  if (record.type == 28) return IpAddress::FromBytes(IpFamily::kV6, octets).ToString();
  if (record.type == 5) return wire::Name::FromWire(record.rdata).value().ToString();
  return "type " + std::to_string(record.type);
}

Answer AnswerOf(const Message& message) {
  Answer answer;
  answer.received = true;
  answer.rcode = message.rcode();
  for (const MessageRecord& record : message.answer) answer.addresses.insert(TextOf(record));
  if (!message.answer.empty()) answer.ttl = message.answer.front().ttl;
  if (const auto option = message.Option(8)) answer.scope = static_cast<uint8_t>((*option)[3]);
  return answer;
}

uint16_t PortAfter(const std::string& line, const std::string& word) {
  const size_t at = line.find(word + " ");
  if (at == std::string::npos) return 0;
  const size_t colon = line.find(':', at);
  return static_cast<uint16_t>(std::atoi(line.c_str() + colon + 1));
}

std::string Program(const std::string& name) { return std::string(WAYPOST_BIN) + "/" + name; }

}  // namespace

DnsClient::DnsClient(uint16_t port) : socket_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in server{};
  server.sin_family = AF_INET;
  server.sin_port = htons(port);
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, reinterpret_cast<sockaddr*>(&server), sizeof server) != 0) std::abort();
}

DnsClient::~DnsClient() { close(socket_); }

Answer DnsClient::Ask(const std::string& name, uint16_t type, const std::string& subnet) {
  for (int attempt = 0; attempt < 20; ++attempt) {
    const Bytes query = QueryFor(++id_, name, type, subnet);
    if (const auto message = ReadMessage(Exchange(query))) return AnswerOf(*message);
  }
  return {};
}

Bytes DnsClient::Exchange(const Bytes& query) {
  if (send(socket_, query.data(), query.size(), 0) < 0) return {};
  pollfd waiting{socket_, POLLIN, 0};
  while (poll(&waiting, 1, 500) == 1) {
    Bytes reply(4096);
    const ssize_t size = recv(socket_, reply.data(), reply.size(), 0);
    if (size < 2) break;
    reply.resize(static_cast<size_t>(size));
    if (std::equal(query.begin(), query.begin() + 2, reply.begin())) return reply;
  }
  return {};
}

bool Eventually(const std::function<bool()>& done, std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!done()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

Deployment::~Deployment() {
  for (auto& [name, vantage] : vantages_) vantage->Stop();
  if (director_) director_->Stop();
}

bool Deployment::StartDirector(const std::vector<std::string>& flags) {
  std::vector<std::string> command = {
      Program("waypost-dnsd"),  "--listen", "127.0.0.1:0", "--threads", "2", "--control",
      "unix:" + control_path(), "--admin",  "127.0.0.1:0"};
  command.insert(command.end(), flags.begin(), flags.end());
  director_ = std::make_unique<Process>(command, dir_.path() + "/dnsd");
  ready_line_ = director_->FirstLine();
  dns_port_ = PortAfter(ready_line_, "dns");
  admin_port_ = PortAfter(ready_line_, "admin");
  if (dns_port_ == 0) return false;
  client_ = std::make_unique<DnsClient>(dns_port_);
  return true;
}

void Deployment::StartVantage(const std::string& name, const std::string& region,
                              const std::vector<std::string>& flags) {
  std::vector<std::string> command = {Program("waypost-healthd"), "--vantage", name, "--director",
                                      "unix:" + control_path()};
  if (!region.empty()) command.insert(command.end(), {"--region", region});
  command.insert(command.end(), flags.begin(), flags.end());
  auto process = std::make_unique<Process>(command, dir_.path() + "/healthd-" + name);
  process->FirstLine();
  vantages_[name] = std::move(process);
}

Finished Deployment::Ctl(const std::vector<std::string>& words) {
  std::vector<std::string> command = {Program("waypostctl"), "--server", "unix:" + control_path()};
  command.insert(command.end(), words.begin(), words.end());
  return RunCommand(command, dir_.path() + "/ctl-" + std::to_string(++commands_));
}

std::string Deployment::WriteConfiguration(const std::string& more) {
  const std::string folder = dir_.path() + "/load";
  std::filesystem::create_directories(folder);
  dir_.Write("load/example.test.zone", kZone);
  dir_.Write("load/resources.yaml", more);
  return folder;
}

std::string TwoRegions(uint16_t port, const std::string& monitor_settings) {
  std::string yaml = R"(kind: Region
name: east
location: {latitude: 39.0, longitude: -77.5, country: US}
---
kind: Region
name: west
location: {latitude: 53.35, longitude: -6.26, country: IE}
---
kind: Monitor
name: web
)";
  yaml += "http: {port: " + std::to_string(port) + ", path: /, expect: {body: ok}}\n" +
          monitor_settings;
  for (const auto& [pool, address] :
       {std::pair("east", "127.0.1.1"), std::pair("west", "127.0.2.1")}) {
    yaml += std::string("---\nkind: Pool\nname: ") + pool + "\nregion: " + pool +
            "\nmonitor: web\nendpoints: [{address: " + address + "}]\n";
  }
  return yaml;
}

TwoServers::TwoServers() {
  // The port is free on one address; on the other it may by chance be taken, then another is tried.
  for (int attempt = 0; attempt < 20; ++attempt) {
    port = FreePort();
    east = std::make_unique<HttpServer>(HttpServer::Options{"127.0.1.1", port, {}});
    west = std::make_unique<HttpServer>(HttpServer::Options{"127.0.2.1", port, {}});
    if (east->port() == port && west->port() == port) return;
  }
}

}  // namespace waypost::test
