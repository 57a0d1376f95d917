// `latency show`.
#include <CLI/CLI.hpp>

#include "ctl/commands/arguments.h"
#include "ctl/commands/verbs.h"
#include "ctl/render/history.h"

namespace waypost::ctl {
namespace {

struct ShowOptions {
  std::string client;
};

ExitCode Show(const ShowOptions& options, Session& session) {
  v1::ShowLatencyRequest request;
  request.set_client(options.client);
  const Answer<v1::ShowLatencyReply> latency = session.client.ShowLatency(request);
  if (!latency) return session.Fail(latency.error());
  if (session.tables()) {
    session.out << render::RenderLatency(*latency, session.style);
  } else {
    session.Print(*latency);
  }
  return ExitCode::kDone;
}

void DeclareShow(CLI::App& verb, ShowOptions& options) {
  verb.add_option("client", options.client,
                  "Only this one: prefix:198.51.100.0/24, asn:64500, country:FR or city:FR/Paris")
      ->type_name("CLIENT");
}

}  // namespace

void AddLatency(Verbs& verbs) {
  Verbs group = verbs.AddGroup("latency", "Measured round-trip times");
  group.Add<ShowOptions>("show", "Show measured times from clients and between regions",
                         DeclareShow, Show);
}

}  // namespace waypost::ctl
