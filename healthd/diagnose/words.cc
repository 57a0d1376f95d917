#include "healthd/diagnose/words.h"

#include <fmt/format.h>

#include <vector>

#include "healthd/probe/failure.h"

namespace waypost::diagnose {
namespace {

std::string Milliseconds(uint32_t us) {
  return fmt::format("{:.{}f} ms", us / 1000.0, us < 10'000 ? 2 : 0);
}

std::string Joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string Mixture(const v1::PortFindings& port) {
  if (port.opened() == port.tries() || port.opened() == 0) return "";
  return fmt::format(" ({} of {} tries opened)", port.opened(), port.tries());
}

void AddPhase(const char* name, uint32_t us, std::vector<std::string>& words) {
  if (us > 0) words.push_back(fmt::format("{} {}", name, Milliseconds(us)));
}

}  // namespace

std::string WordsOf(const v1::LocalLimits& limits) {
  const uint32_t ports = limits.last_port() - limits.first_port() + 1;
  std::vector<std::string> words = {
      fmt::format("{} of {} ephemeral ports", limits.ports_in_use(), ports),
      fmt::format("{} of {} descriptors in use", limits.descriptors(), limits.max_descriptors())};
  if (limits.max_tracked() > 0)
    words.push_back(
        fmt::format("{} of {} connections tracked", limits.tracked(), limits.max_tracked()));
  return Joined(words);
}

std::string WordsOf(const v1::ServerAnswer& answer) {
  if (answer.rcode().empty()) return answer.server() + ": " + answer.detail();
  const std::vector<std::string> addresses(answer.addresses().begin(), answer.addresses().end());
  return fmt::format("{}: {}{}{} in {}", answer.server(), answer.rcode(),
                     addresses.empty() ? ", no addresses" : " ", Joined(addresses),
                     Milliseconds(answer.time_us()));
}

std::string WordsOf(const v1::EchoFindings& echo) {
  if (!echo.possible()) return "this machine cannot send echoes: " + echo.detail();
  if (echo.rtt_us() == 0) return echo.detail();
  return fmt::format("{:.0f} % of {} lost, round trip {}, jitter {}", echo.loss_percent(),
                     echo.sent(), Milliseconds(echo.rtt_us()), Milliseconds(echo.jitter_us()));
}

std::string WordsOf(const v1::PortFindings& port) {
  switch (port.state()) {
    case v1::PORT_STATE_OPEN:
      return fmt::format("open in {}{}{}", Milliseconds(port.connect_us()), Mixture(port),
                         port.retransmitted() > 0
                             ? fmt::format(", {} needed a segment again", port.retransmitted())
                             : "");
    case v1::PORT_STATE_REFUSED:
      return "refused" + Mixture(port);
    case v1::PORT_STATE_SILENT:
      return "nothing came back" + Mixture(port);
    case v1::PORT_STATE_REJECTED:
      return "rejected: " + port.detail() + Mixture(port);
    case v1::PORT_STATE_UNREACHABLE:
      return "unreachable: " + port.detail();
    default:
      return "this machine cannot connect: " + port.detail();
  }
}

std::string WordsOf(const v1::PathFindings& path) {
  const std::string by = "by " + NameOf(path.protocol());
  if (path.end() != v1::PATH_END_REACHED) return by + " not reached: " + path.detail();
  return fmt::format("{} reached at hop {}", by, path.hops_size());
}

std::string WordsOf(const v1::ServiceFindings& service) {
  if (service.failed_layer() != v1::LAYER_NONE)
    return fmt::format("{} of {} tries succeeded: {}", service.succeeded(), service.tries(),
                       service.detail());
  std::vector<std::string> words;
  AddPhase("connect", service.phases().connect_us(), words);
  AddPhase("TLS", service.phases().tls_us(), words);
  AddPhase("first byte", service.phases().first_byte_us(), words);
  if (!service.tls_version().empty())
    words.push_back(service.tls_version() + " " + service.tls_cipher());
  if (!service.warning().empty()) words.push_back(service.warning());
  return words.empty() ? "answers" : "answers: " + Joined(words);
}

std::string NameOf(v1::Trouble trouble) {
  if (trouble == v1::TROUBLE_DNS_FAILURE) return "DNS failure";
  if (trouble == v1::TROUBLE_TLS_FAILURE) return "TLS failure";
  if (trouble == v1::TROUBLE_PORT_FILTERED) return "port blocked or filtered";
  std::string name = v1::Trouble_Name(trouble).substr(sizeof("TROUBLE_") - 1);
  for (char& c : name) c = c == '_' ? ' ' : static_cast<char>(c | 0x20);
  return name;
}

std::string NameOf(v1::PathProtocol protocol) {
  return v1::PathProtocol_Name(protocol).substr(sizeof("PATH_PROTOCOL_") - 1);
}

}  // namespace waypost::diagnose
