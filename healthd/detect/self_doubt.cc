#include "healthd/detect/self_doubt.h"

#include <algorithm>
#include <set>

namespace waypost::detect {

void SelfDoubt::SetReferences(size_t count) {
  reference_count_ = count;
  references_.clear();
}

void SelfDoubt::Note(uint64_t id, const IpAddress& address, Opinion opinion, Steady now) {
  Target& target = targets_[id];
  if (target.opinion == opinion) return;
  const bool was_up = target.opinion == Opinion::kUp;
  target = {address.Masked(address.is_v4() ? 24 : 48), opinion};
  if (was_up) {
    --up_;
    fallen_[id] = {now, target.network};
  }
  if (opinion != Opinion::kUp) return;
  ++up_;
  fallen_.erase(id);
}

void SelfDoubt::Forget(uint64_t id) {
  const auto target = targets_.find(id);
  if (target == targets_.end()) return;
  if (target->second.opinion == Opinion::kUp) --up_;
  targets_.erase(target);
  fallen_.erase(id);
}

Doubt SelfDoubt::Judge(Steady now) {
  return reference_count_ > 0 ? JudgeReferences() : JudgeTogether(now);
}

Doubt SelfDoubt::JudgeReferences() const {
  const auto failing = static_cast<size_t>(
      std::count_if(references_.begin(), references_.end(),
                    [](const auto& entry) { return entry.second == Opinion::kDown; }));
  if (2 * failing <= reference_count_) return {};
  return {Doubt::Cause::kReferences,
          std::to_string(failing) + " of " + std::to_string(reference_count_) + " references fail"};
}

Doubt SelfDoubt::JudgeTogether(Steady now) {
  if (!together_since_) {
    std::erase_if(fallen_,
                  [now](const auto& entry) { return now - entry.second.at > kTogetherWithin; });
    if (!FellTogether()) return {};
    together_since_ = now;
    fell_together_ = fallen_.size();
  }
  fell_together_ = std::max(fell_together_, fallen_.size());
  if (2 * fallen_.size() < fell_together_ || now - *together_since_ > kLongest) {
    together_since_.reset();
    fallen_.clear();
    return {};
  }
  return {Doubt::Cause::kTogether, std::to_string(fallen_.size()) + " targets of " +
                                       std::to_string(targets_.size()) + " went down together"};
}

bool SelfDoubt::FellTogether() const {
  if (fallen_.size() < kLeastTargets || fallen_.size() < up_) return false;
  std::set<IpAddress> networks;
  for (const auto& [id, fallen] : fallen_) networks.insert(fallen.network);
  return networks.size() >= kLeastNetworks;
}

}  // namespace waypost::detect
