#include "healthd/diagnose/judge_address.h"

#include <fmt/format.h>

#include <optional>

#include "healthd/diagnose/address_facts.h"
#include "healthd/diagnose/words.h"

namespace waypost::diagnose {
namespace {

using Judgement = std::optional<Suspicion>;

// How sure a rule is. Somebody says so by a message that is made for it; it was seen, and has few
// other causes; it is what is left.
constexpr unsigned kToldSo = 95;
constexpr unsigned kSeen = 85;
constexpr unsigned kLikely = 70;
constexpr unsigned kLeftOver = 55;

Ground About(v1::ExaminationStep step, const AddressFacts& facts, std::string words) {
  return {step, facts.all().address(), std::move(words)};
}
Ground Of(const v1::PortFindings& port, const AddressFacts& facts) {
  return About(v1::EXAMINATION_STEP_PORT, facts, WordsOf(port));
}
Ground Of(const v1::EchoFindings& echo, const AddressFacts& facts) {
  return About(v1::EXAMINATION_STEP_REACH, facts, WordsOf(echo));
}
Ground Of(const v1::PathFindings& path, const AddressFacts& facts) {
  return About(v1::EXAMINATION_STEP_PATH, facts, WordsOf(path));
}
Ground Of(const v1::ServiceFindings& service, const AddressFacts& facts) {
  return About(v1::EXAMINATION_STEP_SERVICE, facts, WordsOf(service));
}

bool IsPort(const AddressFacts& facts, v1::PortState state) {
  return facts.has_port() && facts.port().state() == state;
}

/// Type 3 code 0 and what is like it; else it is about the host.
bool IsAboutNetwork(const v1::PortFindings& port) {
  constexpr uint32_t kUnreachable4 = 3;
  constexpr uint32_t kNoRoute6 = 0;
  constexpr uint32_t kRejectRoute6 = 6;
  const uint32_t code = port.icmp_code();
  if (port.icmp_type() == kUnreachable4) return code == 0 || code == 6 || code == 11;
  return port.icmp_type() == 1 && (code == kNoRoute6 || code == 2 || code == kRejectRoute6);
}

Judgement LackOfPorts(const AddressFacts& facts) {
  if (!IsPort(facts, v1::PORT_STATE_LOCAL)) return {};
  return Suspicion{v1::TROUBLE_CONNECTION_EXHAUSTION,
                   kToldSo,
                   "this machine cannot open connections: " + facts.port().detail(),
                   {Of(facts.port(), facts)}};
}

Judgement Loop(const AddressFacts& facts) {
  const auto* path = facts.PathEnding(v1::PATH_END_LOOP);
  if (facts.is_alive() || path == nullptr) return {};
  return Suspicion{
      v1::TROUBLE_ROUTING_FAILURE, kToldSo, "packets go round in a loop", {Of(*path, facts)}};
}

Judgement Rejection(const AddressFacts& facts) {
  if (!IsPort(facts, v1::PORT_STATE_REJECTED)) return {};
  return Suspicion{v1::TROUBLE_FIREWALL,
                   kToldSo,
                   "a filter says no: " + facts.port().detail(),
                   {Of(facts.port(), facts)}};
}

Judgement NoRoute(const AddressFacts& facts) {
  if (facts.is_alive()) return {};
  if (IsPort(facts, v1::PORT_STATE_UNREACHABLE) && IsAboutNetwork(facts.port()))
    return Suspicion{v1::TROUBLE_ROUTING_FAILURE,
                     kToldSo,
                     "a router knows no way there: " + facts.port().detail(),
                     {Of(facts.port(), facts)}};
  const auto* path = facts.PathEnding(v1::PATH_END_NET_UNREACHABLE);
  if (path == nullptr) return {};
  return Suspicion{v1::TROUBLE_ROUTING_FAILURE,
                   kToldSo,
                   "a router knows no way there: " + path->detail(),
                   {Of(*path, facts)}};
}

Judgement NoHost(const AddressFacts& facts) {
  if (facts.is_alive()) return {};
  if (IsPort(facts, v1::PORT_STATE_UNREACHABLE))
    return Suspicion{v1::TROUBLE_HOST_UNREACHABLE,
                     kToldSo,
                     "the host does not answer on its own link: " + facts.port().detail(),
                     {Of(facts.port(), facts)}};
  const auto* path = facts.PathEnding(v1::PATH_END_HOST_UNREACHABLE);
  if (path == nullptr) return {};
  return Suspicion{v1::TROUBLE_HOST_UNREACHABLE,
                   kToldSo,
                   "the host does not answer on its own link: " + path->detail(),
                   {Of(*path, facts)}};
}

Judgement Prohibition(const AddressFacts& facts) {
  const auto* path = facts.PathProhibited();
  if (facts.is_open() || facts.port().refused() > 0 || path == nullptr) return {};
  return Suspicion{
      v1::TROUBLE_FIREWALL, kSeen, "a filter says no: " + path->detail(), {Of(*path, facts)}};
}

Judgement NothingAnswers(const AddressFacts& facts) {
  if (facts.is_alive() || (!facts.has_port() && facts.service().tries() > 0)) return {};
  Suspicion suspicion{v1::TROUBLE_HOST_UNREACHABLE,
                      kLeftOver,
                      "nothing answers there, to echoes, connections or anything else",
                      {}};
  if (facts.has_port()) suspicion.grounds.push_back(Of(facts.port(), facts));
  if (facts.echo().possible()) suspicion.grounds.push_back(Of(facts.echo(), facts));
  if (const auto* path = facts.LongestSilentPath()) suspicion.grounds.push_back(Of(*path, facts));
  return suspicion;
}

/// Loss that keeps connections from being made.
Judgement LossAtPort(const AddressFacts& facts) {
  constexpr float kHalf = 50;
  const bool is_silent = IsPort(facts, v1::PORT_STATE_SILENT) || facts.port().silent() > 0;
  const bool explains = facts.is_open() ? facts.is_lossy() : facts.loss_percent() >= kHalf;
  if (!is_silent || !explains || facts.port().refused() > 0) return {};
  return Suspicion{v1::TROUBLE_PACKET_LOSS,
                   kLikely,
                   fmt::format("{:.0f} % of the packets are lost", facts.loss_percent()),
                   {Of(facts.echo(), facts), Of(facts.port(), facts)}};
}

Judgement SilentPort(const AddressFacts& facts) {
  if (!IsPort(facts, v1::PORT_STATE_SILENT) || facts.is_open()) return {};
  Suspicion suspicion{v1::TROUBLE_PORT_FILTERED,
                      kSeen,
                      "the host is there, but nothing comes back from the port",
                      {Of(facts.port(), facts)}};
  if (facts.answers_echo()) suspicion.grounds.push_back(Of(facts.echo(), facts));
  if (const auto* path = facts.PathEnding(v1::PATH_END_REACHED))
    suspicion.grounds.push_back(Of(*path, facts));
  return suspicion;
}

Judgement Refusal(const AddressFacts& facts) {
  if (!IsPort(facts, v1::PORT_STATE_REFUSED) || facts.is_open()) return {};
  return Suspicion{v1::TROUBLE_SERVICE_DOWN,
                   kToldSo,
                   "the host refuses connections: nothing listens on the port",
                   {Of(facts.port(), facts)}};
}

/// One address, and behind it several servers that are not alike.
Judgement MixedPort(const AddressFacts& facts) {
  if (!facts.is_mixed()) return {};
  return Suspicion{v1::TROUBLE_UNEVEN_LOAD_BALANCER,
                   facts.port().refused() > 0 ? kSeen : kLikely,
                   fmt::format("{} of {} connections to the same address fail",
                               facts.port().tries() - facts.port().opened(), facts.port().tries()),
                   {Of(facts.port(), facts)}};
}

bool IsOfTls(v1::Fault fault) {
  return fault >= v1::FAULT_TLS_CHAIN && fault <= v1::FAULT_TLS_ALPN;
}

/// What a certificate or a handshake says is no matter of loss or delay.
Judgement TlsSaysNo(const AddressFacts& facts) {
  if (!IsOfTls(facts.service().fault())) return {};
  return Suspicion{v1::TROUBLE_TLS_FAILURE,
                   kToldSo,
                   "the TLS handshake fails: " + facts.service().detail(),
                   {Of(facts.service(), facts)}};
}

bool IsWrongAnswer(v1::Fault fault) {
  return fault == v1::FAULT_STATUS || fault == v1::FAULT_BODY || fault == v1::FAULT_MALFORMED;
}

Judgement MixedAnswers(const AddressFacts& facts) {
  const v1::ServiceFindings& service = facts.service();
  const bool is_hard = IsWrongAnswer(service.fault()) || service.fault() == v1::FAULT_REFUSED;
  if (!is_hard || service.succeeded() == 0) return {};
  return Suspicion{
      v1::TROUBLE_UNEVEN_LOAD_BALANCER,
      kLikely,
      fmt::format("{} of {} requests to the same address fail: {}",
                  service.tries() - service.succeeded(), service.tries(), service.detail()),
      {Of(service, facts)}};
}

Judgement WrongAnswer(const AddressFacts& facts) {
  if (!IsWrongAnswer(facts.service().fault())) return {};
  return Suspicion{v1::TROUBLE_SERVICE_DOWN,
                   kSeen,
                   "what answers is wrong: " + facts.service().detail(),
                   {Of(facts.service(), facts)}};
}

Judgement Loss(const AddressFacts& facts) {
  if (!facts.is_lossy()) return {};
  Suspicion suspicion{v1::TROUBLE_PACKET_LOSS, kSeen, "", {}};
  suspicion.words = facts.answers_echo()
                        ? fmt::format("{:.0f} % of the packets are lost", facts.loss_percent())
                        : "connections need segments to be sent again";
  if (facts.echo().possible()) suspicion.grounds.push_back(Of(facts.echo(), facts));
  if (facts.port().retransmitted() > 0) {
    suspicion.confidence = kToldSo;
    suspicion.grounds.push_back(Of(facts.port(), facts));
  }
  if (!facts.answers_echo()) suspicion.confidence = kLikely;
  return suspicion;
}

Judgement Delay(const AddressFacts& facts) {
  if (!facts.is_late() && !facts.is_uneven()) return {};
  const uint32_t usual_us = facts.all().usual_rtt_us();
  Suspicion suspicion{v1::TROUBLE_LATENCY_SPIKE, kLikely, "", {}};
  suspicion.words = fmt::format("round trips take {} ms", facts.rtt_us() / 1000);
  if (usual_us > 0)
    suspicion.words += fmt::format(", {:.1f} ms are usual", static_cast<double>(usual_us) / 1000);
  if (facts.is_uneven())
    suspicion.words += fmt::format(", with a jitter of {} ms", facts.echo().jitter_us() / 1000);
  if (usual_us > 0 && facts.is_late()) suspicion.confidence = kSeen;
  if (facts.answers_echo())
    suspicion.grounds.push_back(Of(facts.echo(), facts));
  else
    suspicion.grounds.push_back(Of(facts.port(), facts));
  return suspicion;
}

bool ConnectedThenLate(const v1::ServiceFindings& service) {
  return service.fault() == v1::FAULT_SLOW ||
         (service.fault() == v1::FAULT_TIMEOUT && service.failed_layer() >= v1::LAYER_TLS);
}

Judgement Slowness(const AddressFacts& facts) {
  if (!ConnectedThenLate(facts.service())) return {};
  return Suspicion{v1::TROUBLE_SLOW_APPLICATION,
                   kSeen,
                   "connections are quick, and the answer is late: " + facts.service().detail(),
                   {Of(facts.service(), facts), Of(facts.port(), facts)}};
}

Judgement AnyOtherFailure(const AddressFacts& facts) {
  const v1::ServiceFindings& service = facts.service();
  if (service.failed_layer() == v1::LAYER_NONE) return {};
  const bool is_tls = service.failed_layer() == v1::LAYER_TLS;
  return Suspicion{
      is_tls ? v1::TROUBLE_TLS_FAILURE : v1::TROUBLE_SERVICE_DOWN,
      kLikely,
      (is_tls ? "the TLS handshake fails: " : "the service fails: ") + service.detail(),
      {Of(service, facts)}};
}

/// In the order of the layers.
constexpr Judgement (*kRules[])(const AddressFacts&) = {
    LackOfPorts,    Loop,        Rejection,  NoRoute, NoHost,    Prohibition,
    NothingAnswers, LossAtPort,  SilentPort, Refusal, MixedPort, TlsSaysNo,
    MixedAnswers,   WrongAnswer, Loss,       Delay,   Slowness,  AnyOtherFailure};

Suspicion AllIsWell(const AddressFacts& facts) {
  Suspicion suspicion{v1::TROUBLE_NONE, kSeen, "all is well", {}};
  if (facts.service().tries() > 0)
    suspicion.grounds.push_back(Of(facts.service(), facts));
  else if (facts.has_port())
    suspicion.grounds.push_back(Of(facts.port(), facts));
  if (facts.answers_echo()) suspicion.grounds.push_back(Of(facts.echo(), facts));
  return suspicion;
}

}  // namespace

Suspicion JudgeAddress(const v1::AddressFindings& address) {
  const AddressFacts facts(address);
  for (const auto rule : kRules)
    if (Judgement judgement = rule(facts)) return *std::move(judgement);
  return AllIsWell(facts);
}

}  // namespace waypost::diagnose
