#include "dnsd/liveness/roster.h"

#include <algorithm>

namespace waypost::liveness {

std::optional<Roster::Index> Roster::Find(std::string_view name) const {
  const auto found = std::find_if(vantages_.begin(), vantages_.end(),
                                  [name](const Vantage& vantage) { return vantage.name == name; });
  if (found == vantages_.end()) return std::nullopt;
  return static_cast<Index>(found - vantages_.begin());
}

Roster::Admission Roster::Hear(const std::string& name, Steady now) {
  const auto index = Find(name);
  if (!index) return Admit(name, now);
  Vantage& vantage = vantages_[*index];
  vantage.heard = std::max(vantage.heard, now);
  vantage.connected = true;
  return {index, false};
}

Roster::Admission Roster::Admit(const std::string& name, Steady now) {
  if (vantages_.size() < kMaxVantages) {
    vantages_.push_back({name, now, true, {}, {}});
    return {static_cast<Index>(vantages_.size() - 1), false};
  }
  Vantage* silent = nullptr;
  for (Vantage& vantage : vantages_) {
    if (vantage.connected) continue;
    if (silent == nullptr || vantage.heard < silent->heard) silent = &vantage;
  }
  if (silent == nullptr) return {};
  *silent = {name, now, true, {}, {}};
  return {static_cast<Index>(silent - vantages_.data()), true};
}

void Roster::Disconnect(const std::string& name) {
  if (const auto index = Find(name)) vantages_[*index].connected = false;
}

bool Roster::SetDoubt(Index index, Doubt doubt) {
  vantages_[index].doubt = std::move(doubt);
  bool changed = false;
  for (Vantage& vantage : vantages_) {
    const bool suspended = IsSuspended(vantage);
    changed = changed || suspended != vantage.suspended;
    vantage.suspended = suspended;
  }
  return changed;
}

bool Roster::IsSuspended(const Vantage& vantage) const {
  if (vantage.doubt.cause != Doubt::Cause::kTogether) {
    return vantage.doubt.cause == Doubt::Cause::kReferences;
  }
  size_t others = 0, alike = 0;
  for (const Vantage& other : vantages_) {
    if (&other == &vantage || !other.connected) continue;
    ++others;
    if (other.doubt.cause == Doubt::Cause::kTogether) ++alike;
  }
  return 2 * alike <= others;
}

}  // namespace waypost::liveness
