// `health why`: each vantage's vote about an endpoint.
#include <CLI/CLI.hpp>

#include "ctl/commands/verbs.h"
#include "ctl/render/evidence.h"

namespace waypost::ctl {
namespace {

struct WhyOptions {
  std::string endpoint;
};

ExitCode Why(const WhyOptions& options, Session& session) {
  v1::WhyRequest request;
  request.set_endpoint(options.endpoint);
  const Answer<v1::WhyReply> why = session.client.Why(request);
  if (!why) return session.Fail(why.error());
  if (why->endpoints().empty()) {
    return session.Fail(ExitCode::kNotFound, "no endpoint \"" + options.endpoint + "\"");
  }
  if (session.tables()) {
    session.out << render::RenderEvidence(*why, session.style);
  } else {
    session.Print(*why);
  }
  return ExitCode::kDone;
}

void Declare(CLI::App& verb, WhyOptions& options) {
  verb.add_option("endpoint", options.endpoint, "POOL/ADDRESS, or an address for all its pools")
      ->type_name("ENDPOINT")
      ->required();
}

}  // namespace

void AddHealth(Verbs& verbs) {
  Verbs group = verbs.AddGroup("health", "What the vantages saw");
  group.Add<WhyOptions>("why", "Show why an endpoint counts as up or down, vote by vote", Declare,
                        Why);
}

}  // namespace waypost::ctl
