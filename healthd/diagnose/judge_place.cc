#include "healthd/diagnose/judge_place.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "healthd/diagnose/address_facts.h"
#include "healthd/diagnose/judge_address.h"
#include "healthd/diagnose/words.h"

namespace waypost::diagnose {
namespace {

/// A tracker this full drops what it does not know.
constexpr double kFull = 0.98;

bool IsExamined(const v1::AddressFindings& address) { return address.skipped().empty(); }

bool HasAnswer(const v1::ServerAnswer& answer) { return !answer.addresses().empty(); }

/// No server knows an address.
std::optional<Suspicion> NoAddress(const v1::Findings& findings) {
  const auto& answers = findings.dns();
  if (answers.empty() || std::any_of(answers.begin(), answers.end(), HasAnswer)) return {};
  Suspicion suspicion{v1::TROUBLE_DNS_FAILURE, 95, "the name has no address", {}};
  for (const v1::ServerAnswer& answer : answers) {
    suspicion.grounds.push_back({v1::EXAMINATION_STEP_DNS, "", WordsOf(answer)});
    if (answer.rcode().empty()) suspicion.words = "no name server answers";
  }
  return suspicion;
}

/// Some name servers fail those who ask them, though all else is well.
std::optional<Suspicion> SomeServersFail(const v1::Findings& findings) {
  Suspicion suspicion{v1::TROUBLE_DNS_FAILURE, 65, "", {}};
  for (const v1::ServerAnswer& answer : findings.dns())
    if (!HasAnswer(answer))
      suspicion.grounds.push_back({v1::EXAMINATION_STEP_DNS, "", WordsOf(answer)});
  if (suspicion.grounds.empty()) return {};
  suspicion.words = fmt::format("{} of {} name servers give no address", suspicion.grounds.size(),
                                findings.dns_size());
  return suspicion;
}

/// This machine knows no way to any of them.
std::optional<Suspicion> NoWay(const v1::Findings& findings) {
  const auto& all = findings.addresses();
  const bool has_none = !all.empty() && std::all_of(all.begin(), all.end(), [](const auto& a) {
    return a.skipped() == kNoRoute;
  });
  if (!has_none) return {};
  return Suspicion{v1::TROUBLE_ROUTING_FAILURE,
                   95,
                   "this machine has no route there",
                   {{v1::EXAMINATION_STEP_REACH, all[0].address(), kNoRoute}}};
}

std::optional<Suspicion> FullTracker(const v1::Findings& findings, const Suspicion& otherwise) {
  const v1::LocalLimits& local = findings.local();
  const bool is_full =
      local.max_tracked() > 0 &&
      static_cast<double>(local.tracked()) >= kFull * static_cast<double>(local.max_tracked());
  const bool is_explained = otherwise.trouble == v1::TROUBLE_PORT_FILTERED ||
                            otherwise.trouble == v1::TROUBLE_HOST_UNREACHABLE ||
                            otherwise.trouble == v1::TROUBLE_PACKET_LOSS;
  if (!is_full || !is_explained) return {};
  return Suspicion{v1::TROUBLE_CONNECTION_EXHAUSTION,
                   80,
                   "this machine's connection tracker is full",
                   {{v1::EXAMINATION_STEP_LOCAL, "", WordsOf(local)}}};
}

struct Judged {
  std::string address;
  Suspicion suspicion;
};

/// What most addresses have; of equals the lower layer.
const Judged& MostCommon(const std::vector<Judged>& troubled) {
  std::map<v1::Trouble, int> counts;
  for (const Judged& one : troubled) ++counts[one.suspicion.trouble];
  return *std::min_element(troubled.begin(), troubled.end(), [&](const auto& a, const auto& b) {
    const int more = counts[a.suspicion.trouble] - counts[b.suspicion.trouble];
    return more != 0 ? more > 0 : a.suspicion.trouble < b.suspicion.trouble;
  });
}

/// Loss and delay are of a path; these are of what stands at its end.
bool IsOfServer(v1::Trouble trouble) {
  return trouble != v1::TROUBLE_PACKET_LOSS && trouble != v1::TROUBLE_LATENCY_SPIKE &&
         trouble != v1::TROUBLE_CONNECTION_EXHAUSTION;
}

void AddGrounds(const std::vector<Judged>& from, Suspicion& to) {
  for (const Judged& one : from)
    to.grounds.insert(to.grounds.end(), one.suspicion.grounds.begin(), one.suspicion.grounds.end());
}

Suspicion Uneven(const std::vector<Judged>& troubled, const std::vector<Judged>& well) {
  const Judged& most = MostCommon(troubled);
  Suspicion suspicion{v1::TROUBLE_UNEVEN_LOAD_BALANCER, 90, "", {}};
  suspicion.words =
      fmt::format("{} of {} addresses of the name {} ({}: {}), the others work", troubled.size(),
                  troubled.size() + well.size(), troubled.size() == 1 ? "fails" : "fail",
                  most.address, most.suspicion.words);
  AddGrounds(troubled, suspicion);
  AddGrounds(well, suspicion);
  return suspicion;
}

Suspicion Compare(const v1::Findings& findings) {
  std::vector<Judged> troubled;
  std::vector<Judged> well;
  for (const v1::AddressFindings& address : findings.addresses()) {
    if (!IsExamined(address)) continue;
    Judged one{address.address(), JudgeAddress(address)};
    (one.suspicion.has_trouble() ? troubled : well).push_back(std::move(one));
  }
  if (troubled.empty()) {
    Suspicion all_well = well[0].suspicion;
    all_well.grounds.clear();
    AddGrounds(well, all_well);
    return all_well;
  }
  Suspicion most = MostCommon(troubled).suspicion;
  if (!well.empty() && IsOfServer(most.trouble)) return Uneven(troubled, well);
  most.grounds.clear();
  AddGrounds(troubled, most);
  return most;
}

}  // namespace

std::optional<Suspicion> JudgePlace(const v1::Findings& findings) {
  if (auto suspicion = NoAddress(findings)) return suspicion;
  if (auto suspicion = NoWay(findings)) return suspicion;
  const auto& all = findings.addresses();
  if (std::none_of(all.begin(), all.end(), IsExamined)) return {};
  Suspicion compared = Compare(findings);
  if (auto suspicion = FullTracker(findings, compared)) return suspicion;
  if (compared.trouble == v1::TROUBLE_CONNECTION_EXHAUSTION)
    compared.grounds.push_back({v1::EXAMINATION_STEP_LOCAL, "", WordsOf(findings.local())});
  if (compared.has_trouble()) return compared;
  if (auto suspicion = SomeServersFail(findings)) return suspicion;
  return compared;
}

}  // namespace waypost::diagnose
