#include "healthd/diagnose/conclude.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "healthd/diagnose/judge_place.h"
#include "healthd/diagnose/words.h"

namespace waypost::diagnose {
namespace {

constexpr unsigned kMostSure = 99;
/// What each further place that sees the same adds, and what each that sees otherwise takes.
constexpr unsigned kSupport = 3;
constexpr unsigned kDissent = 10;
/// As much evidence as anyone reads.
constexpr size_t kMaxEvidence = 24;

struct Sight {
  std::string place;
  Suspicion suspicion;
  bool is_refused = false;
};

using Sights = std::vector<Sight>;

bool IsRefused(const v1::Findings& findings) {
  const auto& all = findings.addresses();
  return std::any_of(all.begin(), all.end(), [](const v1::AddressFindings& address) {
    return address.port().state() == v1::PORT_STATE_REFUSED;
  });
}

/// What others see tells what a sight means.
void Reinterpret(Sights& troubled) {
  for (Sight& sight : troubled) {
    Suspicion& suspicion = sight.suspicion;
    if (suspicion.trouble == v1::TROUBLE_SERVICE_DOWN && sight.is_refused) {
      suspicion.trouble = v1::TROUBLE_FIREWALL;
      suspicion.words = "connections are refused from some places and served from others";
      suspicion.confidence = 80;
    } else if (suspicion.trouble == v1::TROUBLE_HOST_UNREACHABLE) {
      suspicion.trouble = v1::TROUBLE_ROUTING_FAILURE;
      suspicion.words = "the host answers others, the way to it is broken: " + suspicion.words;
      suspicion.confidence = std::max(suspicion.confidence, 70U);
    }
  }
}

v1::Trouble MostSeen(const Sights& troubled) {
  std::map<v1::Trouble, int> counts;
  for (const Sight& sight : troubled) ++counts[sight.suspicion.trouble];
  const auto most =
      std::max_element(counts.begin(), counts.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return most->first;
}

void AddEvidence(const Sight& sight, v1::Conclusion& conclusion) {
  for (const Ground& ground : sight.suspicion.grounds) {
    if (static_cast<size_t>(conclusion.evidence_size()) >= kMaxEvidence) return;
    v1::ConclusionEvidence& evidence = *conclusion.add_evidence();
    evidence.set_place(sight.place);
    evidence.set_step(ground.step);
    evidence.set_address(ground.address);
    evidence.set_words(ground.words);
  }
}

const Suspicion& SurestOf(v1::Trouble trouble, const Sights& sights) {
  const Suspicion* surest = nullptr;
  for (const Sight& sight : sights) {
    if (sight.suspicion.trouble != trouble) continue;
    if (surest == nullptr || sight.suspicion.confidence > surest->confidence)
      surest = &sight.suspicion;
  }
  return *surest;
}

unsigned Confidence(unsigned base, size_t agreeing, size_t dissenting) {
  const size_t sum = base + kSupport * (agreeing - 1);
  const size_t lost = std::min<size_t>(kDissent * dissenting, sum - 10);
  return static_cast<unsigned>(std::min<size_t>(sum - lost, kMostSure));
}

v1::Conclusion NothingWrong(const Sights& well) {
  v1::Conclusion conclusion;
  conclusion.set_trouble(v1::TROUBLE_NONE);
  conclusion.set_confidence_percent(Confidence(well[0].suspicion.confidence, well.size(), 0));
  conclusion.set_words("nothing wrong was found");
  for (const Sight& sight : well) {
    conclusion.add_not_seen_from(sight.place);
    AddEvidence(sight, conclusion);
  }
  return conclusion;
}

v1::Conclusion Something(Sights troubled, const Sights& well) {
  if (!well.empty()) Reinterpret(troubled);
  const v1::Trouble trouble = MostSeen(troubled);
  const Suspicion& surest = SurestOf(trouble, troubled);
  v1::Conclusion conclusion;
  conclusion.set_trouble(trouble);
  conclusion.set_words(surest.words);
  if (!well.empty())
    conclusion.set_scope(v1::SCOPE_REGIONAL);
  else if (troubled.size() > 1)
    conclusion.set_scope(v1::SCOPE_GLOBAL);
  size_t agreeing = 0;
  for (const bool agrees : {true, false})
    for (const Sight& sight : troubled) {
      if ((sight.suspicion.trouble == trouble) != agrees) continue;
      agreeing += agrees ? 1 : 0;
      conclusion.add_seen_from(sight.place);
      AddEvidence(sight, conclusion);
    }
  for (const Sight& sight : well) {
    conclusion.add_not_seen_from(sight.place);
    AddEvidence(sight, conclusion);
  }
  conclusion.set_confidence_percent(
      Confidence(surest.confidence, agreeing, troubled.size() - agreeing));
  return conclusion;
}

}  // namespace

v1::Conclusion Conclude(const std::vector<v1::Findings>& findings) {
  Sights troubled;
  Sights well;
  std::vector<std::string> not_examined;
  for (const v1::Findings& one : findings) {
    auto suspicion = JudgePlace(one);
    if (!suspicion) {
      not_examined.push_back(one.place());
      continue;
    }
    Sight sight{one.place(), *std::move(suspicion), IsRefused(one)};
    (sight.suspicion.has_trouble() ? troubled : well).push_back(std::move(sight));
  }
  v1::Conclusion conclusion;
  if (!troubled.empty())
    conclusion = Something(std::move(troubled), well);
  else if (!well.empty())
    conclusion = NothingWrong(well);
  else
    conclusion.set_words("nobody could examine it");
  for (const std::string& place : not_examined) conclusion.add_not_examined(place);
  return conclusion;
}

}  // namespace waypost::diagnose
