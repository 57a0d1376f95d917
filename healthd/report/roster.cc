#include "healthd/report/roster.h"

#include <set>

namespace waypost::report {

Roster::Accepted Roster::Assign(const std::string& director, const v1::Assignment& assignment) {
  Accepted accepted;
  for (const v1::Target& target : assignment.targets()) {
    if (accepted.targets.size() >= kMaxTargets) {
      accepted.problems.push_back("more than 100000 targets: the rest is not probed");
      break;
    }
    auto spec = probe::BuildSpec(target);
    if (spec)
      accepted.targets.push_back({target.id(), Intern(*std::move(spec))});
    else
      accepted.problems.push_back(spec.error().message);
  }
  assigned_[director] = accepted.targets;
  ForgetUnwanted();
  return accepted;
}

void Roster::Drop(const std::string& director) {
  assigned_.erase(director);
  ForgetUnwanted();
}

WatchList Roster::wanted() const {
  WatchList list;
  for (const auto& [spec, id] : watches_) list.emplace(id, spec);
  return list;
}

WatchId Roster::Intern(probe::Spec spec) {
  const auto [entry, is_new] =
      watches_.try_emplace(std::make_shared<const probe::Spec>(std::move(spec)), last_ + 1);
  if (is_new) ++last_;
  return entry->second;
}

void Roster::ForgetUnwanted() {
  std::set<WatchId> wanted;
  for (const auto& [director, targets] : assigned_)
    for (const AssignedTarget& target : targets) wanted.insert(target.watch);
  std::erase_if(watches_, [&](const auto& watch) { return !wanted.contains(watch.second); });
}

}  // namespace waypost::report
