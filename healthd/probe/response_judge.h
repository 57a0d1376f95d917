// What a monitor wants of an HTTP response, whichever version carried it.
//
// Thread safety: a value that borrows its spec. Errors: Failures.
#pragma once

#include <optional>
#include <string>

#include "healthd/probe/failure.h"
#include "healthd/probe/patterns.h"
#include "healthd/probe/spec.h"

namespace waypost::probe {

class ResponseJudge {
 public:
  /// `pattern`: spec.pattern, compiled; none where that is empty.
  ResponseJudge(const HttpSpec& spec, std::optional<Pattern> pattern)
      : spec_(spec), pattern_(std::move(pattern)) {}

  const HttpSpec& spec() const { return spec_; }
  /// nullopt: the body decides.
  std::optional<Failure> JudgeStatus(unsigned status) const;
  /// What has come so far, at most kMaxBody; `is_whole`: no more of it will be looked at. nullopt:
  /// more is wanted.
  std::optional<Failure> JudgeBody(const std::string& body, bool is_whole);

 private:
  const HttpSpec& spec_;
  std::optional<Pattern> pattern_;
  bool text_found_ = false;
  size_t searched_ = 0;  // bytes in which the expected text does not begin
};

}  // namespace waypost::probe
