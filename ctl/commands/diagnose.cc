// `diagnose`: what is wrong with a host or an endpoint, layer by layer, from everywhere.
#include <google/protobuf/util/time_util.h>

#include <CLI/CLI.hpp>

#include "ctl/commands/arguments.h"
#include "ctl/commands/verbs.h"
#include "ctl/render/diagnosis.h"

namespace waypost::ctl {
namespace {

using google::protobuf::util::TimeUtil;
using std::chrono::milliseconds;

struct DiagnoseOptions {
  std::string target, protocol, path, name, ca_file;
  std::vector<std::string> from, name_servers;
  uint32_t packets = 0;
  std::optional<milliseconds> deadline, usual_rtt;

  v1::DiagnoseRequest Request() const;
};

v1::DiagnoseRequest DiagnoseOptions::Request() const {
  v1::DiagnoseRequest made;
  made.set_target(target);
  made.set_protocol(protocol);
  made.set_path(path);
  made.set_name(name);
  made.set_ca_file(ca_file);
  for (const std::string& place : from) made.add_from(place);
  for (const std::string& server : name_servers) made.add_name_servers(server);
  made.set_packets(packets);
  if (deadline) *made.mutable_deadline() = TimeUtil::MillisecondsToDuration(deadline->count());
  if (usual_rtt) *made.mutable_usual_rtt() = TimeUtil::MillisecondsToDuration(usual_rtt->count());
  return made;
}

ExitCode CodeOf(const v1::Conclusion& conclusion) {
  if (conclusion.trouble() == v1::TROUBLE_NONE) return ExitCode::kDone;
  return conclusion.trouble() == v1::TROUBLE_UNSPECIFIED ? ExitCode::kNotExamined
                                                         : ExitCode::kRefused;
}

ExitCode Diagnose(const DiagnoseOptions& options, Session& session) {
  v1::Diagnosis diagnosis;
  const auto take = [&](const v1::DiagnoseEvent& event) {
    if (event.has_progress() && session.interactive)
      session.err << render::RenderProgress(event.progress(), session.style) << std::flush;
    if (event.has_findings()) *diagnosis.add_findings() = event.findings();
    if (event.has_conclusion()) *diagnosis.mutable_conclusion() = event.conclusion();
  };
  const Answer<void> ended = session.client.Diagnose(options.Request(), take);
  if (!ended) return session.Fail(ended.error());
  if (session.tables()) {
    session.out << render::RenderDiagnosis(diagnosis, session.style);
  } else {
    session.Print(diagnosis);
  }
  return CodeOf(diagnosis.conclusion());
}

void DeclareService(CLI::App& verb, DiagnoseOptions& options) {
  AddChoice(verb, "--protocol", options.protocol, {"tcp", "tls", "http", "https", "grpc"},
            "How the service is spoken to [as its monitor does, else by the port]");
  verb.add_option("--path", options.path, "http and https: path and query [/]")->type_name("PATH");
  verb.add_option("--name", options.name,
                  "http, https and tls: Host header, and name in the certificate [the host]")
      ->type_name("NAME");
  verb.add_option("--ca-file", options.ca_file,
                  "tls and https: authorities to trust, PEM on the vantage's machine "
                  "[the system's]")
      ->type_name("FILE");
}

void Declare(CLI::App& verb, DiagnoseOptions& options) {
  verb.add_option("target", options.target,
                  "HOST, HOST:PORT, or POOL/ADDRESS of an endpoint, as its monitor probes it")
      ->type_name("ENDPOINT")
      ->required();
  verb.add_option("--from", options.from,
                  "Only from these vantages; \"dnsd\" is the director [all of them]")
      ->type_name("VANTAGE")
      ->delimiter(',');
  DeclareService(verb, options);
  verb.add_option("--dns", options.name_servers,
                  "Name servers to ask, at most 4 [those of each vantage]")
      ->type_name("ADDR")
      ->delimiter(',');
  AddNumber(verb, "--packets", options.packets, 3, 20, "ICMP echoes to each address [20]");
  AddDuration(verb, "--usual-rtt", options.usual_rtt,
              "A usual round-trip time: twice it is a spike [what each vantage knows]");
  AddDuration(verb, "--deadline", options.deadline, "For the whole, 5s to 2m [60s]");
}

}  // namespace

void AddDiagnose(Verbs& verbs) {
  verbs.Add<DiagnoseOptions>("diagnose", "Find out what is wrong with a host or an endpoint",
                             Declare, Diagnose);
}

}  // namespace waypost::ctl
