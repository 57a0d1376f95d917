// `signal` and `load`: what others tell a director.
#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <CLI/CLI.hpp>

#include "ctl/commands/arguments.h"
#include "ctl/commands/verbs.h"
#include "ctl/render/automation.h"
#include "ctl/render/units.h"

namespace waypost::ctl {
namespace {

using google::protobuf::util::TimeUtil;
using std::chrono::milliseconds;

struct SetOptions {
  std::string name;
  std::string state;
  std::optional<milliseconds> lease;
  std::string reason;
};

struct LoadOptions {
  std::string region;
  double load = 0;
  std::optional<milliseconds> lease;
};

struct NoOptions {};

ExitCode Set(const SetOptions& options, Session& session) {
  v1::SetSignalRequest request;
  request.set_name(options.name);
  request.set_up(options.state == "up");
  request.set_reason(options.reason);
  request.set_author(session.author);
  if (options.lease) {
    *request.mutable_lease() = TimeUtil::MillisecondsToDuration(options.lease->count());
  }
  const Answer<v1::SetSignalReply> reply = session.client.SetSignal(request);
  if (!reply) return session.Fail(reply.error());
  if (!session.tables()) {
    session.Print(*reply);
    return ExitCode::kDone;
  }
  const milliseconds lease(TimeUtil::DurationToMilliseconds(reply->lease()));
  session.out << fmt::format("signal/{} is {} for {}\n", options.name, options.state,
                             render::FormatAge(lease));
  return ExitCode::kDone;
}

ExitCode List(const NoOptions&, Session& session) {
  const Answer<v1::ListSignalsReply> reply = session.client.ListSignals({});
  if (!reply) return session.Fail(reply.error());
  if (!session.tables()) {
    session.Print(*reply);
    return ExitCode::kDone;
  }
  v1::StatusReply part;
  *part.mutable_signals() = reply->signals();
  const std::string text = render::RenderSignals(part, session.style);
  session.out << (text.empty() ? "no signal is declared\n" : text);
  return ExitCode::kDone;
}

ExitCode SetLoad(const LoadOptions& options, Session& session) {
  v1::SetLoadRequest request;
  request.set_region(options.region);
  request.set_load(options.load);
  if (options.lease) {
    *request.mutable_lease() = TimeUtil::MillisecondsToDuration(options.lease->count());
  }
  const Answer<v1::SetLoadReply> reply = session.client.SetLoad(request);
  if (!reply) return session.Fail(reply.error());
  if (!session.tables()) {
    session.Print(*reply);
  } else {
    session.out << fmt::format("region/{} has a load of {}\n", options.region, options.load);
  }
  return ExitCode::kDone;
}

void DeclareSet(CLI::App& verb, SetOptions& options) {
  verb.add_option("signal", options.name, "Which")->type_name("SIGNAL")->required();
  AddChoice(verb, "state", options.state, {"up", "down"}, "What it is")->required();
  AddDuration(verb, "--lease", options.lease, "For how long, at most the signal's own [that]");
  verb.add_option("--reason", options.reason, "Why; shown by status")->type_name("TEXT");
}

constexpr double kMaxLoad = 1e15;

void DeclareSetLoad(CLI::App& verb, LoadOptions& options) {
  verb.add_option("region", options.region, "Whose")->type_name("REGION")->required();
  verb.add_option("load", options.load, "In the unit of the region's capacity")
      ->type_name("LOAD")
      ->check(CLI::Range(0.0, kMaxLoad, "a number of 0 to 1e15"))
      ->required();
  AddDuration(verb, "--lease", options.lease, "For how long it holds, 1s to 1d [60s]");
}

}  // namespace

void AddSignal(Verbs& verbs) {
  Verbs signals = verbs.AddGroup("signal", "States that are told instead of probed");
  signals.Add<SetOptions>("set", "Tell a signal's state, for as long as a lease", DeclareSet, Set);
  signals.Add<NoOptions>(
      "list", "List signals, what counts and for how long", [](CLI::App&, NoOptions&) {}, List);
  Verbs loads =
      verbs.AddGroup("load", "Loads of regions, for automation and the steps that look at loads");
  loads.Add<LoadOptions>("set", "Tell a region's load", DeclareSetLoad, SetLoad);
}

}  // namespace waypost::ctl
