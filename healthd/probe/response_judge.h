// What a monitor wants of an HTTP response, whichever version carried it.
//
// Thread safety: a value that borrows its spec. Errors: Failures; a load that cannot be read is a
// warning.
#pragma once

#include <optional>
#include <string>

#include "healthd/probe/failure.h"
#include "healthd/probe/load_reader.h"
#include "healthd/probe/patterns.h"
#include "healthd/probe/spec.h"

namespace waypost::probe {

class ResponseJudge {
 public:
  /// `pattern`: spec.pattern, compiled; none where that is empty.
  ResponseJudge(const HttpSpec& spec, std::optional<Pattern> pattern)
      : spec_(spec), pattern_(std::move(pattern)) {
    if (spec.load) load_reader_.emplace(*spec.load);
  }

  const HttpSpec& spec() const { return spec_; }
  /// Each field of the header, before or after the status.
  void TakeField(std::string_view name, std::string_view value) {
    if (load_reader_) load_reader_->TakeField(name, value);
  }
  /// nullopt: the body decides, which may be empty.
  std::optional<Failure> JudgeStatus(unsigned status) const;
  /// What has come so far, at most kMaxBody; `is_whole`: no more of it will be looked at. nullopt:
  /// more is wanted.
  std::optional<Failure> JudgeBody(const std::string& body, bool is_whole);

  /// Once a success was decided.
  const Load& load() const { return load_; }
  /// Why it could not be read; mostly empty.
  const std::string& warning() const { return warning_; }

 private:
  Failure Succeed(const std::string& body);

  const HttpSpec& spec_;
  std::optional<Pattern> pattern_;
  bool text_found_ = false;
  std::optional<LoadReader> load_reader_;
  Load load_;
  std::string warning_;
  size_t searched_ = 0;  // bytes in which the expected text does not begin
};

}  // namespace waypost::probe
