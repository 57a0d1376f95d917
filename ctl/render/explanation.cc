#include "ctl/render/explanation.h"

#include <fmt/format.h>

#include "ctl/render/table.h"
#include "ctl/render/words.h"

namespace waypost::render {
namespace {

std::string PlaceWords(const v1::ClientFacts& client) {
  std::vector<std::string> places;
  for (const std::string& place :
       {client.city(), client.subdivision(), client.country(), client.continent()}) {
    if (!place.empty()) places.push_back(place);
  }
  return places.empty() ? "of unknown place" : "in " + Join(places);
}

std::string RenderClient(const v1::ClientFacts& client) {
  std::string text = "client   " + Clean(client.asked());
  if (!client.located().empty() && client.located() != client.asked()) {
    text += ", looked up as " + Clean(client.located());
  }
  text += ", " + Clean(PlaceWords(client));
  if (!client.networks().empty()) text += ", in network " + Clean(Join(client.networks()));
  text +=
      fmt::format("\n         from {}; the same holds for its /{}\n",
                  client.source().empty() ? "default" : Clean(client.source()), client.holds_for());
  return text;
}

std::vector<Cell> CandidateRow(const v1::CandidateTrace& candidate) {
  if (!candidate.kept()) {
    return {{"dropped", Tone::kBad}, {candidate.pool(), Tone::kDim}, "", candidate.why()};
  }
  return {{"kept", Tone::kGood},
          {candidate.pool(), candidate.rank() == 0 ? Tone::kStrong : Tone::kPlain},
          candidate.rank() == 0 ? "in front" : fmt::format("rank {}", candidate.rank()),
          candidate.why()};
}

std::string RenderStep(int number, const v1::StepTrace& step, const Style& style) {
  const std::string summary = step.summary().empty() ? "" : ": " + Clean(step.summary());
  Table table({{"CANDIDATE"}, {"POOL"}, {"ORDER"}, {"WHY"}});
  for (const v1::CandidateTrace& candidate : step.candidates()) table.Add(CandidateRow(candidate));
  return fmt::format("\n{}. {}{}\n", number, style.Paint(Tone::kStrong, step.step()), summary) +
         (table.empty() ? "" : table.ToString(style, 3));
}

/// "VALUE: why"; the director may have begun its sentence with the value itself.
std::string WithWhy(const std::string& value, const std::string& why) {
  if (why.rfind(value + ": ", 0) == 0) return Clean(why);
  return why.empty() ? value : value + ": " + Clean(why);
}

std::string RenderOutcome(const v1::ExplainReply& reply, const Style& style) {
  const Tone tone = reply.outcome() == "answered" ? Tone::kGood : Tone::kWarning;
  std::string text = "\noutcome  " + style.Paint(tone, reply.outcome());
  if (!reply.pool().empty()) text += ", pool " + Clean(reply.pool());
  text += "\nanswers  " + (reply.answers().empty() ? "none" : Clean(Join(reply.answers())));
  text += "\nttl      " + WithWhy(fmt::format("{} s", reply.ttl_s()), reply.ttl_why());
  text += "\nscope    /" + WithWhy(std::to_string(reply.scope()), reply.scope_why());
  return text + "\n";
}

}  // namespace

std::string RenderExplanation(const v1::ExplainReply& reply, const std::string& type,
                              const Style& style) {
  std::string text =
      fmt::format("{}, revision {}, epoch {}\n",
                  style.Paint(Tone::kStrong, reply.record() + (type.empty() ? "" : " " + type)),
                  reply.revision(), reply.epoch());
  text += RenderClient(reply.client());
  if (!reply.view().empty()) {
    text += "view     " + Clean(WithWhy(reply.view(), reply.view_why())) + "\n";
  }
  if (!reply.policy().empty()) text += "policy   " + Clean(reply.policy()) + "\n";
  for (int i = 0; i < reply.steps_size(); ++i) text += RenderStep(i + 1, reply.steps(i), style);
  return text + RenderOutcome(reply, style);
}

}  // namespace waypost::render
