#include "ctl/commands/program.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "ctl/commands/arguments.h"
#include "ctl/commands/verbs.h"
#include "dnsd/base/utf8.h"
#include "dnsd/config/scalar.h"

namespace waypost::ctl {
namespace {

constexpr const char* kExitCodes = R"(
Exit codes:
  0  done, or nothing to do
  1  refused, not confirmed, or problems found
  2  the command line makes no sense
  3  cannot reach the server
  4  what was named does not exist
  5  the expected revision is not the current one
  6  no answer in time: a change may or may not have been made
  7  there are changes (only with --detailed-exitcode)
  8  nobody could examine (only of diagnose)
)";

struct GlobalOptions {
  ServerOptions server;
  std::optional<std::chrono::milliseconds> timeout;
  std::string output = "table";
};

void AddGlobalOptions(CLI::App& app, GlobalOptions& options) {
  app.add_option("-s,--server", options.server.address,
                 "unix:PATH or HOST:PORT [$WAYPOST_SERVER, else unix:/run/waypost/control.sock]")
      ->type_name("ADDR");
  AddChoice(app, "-o,--output", options.output, {"table", "json", "yaml"}, "[table]");
  AddDuration(app, "--timeout", options.timeout, "How long to wait for each answer [10s]");
  app.add_option("--ca", options.server.ca_file,
                 "Authorities of the server's certificate, PEM [$WAYPOST_CA]")
      ->type_name("FILE");
  app.add_option("--cert", options.server.certificate_file,
                 "Certificate to show the server, PEM [$WAYPOST_CERT]")
      ->type_name("FILE");
  app.add_option("--key", options.server.key_file, "Its private key, PEM [$WAYPOST_KEY]")
      ->type_name("FILE");
  app.add_flag("--insecure", options.server.insecure,
               "Speak TCP without TLS: anyone on the way may read and change it");
}

render::Format FormatOf(const std::string& word) {
  if (word == "json") return render::Format::kJson;
  return word == "yaml" ? render::Format::kYaml : render::Format::kTable;
}

bool IsSet(const Environment& environment, const char* name) {
  return !environment.variables(name).value_or("").empty();
}

bool WantsColors(const Environment& environment) {
  return environment.output_is_terminal && !IsSet(environment, "NO_COLOR") &&
         environment.variables("TERM") != "dumb";
}

/// The innermost verb that was recognised before the command line went wrong.
const CLI::App& InnermostVerb(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? app : InnermostVerb(*chosen.front());
}

std::string PathOf(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name()
                                     : PathOf(*app.get_parent()) + " " + app.get_name();
}

std::string SuggestVerb(const CLI::App& at, const std::string& word) {
  std::vector<std::string> verbs;
  for (const CLI::App* verb : at.get_subcommands([](const CLI::App*) { return true; })) {
    verbs.push_back(verb->get_name());
  }
  return config::DidYouMean(word, verbs);
}

/// What is wrong, in one line.
std::string FaultOf(const CLI::App& app, const CLI::App& verb, const CLI::ParseError& error) {
  if (verb.get_require_subcommand_min() == 0 || !verb.get_subcommands().empty()) {
    return error.what();
  }
  const std::vector<std::string> words = app.remaining(true);
  if (words.empty()) return "a verb is missing";
  return "there is no verb \"" + words.front() + "\"" + SuggestVerb(verb, words.front());
}

/// Help and version are "errors" of the parser too.
int ReportParseError(const CLI::App& app, const CLI::ParseError& error,
                     const Environment& environment) {
  if (error.get_exit_code() == 0) return app.exit(error, environment.out, environment.err);
  const CLI::App& verb = InnermostVerb(app);
  environment.err << "waypostctl: " << render::Clean(FaultOf(app, verb, error)) << "; see `"
                  << PathOf(verb) << " --help`\n";
  return static_cast<int>(ExitCode::kUsage);
}

Session BuildSession(Client& client, const GlobalOptions& options, const Environment& environment) {
  return {client,
          environment.in,
          environment.out,
          environment.err,
          environment.clock,
          FormatOf(options.output),
          render::Style(WantsColors(environment)),
          environment.input_is_terminal && environment.output_is_terminal,
          environment.author};
}

int RunAction(const Action& action, GlobalOptions options, const Environment& environment) {
  if (options.timeout) options.server.timeout = *options.timeout;
  Client client(options.server, environment.variables);
  Session session = BuildSession(client, options, environment);
  return static_cast<int>(action(session));
}

}  // namespace

int Run(const std::vector<std::string>& arguments, const Environment& environment) {
  if (const auto word = std::find_if_not(arguments.begin(), arguments.end(), IsUtf8);
      word != arguments.end()) {
    environment.err << "waypostctl: \"" << Legible(*word) << "\" is not UTF-8 text\n";
    return static_cast<int>(ExitCode::kUsage);
  }
  CLI::App app("Ask and direct waypost-dnsd.", "waypostctl");
  app.set_version_flag("--version", "waypostctl " WAYPOST_VERSION, "Print the version");
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  app.get_formatter()->label("SUBCOMMAND", "VERB");
  GlobalOptions options;
  AddGlobalOptions(app, options);
  Action action;
  Verbs verbs(app, action);
  AddAll(verbs);
  app.footer(kExitCodes);  // after the verbs, which would take it over
  try {
    // The parser takes words from the back.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return ReportParseError(app, error, environment);
  }
  return RunAction(action, std::move(options), environment);
}

}  // namespace waypost::ctl
