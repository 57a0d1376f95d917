// What a step's parser is given: the names it may use, and where to complain.
//
// Thread safety: belongs to one Compile. Errors: every problem is reported with the step's field
// path, and a value that is safe to go on with is returned all the same.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dnsd/steer/checks.h"
#include "dnsd/steer/compile.h"
#include "dnsd/steer/pool_set.h"
#include "dnsd/steer/reporter.h"
#include "dnsd/steer/steering.h"

namespace google::protobuf {
template <typename T>
class RepeatedPtrField;
}

namespace waypost::steer {

/// Place on the board of a pool's failback hold.
using HoldIndex = uint32_t;

class HoldBook {
 public:
  explicit HoldBook(std::vector<Hold>& holds) : holds_(holds) {}
  /// The place for this policy and pool; the first to ask decides how it holds.
  HoldIndex Book(const Hold& hold);

 private:
  std::vector<Hold>& holds_;
  std::map<std::pair<std::string, PoolIndex>, HoldIndex> places_;
};

class StepParser {
 public:
  /// `steering`: topology and vocabulary are complete. `candidates`: all pools that some record
  /// steers by this policy.
  StepParser(const CompileInput& input, const Steering& steering, HoldBook& holds,
             const std::vector<PoolIndex>& candidates, std::string policy, Reporter report)
      : input_(input),
        steering_(steering),
        holds_(holds),
        candidates_(candidates),
        policy_(std::move(policy)),
        report_(std::move(report)) {}

  const CompileInput& input() const { return input_; }
  const Topology& topology() const { return steering_.topology; }
  const geo::Vocabulary& vocabulary() const { return steering_.vocabulary; }
  /// A step that is made of these is its policy's own.
  const std::vector<PoolIndex>& OwnCandidates() const {
    is_own_ = true;
    return candidates_;
  }
  const Reporter& report() const { return report_; }

  std::optional<PoolIndex> FindPool(const std::string& name, const std::string& field) const;
  std::optional<RegionIndex> FindRegion(const std::string& name, const std::string& field) const;
  /// Pools by name and all pools of regions by name. An empty set is a problem.
  PoolSet ParsePools(const google::protobuf::RepeatedPtrField<std::string>& pools,
                     const google::protobuf::RepeatedPtrField<std::string>& regions,
                     const std::string& field) const;
  /// `text`: canonical (subdivision.h). 0 for what the vocabulary does not have, else its index
  /// + 1.
  uint16_t FindSubdivision(const std::string& text) const;
  HoldIndex BookHold(PoolIndex pool, bool manual, std::chrono::seconds delay) const {
    is_own_ = true;
    return holds_.Book({policy_, pool, manual, delay});
  }
  /// The step that was parsed depends on which policy it stands in.
  bool is_own() const { return is_own_; }

 private:
  const CompileInput& input_;
  const Steering& steering_;
  HoldBook& holds_;
  const std::vector<PoolIndex>& candidates_;
  std::string policy_;
  Reporter report_;
  mutable bool is_own_ = false;
};

}  // namespace waypost::steer
