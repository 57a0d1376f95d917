#include "healthd/probe/combination.h"

#include <fmt/format.h>

#include <algorithm>

namespace waypost::probe {

using std::chrono::duration_cast;
using std::chrono::microseconds;

Combination::Combination(std::shared_ptr<const Spec> spec, Prober::Done done)
    : spec_(std::move(spec)), done_(std::move(done)), started_(std::chrono::steady_clock::now()) {}

void Combination::Start(Prober& prober) {
  for (size_t i = 0; i < combined().members.size(); ++i) {
    stops_.push_back(prober.Start(
        combined().members[i],
        [self = shared_from_this(), i](const Outcome& outcome) { self->OnEnded(i, outcome); }));
  }
}

void Combination::Stop() {
  done_ = nullptr;
  for (const Prober::Stop& stop : std::exchange(stops_, {})) stop();
}

void Combination::OnEnded(size_t member, const Outcome& outcome) {
  if (!done_) return;
  if (!outcome.conclusive) ++inconclusive_;
  if (outcome.succeeded()) ++succeeded_;
  if (outcome.conclusive && !outcome.succeeded()) failures_.emplace_back(member, outcome);
  if (outcome_.warning.empty()) outcome_.warning = outcome.warning;
  NoteCertificate(outcome.certificate_expires_in_s);
  if (outcome_.load.capacity <= 0) outcome_.load = outcome.load;
  if (!outcome.conclusive) outcome_.failure = outcome.failure;
  const size_t count = combined().members.size();
  const bool is_lost = failures_.size() > count - combined().at_least;
  const bool all_ended = succeeded_ + failures_.size() + inconclusive_ == count;
  if (succeeded_ >= combined().at_least || is_lost || all_ended) Finish();
}

/// The one that ends first; 0 is none.
void Combination::NoteCertificate(int64_t expires_in_s) {
  int64_t& first = outcome_.certificate_expires_in_s;
  if (first == 0 || (expires_in_s != 0 && expires_in_s < first)) first = expires_in_s;
}

void Combination::Finish() {
  const auto total = duration_cast<microseconds>(std::chrono::steady_clock::now() - started_);
  outcome_.phases.total_us = static_cast<uint32_t>(std::max<int64_t>(1, total.count()));
  const bool is_lost = failures_.size() > combined().members.size() - combined().at_least;
  const bool is_won = succeeded_ >= combined().at_least;
  outcome_.conclusive = is_lost || is_won;
  if (is_won) outcome_.failure = {};
  if (is_lost) outcome_.failure = JudgeFailures();
  const Prober::Done done = std::exchange(done_, nullptr);
  Stop();
  done(outcome_);
}

Failure Combination::JudgeFailures() const {
  const auto& [member, outcome] = failures_.front();
  Failure failure = outcome.failure;
  failure.detail =
      fmt::format("{} of {} failed, {} needed: {}: {}", failures_.size(), combined().members.size(),
                  combined().at_least, combined().names[member], outcome.failure.detail);
  return failure;
}

}  // namespace waypost::probe
