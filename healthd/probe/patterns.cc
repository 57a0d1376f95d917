#include "healthd/probe/patterns.h"

#include <re2/re2.h>

namespace waypost::probe {
namespace {

constexpr int64_t kMaxPatternMemory = 1 << 20;

re2::RE2::Options MakeOptions() {
  re2::RE2::Options options(re2::RE2::Latin1);  // a body may be in any encoding, or none
  options.set_max_mem(kMaxPatternMemory);
  options.set_log_errors(false);
  return options;
}

}  // namespace

bool Pattern::Matches(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *compiled_);
}

Result<Pattern> Patterns::Find(const std::string& text) {
  if (const auto found = compiled_.find(text); found != compiled_.end()) return found->second;
  auto compiled = std::make_shared<const re2::RE2>(text, MakeOptions());
  if (!compiled->ok()) return Fail(ErrorCode::kInvalid, compiled->error());
  if (compiled_.size() >= kMax) compiled_.clear();
  return compiled_.emplace(text, Pattern(std::move(compiled))).first->second;
}

}  // namespace waypost::probe
