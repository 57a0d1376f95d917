#include "healthd/diagnose/examiner.h"

#include <fmt/format.h>

#include "healthd/diagnose/order.h"

namespace waypost::diagnose {
namespace {

v1::Findings Refused(const v1::Examination& order, const Surroundings& surroundings,
                     std::string why) {
  v1::Findings findings;
  findings.set_id(order.id());
  findings.set_place(surroundings.place);
  findings.set_region(surroundings.region);
  findings.set_trouble(std::move(why));
  return findings;
}

}  // namespace

Examiner::~Examiner() {
  const std::lock_guard lock(mutex_);
  for (Running& one : running_) *one.cancelled = true;
  for (Running& one : running_) one.thread.join();
}

void Examiner::Start(const std::string& caller, const v1::Examination& order,
                     Surroundings surroundings, Tell tell, Done done) {
  surroundings.memory = &memory_;
  const Status checked = CheckExamination(order);
  if (!checked) return done(Refused(order, surroundings, checked.error().message));
  std::unique_lock lock(mutex_);
  JoinEnded();
  const std::string objection = Objection();
  if (!objection.empty()) {
    lock.unlock();
    return done(Refused(order, surroundings, objection));
  }
  const Steady now = std::chrono::steady_clock::now();
  started_.push_back(now);
  Running& one = running_.emplace_back();
  one.caller = caller;
  one.id = order.id();
  const Allowance allowance{now + DeadlineOf(order), one.cancelled};
  one.thread = std::thread([order, surroundings = std::move(surroundings), allowance,
                            tell = std::move(tell), done = std::move(done), &ended = one.ended] {
    done(Examine(order, surroundings, allowance, tell));
    ended = true;
  });
}

/// Why none may be started now; empty: one may.
std::string Examiner::Objection() {
  const Steady now = std::chrono::steady_clock::now();
  while (!started_.empty() && now - started_.front() > std::chrono::minutes(1))
    started_.pop_front();
  if (running_.size() >= kMaxAtOnce)
    return fmt::format("busy: {} examinations are under way", running_.size());
  if (started_.size() >= kMaxPerMinute)
    return fmt::format("busy: {} examinations in the last minute", started_.size());
  return "";
}

void Examiner::JoinEnded() {
  for (auto one = running_.begin(); one != running_.end();) {
    if (!one->ended) {
      ++one;
      continue;
    }
    one->thread.join();
    one = running_.erase(one);
  }
}

void Examiner::Cancel(const std::string& caller, uint64_t id) {
  const std::lock_guard lock(mutex_);
  for (Running& one : running_)
    if (one.caller == caller && one.id == id) *one.cancelled = true;
}

}  // namespace waypost::diagnose
