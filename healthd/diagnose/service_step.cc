#include "healthd/diagnose/service_step.h"

#include <algorithm>

#include "waypost/v1/evidence.pb.h"

namespace waypost::diagnose {
namespace {

using std::chrono::microseconds;

/// So long is waited for an answer, to see whether it comes at all.
constexpr microseconds kPatience = std::chrono::seconds(5);
/// An answer that takes longer than this is slow, where the monitor says nothing else.
constexpr microseconds kUsualPatience = std::chrono::seconds(1);

void CopyPhases(const probe::Phases& from, v1::Phases& to) {
  to.set_connect_us(from.connect_us);
  to.set_tls_us(from.tls_us);
  to.set_first_byte_us(from.first_byte_us);
  to.set_total_us(from.total_us);
}

/// A wrong answer tells more than a late one, and that more than none in time.
int Weight(const probe::Outcome& outcome) {
  if (!outcome.failure) return 0;
  if (outcome.failure.fault == v1::FAULT_TIMEOUT) return 1;
  return outcome.failure.fault == v1::FAULT_SLOW ? 2 : 3;
}

void TellTls(const probe::Outcome& outcome, v1::ServiceFindings& findings) {
  if (outcome.tls_version != nullptr) findings.set_tls_version(outcome.tls_version);
  if (outcome.tls_cipher != nullptr) findings.set_tls_cipher(outcome.tls_cipher);
  findings.set_certificate_expires_in_s(outcome.certificate_expires_in_s);
  findings.set_warning(outcome.warning);
}

v1::ServiceFindings ServiceFindingsOf(std::vector<probe::Outcome> tries, const probe::Spec& spec) {
  v1::ServiceFindings findings;
  findings.set_patience_us(static_cast<uint32_t>(spec.max_latency.count()));
  std::erase_if(tries, [](const auto& outcome) { return !outcome.conclusive && !outcome.failure; });
  findings.set_tries(static_cast<uint32_t>(tries.size()));
  if (tries.empty()) return findings;
  for (const probe::Outcome& outcome : tries)
    if (outcome.succeeded()) findings.set_succeeded(findings.succeeded() + 1);
  const auto worst = std::max_element(tries.begin(), tries.end(), [](const auto& a, const auto& b) {
    return Weight(a) < Weight(b);
  });
  findings.set_failed_layer(worst->failure.layer);
  findings.set_fault(worst->failure.fault);
  findings.set_detail(worst->failure.detail);
  TellTls(*worst, findings);
  const auto median = tries.begin() + static_cast<ptrdiff_t>(tries.size() / 2);
  std::nth_element(tries.begin(), median, tries.end(), [](const auto& a, const auto& b) {
    return a.phases.first_byte_us < b.phases.first_byte_us;
  });
  CopyPhases(median->phases, *findings.mutable_phases());
  return findings;
}

}  // namespace

Result<probe::Spec> BuildServiceSpec(const v1::Examination& order, const IpAddress& address) {
  v1::Target target;
  target.set_endpoint(order.host());
  target.set_address(address.ToString());
  *target.mutable_monitor() = order.monitor();
  *target.mutable_members() = order.members();
  auto spec = probe::BuildSpec(target);
  if (!spec) return spec;
  const bool has_timeout = order.monitor().has_timeout();
  if (spec->max_latency.count() == 0)
    spec->max_latency = has_timeout ? spec->timeout : kUsualPatience;
  spec->timeout = std::max(spec->timeout, kPatience);
  spec->limits = {};
  return spec;
}

uint16_t StreamPortOf(const probe::Spec& spec) {
  const auto* dns = std::get_if<probe::DnsSpec>(&spec.what);
  const bool is_stream = (dns != nullptr && dns->over_stream) ||
                         std::holds_alternative<probe::ExchangeSpec>(spec.what) ||
                         std::holds_alternative<probe::HttpSpec>(spec.what) ||
                         std::holds_alternative<probe::GrpcSpec>(spec.what) ||
                         std::holds_alternative<probe::HeldSpec>(spec.what);
  return is_stream ? spec.address.port : 0;
}

std::vector<v1::ServiceFindings> AskServices(const std::vector<probe::Spec>& specs,
                                             Probing& probing) {
  std::vector<probe::Spec> every;
  for (const probe::Spec& spec : specs) every.insert(every.end(), kServiceTries, spec);
  const auto outcomes = probing.Run(every);
  std::vector<v1::ServiceFindings> all;
  for (size_t at = 0; at < specs.size(); ++at) {
    const auto first = outcomes.begin() + static_cast<ptrdiff_t>(at * kServiceTries);
    all.push_back(ServiceFindingsOf({first, first + kServiceTries}, specs[at]));
  }
  return all;
}

}  // namespace waypost::diagnose
