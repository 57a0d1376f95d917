#include "healthd/report/outbox.h"

namespace waypost::report {
namespace {

uint64_t Age(Steady since, Steady now) {
  const auto age = std::chrono::duration_cast<std::chrono::microseconds>(now - since).count();
  return static_cast<uint64_t>(std::max<int64_t>(0, age));
}

v1::Opinion ToProto(detect::Opinion opinion) {
  switch (opinion) {
    case detect::Opinion::kUp:
      return v1::OPINION_UP;
    case detect::Opinion::kDown:
      return v1::OPINION_DOWN;
    case detect::Opinion::kNone:
      break;
  }
  return v1::OPINION_UNSPECIFIED;
}

}  // namespace

void Outbox::Reset(uint64_t generation, const std::vector<AssignedTarget>& targets,
                   const Table& table) {
  v1::Doubt doubt = std::move(doubt_);
  *this = Outbox();
  doubt_ = std::move(doubt);
  generation_ = generation;
  for (const AssignedTarget& target : targets) targets_[target.watch].push_back(target.id);
  for (const auto& [watch, ids] : targets_)
    if (table.contains(watch)) Note(watch);
}

bool Outbox::Note(WatchId watch) {
  if (!targets_.contains(watch)) return false;
  if (queued_.insert(watch).second) order_.push_back(watch);
  return true;
}

v1::Report Outbox::Take(const Table& table, Steady now) {
  v1::Report report;
  report.set_generation(generation_);
  report.set_full(std::exchange(full_, false));
  if (doubt_.cause() != v1::Doubt::CAUSE_UNSPECIFIED) *report.mutable_doubt() = doubt_;
  while (!order_.empty() && report.observations_size() < kMaxObservations) {
    const WatchId watch = order_.front();
    order_.pop_front();
    queued_.erase(watch);
    const auto seen = table.find(watch);
    if (seen == table.end()) continue;
    for (const uint32_t target : targets_[watch])
      *report.add_observations() = ToObservation(target, seen->second, now);
  }
  return report;
}

v1::Observation ToObservation(uint32_t target, const schedule::Sighting& sighting, Steady now) {
  const probe::Outcome& outcome = sighting.outcome;
  v1::Observation observation;
  observation.set_target(target);
  observation.set_sequence(sighting.sequence);
  observation.set_age_us(Age(sighting.ended, now));
  observation.set_opinion(ToProto(sighting.opinion));
  observation.set_opinion_age_us(Age(sighting.opinion_since, now));
  observation.set_failed_layer(outcome.failure.layer);
  observation.set_detail(outcome.failure.detail);
  observation.set_fault(outcome.failure.fault);
  observation.set_warning(outcome.warning);
  observation.set_contrary(sighting.contrary);
  observation.set_certificate_expires_in_s(outcome.certificate_expires_in_s);
  if (outcome.measured.rtt_us > 0 || outcome.measured.loss_percent > 0) {
    v1::Measured& measured = *observation.mutable_measured();
    measured.set_loss_percent(outcome.measured.loss_percent);
    measured.set_rtt_us(outcome.measured.rtt_us);
    measured.set_jitter_us(outcome.measured.jitter_us);
  }
  if (outcome.load.capacity > 0) {
    observation.mutable_load()->set_used(outcome.load.used);
    observation.mutable_load()->set_capacity(outcome.load.capacity);
  }
  v1::Phases& phases = *observation.mutable_phases();
  phases.set_connect_us(outcome.phases.connect_us);
  phases.set_tls_us(outcome.phases.tls_us);
  phases.set_first_byte_us(outcome.phases.first_byte_us);
  phases.set_total_us(outcome.phases.total_us);
  return observation;
}

}  // namespace waypost::report
