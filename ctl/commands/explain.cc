// `explain`: why a client gets the answer that it gets.
#include <CLI/CLI.hpp>

#include "ctl/commands/arguments.h"
#include "ctl/commands/verbs.h"
#include "ctl/render/explanation.h"

namespace waypost::ctl {
namespace {

struct ExplainOptions {
  std::string name;
  std::string type;  // empty: what the record has
  std::string client;
  std::string view;
  uint64_t revision = 0;
};

v1::RecordType TypeOf(const std::string& word) {
  v1::RecordType type = v1::RECORD_TYPE_UNSPECIFIED;
  v1::RecordType_Parse("RECORD_TYPE_" + word, &type);
  return type;
}

ExitCode Explain(const ExplainOptions& options, Session& session) {
  v1::ExplainRequest request;
  request.set_name(options.name);
  request.set_type(TypeOf(options.type));
  request.set_client(options.client);
  request.set_view(options.view);
  request.set_revision(options.revision);
  const Answer<v1::ExplainReply> explanation = session.client.Explain(request);
  if (!explanation) return session.Fail(explanation.error());
  if (session.tables()) {
    session.out << render::RenderExplanation(*explanation, options.type, session.style);
  } else {
    session.Print(*explanation);
  }
  return ExitCode::kDone;
}

void Declare(CLI::App& verb, ExplainOptions& options) {
  verb.add_option("name", options.name, "The name that is asked for")
      ->type_name("RECORD")
      ->required();
  AddChoice(verb, "type", options.type, {"A", "AAAA", "CNAME", "SRV", "SVCB", "HTTPS"},
            "[A where the record has it]");
  verb.add_option("-c,--client", options.client,
                  "Who asks: an address (taken as its /24 or /56) or a prefix")
      ->type_name("ADDR|PREFIX")
      ->required();
  verb.add_option("--view", options.view,
                  "As the clients of this view see it; default: as those of none "
                  "[the view of the client's network]")
      ->type_name("VIEW");
  verb.add_option("--at", options.revision, "By a past revision, with today's liveness")
      ->type_name("REVISION");
}

}  // namespace

void AddExplain(Verbs& verbs) {
  verbs.Add<ExplainOptions>("explain", "Tell step by step why a client gets its answer", Declare,
                            Explain);
}

}  // namespace waypost::ctl
