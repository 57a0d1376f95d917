// `describe`: one resource with who refers to it and how it stands.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <sstream>

#include "ctl/commands/kinds.h"
#include "ctl/commands/references.h"
#include "ctl/commands/resources.h"
#include "ctl/commands/verbs.h"
#include "ctl/render/status.h"
#include "ctl/render/status_part.h"
#include "ctl/render/words.h"
#include "dnsd/config/render.h"
#include "dnsd/config/resource_set.h"
#include "dnsd/config/views.h"

namespace waypost::ctl {
namespace {

struct DescribeOptions {
  std::string kind;
  std::string name;
  std::string client;
};

// All addresses: a client of whom nothing is known.
constexpr const char* kAnyone = "0.0.0.0/0";
// More of a zone's text than this hides what describe is asked for.
constexpr size_t kMaxLinesDeclared = 60;

std::string RenderDeclared(const v1::Resource& resource) {
  std::string text;
  size_t count = 0;
  std::istringstream yaml(config::ToYaml(resource));
  for (std::string line; std::getline(yaml, line); ++count) {
    if (count < kMaxLinesDeclared) text += "  " + render::Clean(line) + "\n";
  }
  if (count > kMaxLinesDeclared) {
    text += fmt::format("  ({} more lines; `get {} -o yaml` shows them)\n",
                        count - kMaxLinesDeclared, config::IdOf(resource));
  }
  return text;
}

Answer<std::string> RenderAnswer(const v1::Record& record, v1::RecordType type,
                                 const std::string& client, Client& server) {
  v1::ExplainRequest request;
  request.set_name(record.name());
  request.set_view(record.view().empty() ? config::kNoView : record.view());
  request.set_type(type);
  request.set_client(client);
  const Answer<v1::ExplainReply> reply = server.Explain(request);
  if (!reply) return tl::unexpected(reply.error());
  std::string text =
      fmt::format("{}: {}", render::WordOf(type),
                  reply->answers().empty() ? "no answer" : render::Join(reply->answers()));
  if (!reply->pool().empty()) text += " of pool " + reply->pool();
  text += fmt::format(", for {} s", reply->ttl_s());
  if (reply->outcome() != "answered") text += " (" + reply->outcome() + ")";
  return "  " + render::Clean(text) + "\n";
}

Answer<std::string> RenderAnswers(const v1::Record& record, const std::string& client,
                                  Client& server) {
  std::string text =
      "\nAnswers now, for " + (client.empty() ? "a client of unknown place" : client) + ":\n";
  for (const int type : record.types()) {
    Answer<std::string> answer = RenderAnswer(record, static_cast<v1::RecordType>(type),
                                              client.empty() ? kAnyone : client, server);
    if (!answer) return answer;
    text += *answer;
  }
  return text;
}

/// What only the server knows now.
Answer<std::string> RenderLive(const DescribeOptions& options, const v1::Resource& resource,
                               Session& session) {
  const Answer<v1::StatusReply> status = session.client.Status();
  if (!status) return tl::unexpected(status.error());
  std::string text = render::RenderStatusTables(render::SelectStatus(resource, *status),
                                                session.clock.WallNow(), session.style);
  if (!resource.has_record()) return text;
  const Answer<std::string> answers =
      RenderAnswers(resource.record(), options.client, session.client);
  if (!answers) return answers;
  return text + *answers;
}

/// A secondary cannot decide: what it is told instead (dnsd/steer/fallback.h).
std::string RenderFallback(const v1::Record& record, const std::vector<v1::Resource>& all) {
  std::vector<std::string> pools(record.pools().begin(), record.pools().end());
  for (const v1::Resource& one : all) {
    const v1::Policy& policy = one.policy();
    const bool has_last_resort = policy.on_all_down() == v1::ON_ALL_DOWN_LAST_RESORT;
    if (one.has_policy() && policy.name() == record.policy() && has_last_resort) {
      pools = {policy.last_resort()};
    }
  }
  return "In zone transfers: all endpoints of " + render::Join(pools) +
         ", whatever their health.\n";
}

Answer<std::string> RenderDescription(const DescribeOptions& options, const v1::Resource& resource,
                                      Session& session) {
  const auto all = FindResources(session.client, "", "", 0);
  if (!all) return tl::unexpected(all.error());
  const std::vector<std::string> referrers = FindReferrers(resource, *all);
  const Answer<std::string> live = RenderLive(options, resource, session);
  if (!live) return live;
  return session.style.Paint(render::Tone::kStrong, config::IdOf(resource)) + "\n" +
         RenderDeclared(resource) + "\nReferred to by " +
         (referrers.empty() ? "nothing" : render::Join(referrers)) + ".\n" +
         (resource.has_record() ? RenderFallback(resource.record(), *all) : "") + *live;
}

ExitCode Describe(const DescribeOptions& options, Session& session) {
  if (options.name.empty() && options.kind.find('/') == std::string::npos) {
    return session.Fail(ExitCode::kUsage, "describe: write KIND NAME or KIND/NAME");
  }
  const auto found = FindResources(session.client, options.kind, options.name, 0);
  if (!found) return session.Fail(found.error());
  if (!session.tables()) {
    session.out << render::RenderDocuments(*found, session.format);
    return ExitCode::kDone;
  }
  const Answer<std::string> text = RenderDescription(options, found->front(), session);
  if (!text) return session.Fail(text.error());
  session.out << *text;
  return ExitCode::kDone;
}

void Declare(CLI::App& verb, DescribeOptions& options) {
  verb.add_option("kind", options.kind, "KIND, or KIND/NAME")->type_name("KIND")->required();
  verb.add_option("name", options.name, "Which one")->type_name("NAME");
  verb.add_option("-c,--client", options.client,
                  "For a record: who asks [a client of unknown place]")
      ->type_name("ADDR|PREFIX");
}

}  // namespace

void AddDescribe(Verbs& verbs) {
  verbs.Add<DescribeOptions>("describe", "Show one resource, who refers to it and how it stands",
                             Declare, Describe);
}

}  // namespace waypost::ctl
