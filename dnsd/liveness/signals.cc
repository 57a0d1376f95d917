#include "dnsd/liveness/signals.h"

#include <algorithm>
#include <utility>

namespace waypost::liveness {

SignalTable::Memory SignalTable::Remember() const {
  Memory memory;
  for (const Row& row : rows_) {
    if (row.told) memory[row.spec.name] = *row.told;
  }
  return memory;
}

void SignalTable::Configure(std::vector<SignalSpec> specs) {
  Memory former = Remember();
  former.merge(std::exchange(restored_, {}));
  rows_.clear();
  for (SignalSpec& spec : specs) {
    Row row{std::move(spec), std::nullopt};
    if (auto told = former.extract(row.spec.name)) row.told = std::move(told.mapped());
    rows_.push_back(std::move(row));
  }
}

std::optional<uint32_t> SignalTable::Set(const std::string& name, Told told) {
  const auto index = Find(name);
  if (index) rows_[*index].told = std::move(told);
  return index;
}

std::optional<uint32_t> SignalTable::Find(const std::string& name) const {
  const auto found = std::find_if(rows_.begin(), rows_.end(),
                                  [&](const Row& row) { return row.spec.name == name; });
  if (found == rows_.end()) return std::nullopt;
  return static_cast<uint32_t>(found - rows_.begin());
}

bool SignalTable::IsExpired(uint32_t index, Steady now) const {
  return rows_[index].told && rows_[index].told->until <= now;
}

std::optional<bool> SignalTable::StateOf(uint32_t index, Steady now) const {
  const Row& row = rows_[index];
  if (!row.told) return std::nullopt;
  if (!IsExpired(index, now)) return row.told->up;
  if (row.spec.on_expiry == SignalSpec::Expiry::kUnknown) return std::nullopt;
  return row.spec.on_expiry == SignalSpec::Expiry::kUp;
}

Steady SignalTable::NextEnd(Steady now) const {
  Steady next = Steady::max();
  for (const Row& row : rows_) {
    if (row.told && row.told->until > now) next = std::min(next, row.told->until);
  }
  return next;
}

}  // namespace waypost::liveness
