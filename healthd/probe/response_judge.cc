#include "healthd/probe/response_judge.h"

#include <algorithm>

namespace waypost::probe {
namespace {

bool Contains(const std::vector<StatusRange>& ranges, unsigned status) {
  return std::any_of(ranges.begin(), ranges.end(), [status](const StatusRange& range) {
    return status >= range.first && status <= range.last;
  });
}

}  // namespace

std::optional<Failure> ResponseJudge::JudgeStatus(unsigned status) const {
  if (!Contains(spec_.status, status))
    return Failure{v1::LAYER_CONTENT, v1::FAULT_STATUS,
                   "status " + std::to_string(status) + ", want " + ToString(spec_.status)};
  if (spec_.body.empty() && !pattern_) return Failure{};
  return {};
}

std::optional<Failure> ResponseJudge::JudgeBody(const std::string& body, bool is_whole) {
  text_found_ = text_found_ || body.find(spec_.body, searched_) != std::string::npos;
  if (!text_found_) searched_ = body.size() - std::min(body.size(), spec_.body.size() - 1);
  if (text_found_ && !pattern_) return Failure{};
  if (!is_whole) return {};
  if (!text_found_)
    return Failure{v1::LAYER_CONTENT, v1::FAULT_BODY, "body lacks " + Quoted(spec_.body)};
  // Only of the whole, because "$" stands for the end.
  if (pattern_->Matches(body)) return Failure{};
  return Failure{v1::LAYER_CONTENT, v1::FAULT_BODY, "body does not match " + Quoted(spec_.pattern)};
}

}  // namespace waypost::probe
