#include "ctl/render/diagnosis.h"

#include <fmt/format.h>

#include <functional>

#include "ctl/render/table.h"
#include "ctl/render/units.h"
#include "ctl/render/words.h"

namespace waypost::render {
namespace {

/// "PORT_STATE_OPEN" without its prefix, in words.
std::string Lowered(const std::string& name, size_t prefix) {
  std::string word = name.substr(prefix);
  for (char& c : word) c = c == '_' ? ' ' : static_cast<char>(c | 0x20);
  return word;
}

std::string PortWord(v1::PortState state) {
  return Lowered(v1::PortState_Name(state), sizeof("PORT_STATE_") - 1);
}
std::string PathWord(v1::PathEnd end) {
  return Lowered(v1::PathEnd_Name(end), sizeof("PATH_END_") - 1);
}
std::string StepWord(v1::ExaminationStep step) {
  return Lowered(v1::ExaminationStep_Name(step), sizeof("EXAMINATION_STEP_") - 1);
}

std::string TroubleWords(v1::Trouble trouble) {
  if (trouble == v1::TROUBLE_UNSPECIFIED) return "not examined";
  if (trouble == v1::TROUBLE_NONE) return "none";
  if (trouble == v1::TROUBLE_PORT_FILTERED) return "port blocked or filtered";
  if (trouble == v1::TROUBLE_DNS_FAILURE) return "DNS failure";
  if (trouble == v1::TROUBLE_TLS_FAILURE) return "TLS failure";
  return Lowered(v1::Trouble_Name(trouble), sizeof("TROUBLE_") - 1);
}

std::string ScopeWords(v1::Scope scope) {
  if (scope == v1::SCOPE_GLOBAL) return ", global";
  return scope == v1::SCOPE_REGIONAL ? ", regional" : "";
}

Tone ToneOf(v1::Trouble trouble) {
  if (trouble == v1::TROUBLE_NONE) return Tone::kGood;
  return trouble == v1::TROUBLE_UNSPECIFIED ? Tone::kWarning : Tone::kBad;
}

std::string Places(const char* label, const google::protobuf::RepeatedPtrField<std::string>& places,
                   const Style& style) {
  if (places.empty()) return "";
  return fmt::format("  {} {}\n", style.Paint(Tone::kDim, label), Clean(Join(places)));
}

std::string RenderConclusion(const v1::Conclusion& conclusion, const Style& style) {
  std::string text = style.Paint(ToneOf(conclusion.trouble()), TroubleWords(conclusion.trouble()));
  text += ScopeWords(conclusion.scope());
  if (conclusion.confidence_percent() > 0)
    text += fmt::format(", {} % sure", conclusion.confidence_percent());
  text += ": " + Clean(conclusion.words()) + "\n";
  text += Places("seen from", conclusion.seen_from(), style);
  text += Places("not seen from", conclusion.not_seen_from(), style);
  text += Places("not examined from", conclusion.not_examined(), style);
  Table table({{"FROM"}, {"LAYER"}, {"ADDRESS"}, {"EVIDENCE"}});
  for (const v1::ConclusionEvidence& evidence : conclusion.evidence())
    table.Add({evidence.place(), StepWord(evidence.step()), evidence.address(), evidence.words()});
  return table.empty() ? text : text + "\n" + table.ToString(style, 2);
}

std::string Time(uint32_t us) { return us == 0 ? "" : FormatMicroseconds(us); }

using ForEachAddress = std::function<void(const v1::Findings&, const v1::AddressFindings&)>;

void Visit(const v1::Diagnosis& diagnosis, const ForEachAddress& visit) {
  for (const v1::Findings& findings : diagnosis.findings())
    for (const v1::AddressFindings& address : findings.addresses())
      if (address.skipped().empty()) visit(findings, address);
}

std::string Section(const char* title, const Table& table, const Style& style) {
  if (table.empty()) return "";
  return "\n" + style.Paint(Tone::kStrong, title) + "\n" + table.ToString(style, 2);
}

std::string RenderDns(const v1::Diagnosis& diagnosis, const Style& style) {
  Table table({{"FROM"}, {"SERVER"}, {"ANSWER"}, {"TIME", Align::kRight}, {"ADDRESSES"}});
  for (const v1::Findings& findings : diagnosis.findings())
    for (const v1::ServerAnswer& answer : findings.dns())
      table.Add({findings.place(), answer.server(),
                 answer.rcode().empty() ? answer.detail() : answer.rcode(), Time(answer.time_us()),
                 Join(answer.addresses())});
  return Section("DNS", table, style);
}

std::string RenderReach(const v1::Diagnosis& diagnosis, const Style& style) {
  Table table({{"FROM"},
               {"ADDRESS"},
               {"LOSS", Align::kRight},
               {"RTT", Align::kRight},
               {"USUAL", Align::kRight},
               {"JITTER", Align::kRight},
               {"DETAIL"}});
  Visit(diagnosis, [&](const v1::Findings& findings, const v1::AddressFindings& address) {
    const v1::EchoFindings& echo = address.echo();
    table.Add({findings.place(), address.address(),
               echo.possible() ? fmt::format("{:.0f}%", echo.loss_percent()) : "",
               Time(echo.rtt_us()), Time(address.usual_rtt_us()), Time(echo.jitter_us()),
               echo.detail()});
  });
  return Section("Reachability (ICMP echo)", table, style);
}

Tone ToneOf(v1::PortState state) { return state == v1::PORT_STATE_OPEN ? Tone::kGood : Tone::kBad; }

std::string RenderPorts(const v1::Diagnosis& diagnosis, const Style& style) {
  Table table(
      {{"FROM"}, {"ADDRESS"}, {"STATE"}, {"OPENED"}, {"CONNECT", Align::kRight}, {"DETAIL"}});
  Visit(diagnosis, [&](const v1::Findings& findings, const v1::AddressFindings& address) {
    const v1::PortFindings& port = address.port();
    if (!address.has_port()) return;
    table.Add({findings.place(),
               address.address(),
               {PortWord(port.state()), ToneOf(port.state())},
               fmt::format("{} of {}", port.opened(), port.tries()),
               Time(port.connect_us()),
               port.detail()});
  });
  return Section("Port", table, style);
}

std::string HopWords(const v1::Hop& hop) {
  if (hop.answered() == 0) return "*";
  const bool has_loss = hop.answered() < hop.sent();
  return Join(hop.addresses(), "/") +
         (has_loss ? fmt::format(" ({} of {} lost)", hop.sent() - hop.answered(), hop.sent()) : "");
}

std::string RenderPaths(const v1::Diagnosis& diagnosis, const Style& style) {
  Table table({{"FROM"}, {"ADDRESS"}, {"BY"}, {"END"}, {"HOPS"}});
  Visit(diagnosis, [&](const v1::Findings& findings, const v1::AddressFindings& address) {
    for (const v1::PathFindings& path : address.paths()) {
      std::vector<std::string> hops;
      for (const v1::Hop& hop : path.hops()) hops.push_back(HopWords(hop));
      table.Add({findings.place(), address.address(),
                 v1::PathProtocol_Name(path.protocol()).substr(sizeof("PATH_PROTOCOL_") - 1),
                 PathWord(path.end()), Join(hops, " > ")});
    }
  });
  return Section("Path", table, style);
}

std::string RenderService(const v1::Diagnosis& diagnosis, const Style& style) {
  Table table({{"FROM"},
               {"ADDRESS"},
               {"GOOD"},
               {"CONNECT", Align::kRight},
               {"TLS", Align::kRight},
               {"FIRST BYTE", Align::kRight},
               {"TOTAL", Align::kRight},
               {"DETAIL"}});
  Visit(diagnosis, [&](const v1::Findings& findings, const v1::AddressFindings& address) {
    const v1::ServiceFindings& service = address.service();
    if (!address.has_service()) return;
    const std::string tls = service.tls_version() + " " + service.tls_cipher();
    table.Add({findings.place(), address.address(),
               fmt::format("{} of {}", service.succeeded(), service.tries()),
               Time(service.phases().connect_us()), Time(service.phases().tls_us()),
               Time(service.phases().first_byte_us()), Time(service.phases().total_us()),
               service.failed_layer() != v1::LAYER_NONE ? service.detail()
               : tls.size() > 1                         ? tls
                                                        : service.warning()});
  });
  return Section("Service", table, style);
}

std::string SocketWords(const v1::LocalLimits& local) {
  std::vector<std::string> words;
  for (const char* state : {"ESTABLISHED", "TIME_WAIT", "CLOSE_WAIT", "SYN_SENT", "LISTEN"}) {
    const auto found = local.sockets().find(state);
    if (found != local.sockets().end()) words.push_back(fmt::format("{} {}", found->second, state));
  }
  return Join(words);
}

std::string RenderLocal(const v1::Diagnosis& diagnosis, const Style& style) {
  Table table({{"FROM"}, {"EPHEMERAL PORTS"}, {"DESCRIPTORS"}, {"TCP SOCKETS"}});
  for (const v1::Findings& findings : diagnosis.findings()) {
    if (!findings.has_local()) continue;
    const v1::LocalLimits& local = findings.local();
    table.Add(
        {findings.place(),
         fmt::format("{} of {}", local.ports_in_use(), local.last_port() - local.first_port() + 1),
         fmt::format("{} of {}", local.descriptors(), local.max_descriptors()),
         SocketWords(local)});
  }
  return Section("Limits of the machine that looks", table, style);
}

std::string RenderTroubles(const v1::Diagnosis& diagnosis, const Style& style) {
  Table table({{"FROM"}, {"NOT EXAMINED"}});
  for (const v1::Findings& findings : diagnosis.findings()) {
    if (!findings.trouble().empty()) table.Add({findings.place(), findings.trouble()});
    for (const v1::AddressFindings& address : findings.addresses())
      if (!address.skipped().empty() && address.skipped() != findings.trouble())
        table.Add({findings.place(), address.address() + ": " + address.skipped()});
  }
  return Section("Left out", table, style);
}

}  // namespace

std::string RenderProgress(const v1::Progress& progress, const Style& style) {
  return style.Paint(Tone::kDim, fmt::format("{} {}: {}", progress.place(),
                                             StepWord(progress.step()), progress.words())) +
         "\n";
}

std::string RenderDiagnosis(const v1::Diagnosis& diagnosis, const Style& style) {
  std::string text = RenderConclusion(diagnosis.conclusion(), style);
  for (const auto render : {RenderDns, RenderReach, RenderPorts, RenderPaths, RenderService,
                            RenderLocal, RenderTroubles})
    text += render(diagnosis, style);
  return text;
}

}  // namespace waypost::render
