// Who assigned what: the directors' assignments, merged into one list in which every distinct probe
// stands once.
//
// Thread safety: one thread. Errors: a target that cannot be probed is left out and named; the rest
// of the assignment holds.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "healthd/schedule/schedule.h"
#include "waypost/v1/evidence.pb.h"

namespace waypost::report {

using schedule::WatchId;
using schedule::WatchList;

/// A director's own number for something that is watched.
struct AssignedTarget {
  uint32_t id = 0;
  WatchId watch = 0;
};

class Roster {
 public:
  /// More than a vantage can probe at any useful interval; what is beyond is left out and named.
  static constexpr int kMaxTargets = 100'000;

  struct Accepted {
    std::vector<AssignedTarget> targets;
    std::vector<std::string> problems;
  };

  /// Replaces what `director` assigned before.
  Accepted Assign(const std::string& director, const v1::Assignment& assignment);
  /// Forgets what `director` assigned.
  void Drop(const std::string& director);

  /// Everything that some director wants.
  WatchList wanted() const;

 private:
  using SpecPointer = std::shared_ptr<const probe::Spec>;
  struct BySpec {
    bool operator()(const SpecPointer& a, const SpecPointer& b) const { return *a < *b; }
  };

  WatchId Intern(probe::Spec spec);
  void ForgetUnwanted();

  std::map<SpecPointer, WatchId, BySpec> watches_;
  std::map<std::string, std::vector<AssignedTarget>> assigned_;  // by director
  WatchId last_ = 0;
};

}  // namespace waypost::report
