#include "healthd/diagnose/reach_step.h"

namespace waypost::diagnose {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kGap{50};
/// For the last reply.
constexpr milliseconds kPatience{2000};

probe::Spec SpecFor(const IpAddress& address, uint32_t packets) {
  probe::Spec spec;
  spec.address.address = address;
  spec.timeout = kGap * packets + kPatience;
  probe::IcmpSpec what;
  what.count = packets;
  what.gap = kGap;
  what.max_loss_percent = 100;
  spec.what = what;
  return spec;
}

v1::EchoFindings EchoFindingsOf(const probe::Outcome& outcome, uint32_t packets) {
  v1::EchoFindings findings;
  findings.set_possible(outcome.conclusive);
  findings.set_detail(outcome.failure.detail);
  if (!outcome.conclusive) return findings;
  const bool is_lost = outcome.failure && outcome.measured.rtt_us == 0;
  findings.set_sent(packets);
  findings.set_loss_percent(is_lost ? 100 : outcome.measured.loss_percent);
  findings.set_rtt_us(outcome.measured.rtt_us);
  findings.set_jitter_us(outcome.measured.jitter_us);
  return findings;
}

}  // namespace

std::vector<v1::EchoFindings> SendEchoes(const std::vector<IpAddress>& addresses, uint32_t packets,
                                         Probing& probing) {
  std::vector<probe::Spec> specs;
  for (const IpAddress& address : addresses) specs.push_back(SpecFor(address, packets));
  std::vector<v1::EchoFindings> all;
  for (const probe::Outcome& outcome : probing.Run(specs))
    all.push_back(EchoFindingsOf(outcome, packets));
  return all;
}

}  // namespace waypost::diagnose
