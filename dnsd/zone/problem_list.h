// Collects problems up to a number that someone can read, and remembers whether one was an error.
//
// Thread safety: none.
#pragma once

#include <string>
#include <utility>

#include "dnsd/base/problem.h"

namespace waypost::zone {

class ProblemList {
 public:
  explicit ProblemList(size_t limit) : limit_(limit) {}

  void Add(Problem problem) {
    has_errors_ = has_errors_ || !problem.is_warning;
    if (problems_.size() < limit_) {
      problems_.push_back(std::move(problem));
    } else if (problems_.size() == limit_) {
      problems_.push_back({problem.file, 0, "", "", "too many problems, others are not shown",
                           /*is_warning=*/true});
    }
  }

  bool has_errors() const { return has_errors_; }
  Problems Take() && { return std::move(problems_); }

 private:
  size_t limit_;
  Problems problems_;
  bool has_errors_ = false;
};

}  // namespace waypost::zone
