// `failover`: a record's traffic goes to one pool, until it is brought back.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "ctl/commands/change_report.h"
#include "ctl/commands/overrides.h"
#include "ctl/commands/verbs.h"
#include "ctl/render/words.h"

namespace waypost::ctl {
namespace {

struct FailoverOptions {
  std::string record;
  std::string to;
  bool back = false;
  OverrideOptions override;
};

ExitCode FailOverTo(const FailoverOptions& options, Session& session) {
  OverrideOptions override = options.override;
  override.target = {"record", options.record};
  override.kinds = {"record"};
  v1::Override failover;
  failover.set_failover_to(options.to);
  return SetOverride(override, std::move(failover), session);
}

/// true: there was one.
Answer<bool> RemovePin(const FailoverOptions& options, Session& session) {
  v1::ClearOverrideRequest request;
  *request.mutable_intent() = options.override.change.IntentFor(session);
  request.set_target("record/" + options.record);
  const Answer<v1::ApplyReply> cleared = session.client.ClearOverride(request);
  if (!cleared && cleared.error().code == ExitCode::kNotFound) return false;
  if (!cleared) return tl::unexpected(cleared.error());
  if (const auto sound = CheckProblems(session, cleared->problems()); !sound) {
    return tl::unexpected(sound.error());
  }
  return true;
}

std::string BackWords(const std::string& record, bool was_pinned, const v1::FailbackReply& reply) {
  std::vector<std::string> words;
  if (was_pinned) words.emplace_back("the failover by hand has ended");
  if (!reply.released().empty()) {
    words.push_back(render::Join(reply.released()) + " may take traffic again");
  }
  if (words.empty()) words.emplace_back("nothing was held back");
  return fmt::format("record/{}: {}\n", render::Clean(record), render::Clean(render::Join(words)));
}

/// Ends both reasons for which a pool may stand aside: the override, and a manual failback that
/// waits for this very word.
ExitCode BringBack(const FailoverOptions& options, Session& session) {
  const Answer<bool> was_pinned = RemovePin(options, session);
  if (!was_pinned) return session.Fail(was_pinned.error());
  v1::FailbackRequest request;
  *request.mutable_intent() = options.override.change.IntentFor(session);
  request.mutable_intent()->clear_expected_revision();  // RemovePin may have made a revision
  request.set_record(options.record);
  const Answer<v1::FailbackReply> reply = session.client.Failback(request);
  if (!reply) return session.Fail(reply.error());
  if (session.tables()) {
    session.out << BackWords(options.record, *was_pinned, *reply);
  } else {
    session.Print(*reply);
  }
  return ExitCode::kDone;
}

ExitCode Failover(const FailoverOptions& options, Session& session) {
  if (options.back) return BringBack(options, session);
  if (!options.to.empty()) return FailOverTo(options, session);
  return session.Fail(ExitCode::kUsage, "failover: write --to POOL or --back");
}

void Declare(CLI::App& verb, FailoverOptions& options) {
  verb.add_option("record", options.record, "A steered name")->type_name("RECORD")->required();
  CLI::Option* to = verb.add_option("--to", options.to, "This pool answers alone while it is up")
                        ->type_name("POOL");
  verb.add_flag("--back", options.back,
                "End it, and let pools that wait for an operator (failback: manual) return")
      ->excludes(to);
  AddFor(verb, options.override.length);
  AddChangeOptions(verb, options.override.change);
}

}  // namespace

void AddFailover(Verbs& verbs) {
  verbs.Add<FailoverOptions>("failover", "Move a record to another pool by hand, or back", Declare,
                             Failover);
}

}  // namespace waypost::ctl
