#include "tests/integration/two_hosts.h"

#include <unistd.h>

namespace waypost::test {
namespace {

std::vector<std::string> In(const std::string& host, const std::vector<std::string>& command) {
  std::vector<std::string> all = {"ip", "netns", "exec", host};
  all.insert(all.end(), command.begin(), command.end());
  return all;
}

}  // namespace

TwoHosts::TwoHosts()
    : server_("wp-server-" + std::to_string(getpid())),
      client_("wp-client-" + std::to_string(getpid())) {
  const bool are_made = Run({"ip", "netns", "add", server_}) &&
                        Run({"ip", "netns", "add", client_}) && Join("veths", "vethc") &&
                        Join("port1", "vethd");
  if (!are_made) return;
  Run(OnServer({"ip", "link", "add", "br0", "type", "bridge"})) &&
      Run(OnServer({"ip", "link", "set", "port1", "master", "br0"})) &&
      Run(OnServer({"ip", "link", "set", "port1", "up"})) &&
      SetUp(server_, "veths", {"10.77.0.1/24", "fd00:77::1/64"}) &&
      SetUp(server_, "br0", {"10.78.0.1/24"}) &&
      SetUp(client_, "vethc", {"10.77.0.2/24", "fd00:77::2/64"}) &&
      SetUp(client_, "vethd", {"10.78.0.2/24"});
}

bool TwoHosts::Join(const std::string& at_server, const std::string& at_client) {
  return Run({"ip", "link", "add", at_server, "netns", server_, "type", "veth", "peer", "name",
              at_client, "netns", client_});
}

bool TwoHosts::SetUp(const std::string& host, const std::string& interface,
                     const std::vector<std::string>& addresses) {
  for (const std::string& address : addresses) {
    std::vector<std::string> command = {"ip", "addr", "add", address, "dev", interface};
    if (address.find(':') != std::string::npos) command.push_back("nodad");
    if (!Run(In(host, command))) return false;
  }
  return Run(In(host, {"ip", "link", "set", interface, "up"}));
}

TwoHosts::~TwoHosts() {
  Run({"ip", "netns", "delete", server_});
  Run({"ip", "netns", "delete", client_});
}

std::vector<std::string> TwoHosts::OnServer(const std::vector<std::string>& command) const {
  return In(server_, command);
}

std::vector<std::string> TwoHosts::OnClient(const std::vector<std::string>& command) const {
  return In(client_, command);
}

Finished TwoHosts::RunOnServer(const std::vector<std::string>& command) {
  return RunCommand(OnServer(command), dir_.path() + "/run-" + std::to_string(++commands_));
}

Finished TwoHosts::RunOnClient(const std::vector<std::string>& command) {
  return RunCommand(OnClient(command), dir_.path() + "/run-" + std::to_string(++commands_));
}

bool TwoHosts::Run(const std::vector<std::string>& command) {
  const Finished done = RunCommand(command, dir_.path() + "/run-" + std::to_string(++commands_));
  if (done.code == 0) return true;
  if (why_.empty()) {
    for (const std::string& word : command) why_ += word + " ";
    why_ += ": " + done.err;
  }
  return false;
}

}  // namespace waypost::test
