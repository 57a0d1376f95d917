#include "ctl/render/evidence.h"

#include <fmt/format.h>

#include "ctl/render/standing.h"
#include "ctl/render/table.h"
#include "ctl/render/units.h"
#include "ctl/render/words.h"

namespace waypost::render {
namespace {

std::string PhaseWords(const v1::Phases& phases) {
  std::vector<std::string> words;
  const auto add = [&](const char* name, uint32_t us) {
    if (us > 0) words.push_back(fmt::format("{} {}", name, FormatMicroseconds(us)));
  };
  add("connect", phases.connect_us());
  add("tls", phases.tls_us());
  add("first byte", phases.first_byte_us());
  add("total", phases.total_us());
  return Join(words);
}

std::string MeasuredWords(const v1::Measured& measured) {
  if (measured.rtt_us() == 0) return "";
  return fmt::format("loss {:.0f} %, rtt {}, jitter {}", measured.loss_percent(),
                     FormatMicroseconds(measured.rtt_us()),
                     FormatMicroseconds(measured.jitter_us()));
}

std::string ToldWords(const v1::Observation& seen) {
  return seen.has_load() ? "load " + LoadWords(seen.load()) : "";
}

std::string CertificateWords(int64_t expires_in_s) {
  if (expires_in_s == 0) return "";
  const std::string age = FormatAge(std::chrono::seconds(std::abs(expires_in_s)));
  return expires_in_s > 0 ? "certificate expires in " + age : "certificate expired " + age + " ago";
}

/// What the vantage saw: the failed layer with its detail, or the phases of a success.
std::string SeenWords(const v1::Observation& seen) {
  std::vector<std::string> words;
  if (seen.failed_layer() != v1::LAYER_NONE) {
    const std::string fault = WordOf(seen.fault());
    words.push_back(WordOf(seen.failed_layer()) + (fault.empty() ? "" : "/" + fault) + ": " +
                    seen.detail());
  }
  for (const std::string& more :
       {PhaseWords(seen.phases()), MeasuredWords(seen.measured()), ToldWords(seen),
        CertificateWords(seen.certificate_expires_in_s()), seen.warning()}) {
    if (!more.empty()) words.push_back(more);
  }
  return Join(words, "; ");
}

Tone ToneOf(v1::Opinion opinion) {
  if (opinion == v1::OPINION_UP) return Tone::kGood;
  return opinion == v1::OPINION_DOWN ? Tone::kBad : Tone::kDim;
}

std::string CountedWords(const v1::Vote& vote) {
  const std::string why = vote.why().empty() ? "" : ": " + vote.why();
  return (vote.counted() ? "yes" : "no") + why;
}

std::vector<Cell> VoteRow(const v1::Vote& vote) {
  const v1::Observation& seen = vote.observation();
  const auto held = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::microseconds(seen.opinion_age_us()));
  return {vote.vantage(),
          {WordOf(seen.opinion()), ToneOf(seen.opinion())},
          FormatAge(held),
          FormatAge(std::chrono::milliseconds(vote.age_ms())),
          {CountedWords(vote), vote.counted() ? Tone::kPlain : Tone::kWarning},
          SeenWords(seen)};
}

/// Only where not all vantages watch.
std::string RenderWatchers(const v1::EndpointEvidence& evidence) {
  if (evidence.vantages() == 0) return "";
  std::string names;
  for (const std::string& name : evidence.watched_by()) {
    names += (names.empty() ? "" : ", ") + Clean(name);
  }
  return fmt::format("  watched by {} ({} wanted)\n", names.empty() ? "nobody" : names,
                     evidence.vantages());
}

std::string RenderHeading(const v1::EndpointEvidence& evidence, const Style& style) {
  const v1::EndpointStatus& status = evidence.status();
  std::string text = fmt::format("{}: {}", style.Paint(Tone::kStrong, evidence.endpoint()),
                                 style.Paint(ToneOfStanding(status.standing()), status.standing()));
  if (status.age_ms() > 0) {
    text += " for " + FormatAge(std::chrono::milliseconds(status.age_ms()));
  }
  text += ReasonAfter(", ", status) + "\n";
  if (status.monitor().empty()) return text;
  return text +
         fmt::format("  monitor {}, quorum {}: {} up, {} down, {} stale\n", Clean(status.monitor()),
                     Clean(evidence.quorum()), status.votes_up(), status.votes_down(),
                     status.votes_stale()) +
         (status.has_load() ? "  load " + LoadWords(status.load()) + "\n" : "") +
         RenderWatchers(evidence);
}

std::string RenderVotes(const v1::EndpointEvidence& evidence, const Style& style) {
  Table table({{"VANTAGE"},
               {"SAYS"},
               {"FOR", Align::kRight},
               {"SEEN", Align::kRight},
               {"COUNTED"},
               {"WHAT IT SAW"}});
  for (const v1::Vote& vote : evidence.votes()) table.Add(VoteRow(vote));
  return table.empty() ? "  no vantage has said anything yet\n" : table.ToString(style, 2);
}

}  // namespace

std::string RenderEvidence(const v1::WhyReply& why, const Style& style) {
  std::string text;
  for (const v1::EndpointEvidence& evidence : why.endpoints()) {
    text +=
        (text.empty() ? "" : "\n") + RenderHeading(evidence, style) + RenderVotes(evidence, style);
  }
  return text;
}

}  // namespace waypost::render
