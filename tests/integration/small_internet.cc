#include "tests/integration/small_internet.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

namespace waypost::test {
namespace {

const std::vector<std::string> kHosts = {"head", "east", "west", "core", "site", "server"};

std::string NameOf(const std::string& host) { return fmt::format("wp-{}-{}", host, getpid()); }

}  // namespace

SmallInternet::SmallInternet() {
  if (!Execute({"nft", "--version"})) return;
  for (const std::string& host : kHosts) {
    if (!Execute({"ip", "netns", "add", NameOf(host)})) return;
    hosts_.push_back(host);
  }
  is_possible_ = true;
  Build();
}

SmallInternet::~SmallInternet() {
  for (const std::string& host : hosts_) Execute({"ip", "netns", "delete", NameOf(host)});
}

void SmallInternet::Build() {
  for (const std::string& host : hosts_) Run(host, {"ip", "link", "set", "lo", "up"});
  for (const char* router : {"core", "site"}) {
    Run(router, {"sysctl", "-qw", "net.ipv4.ip_forward=1"});
    Run(router, {"sysctl", "-qw", "net.ipv6.conf.all.forwarding=1"});
  }
  Join("core", "head", 1);
  Join("core", "east", 2);
  Join("core", "west", 3);
  Join("site", "server", 80);
  for (const char* address : {"10.90.80.11/24", "10.90.80.12/24"})
    Run("server", {"ip", "addr", "add", address, "dev", "wire"});
  Execute({"ip", "link", "add", "site", "netns", NameOf("core"), "type", "veth", "peer", "name",
           "core", "netns", NameOf("site")});
  SetUp("core", "site", 9, 1);
  SetUp("site", "core", 9, 2);
  Run("core", {"ip", "route", "add", "10.90.80.0/24", "via", "10.90.9.2"});
  Run("core", {"ip", "-6", "route", "add", "fd90:80::/64", "via", "fd90:9::2"});
  Run("site", {"ip", "route", "add", "default", "via", "10.90.9.1"});
  Run("site", {"ip", "-6", "route", "add", "default", "via", "fd90:9::1"});
}

/// The host's interface is `wire`, the router's has the host's name.
bool SmallInternet::Join(const std::string& router, const std::string& host, int net) {
  const int number = host == "server" ? 10 : 2;
  return Execute({"ip", "link", "add", host, "netns", NameOf(router), "type", "veth", "peer",
                  "name", "wire", "netns", NameOf(host)}) &&
         SetUp(router, host, net, 1) && SetUp(host, "wire", net, number) &&
         Run(host, {"ip", "route", "add", "default", "via", fmt::format("10.90.{}.1", net)}) &&
         Run(host, {"ip", "-6", "route", "add", "default", "via", fmt::format("fd90:{}::1", net)});
}

bool SmallInternet::SetUp(const std::string& host, const std::string& interface, int net,
                          int number) {
  return Run(host,
             {"ip", "addr", "add", fmt::format("10.90.{}.{}/24", net, number), "dev", interface}) &&
         Run(host, {"ip", "addr", "add", fmt::format("fd90:{}::{}/64", net, number), "dev",
                    interface, "nodad"}) &&
         Run(host, {"ip", "link", "set", interface, "up"});
}

std::vector<std::string> SmallInternet::At(const std::string& host,
                                           const std::vector<std::string>& command) const {
  std::vector<std::string> all = {"ip", "netns", "exec", NameOf(host)};
  all.insert(all.end(), command.begin(), command.end());
  return all;
}

bool SmallInternet::Run(const std::string& host, const std::vector<std::string>& command) {
  return Execute(At(host, command));
}

void SmallInternet::Do(const std::string& host, const std::function<void()>& work) const {
  std::thread there([&] {
    const int space = open(("/run/netns/" + NameOf(host)).c_str(), O_RDONLY | O_CLOEXEC);
    if (space < 0 || setns(space, CLONE_NEWNET) != 0) abort();
    close(space);
    work();
  });
  there.join();
}

bool SmallInternet::Execute(const std::vector<std::string>& command) {
  const Finished done =
      RunCommand(command, dir_.path() + "/command-" + std::to_string(++commands_));
  if (done.code == 0) return true;
  if (why_.empty()) why_ = fmt::format("{}: {}", fmt::join(command, " "), done.err);
  return false;
}

Filter::Filter(SmallInternet& internet, std::string host, const std::string& rule,
               const std::string& hook)
    : internet_(internet), host_(std::move(host)) {
  const std::string file = internet_.dir().Write(
      "rules.nft",
      fmt::format(
          "table inet waypost {{\nchain c {{\ntype filter hook {} priority 0;\n{}\n}}\n}}\n", hook,
          rule));
  internet_.Run(host_, {"nft", "-f", file});
}

Filter::~Filter() { internet_.Run(host_, {"nft", "delete", "table", "inet", "waypost"}); }

}  // namespace waypost::test
