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
  if (spec_.body.empty() && !pattern_ && !load_reader_) return Failure{};
  return {};
}

std::optional<Failure> ResponseJudge::JudgeBody(const std::string& body, bool is_whole) {
  text_found_ = text_found_ || body.find(spec_.body, searched_) != std::string::npos;
  if (!text_found_) searched_ = body.size() - std::min(body.size(), spec_.body.size() - 1);
  const bool reads_on = pattern_ || (spec_.load && spec_.load->is_in_body());
  if (text_found_ && !reads_on) return Succeed(body);
  if (!is_whole) return {};
  const std::string where = body.size() < kMaxBody ? "" : " within its first 64 KiB";
  if (!text_found_)
    return Failure{v1::LAYER_CONTENT, v1::FAULT_BODY, "body lacks " + Quoted(spec_.body) + where};
  // Only of the whole, because "$" stands for the end.
  if (!pattern_ || pattern_->Matches(body)) return Succeed(body);
  return Failure{v1::LAYER_CONTENT, v1::FAULT_BODY,
                 "body does not match " + Quoted(spec_.pattern) + where};
}

Failure ResponseJudge::Succeed(const std::string& body) {
  if (!load_reader_) return {};
  if (auto load = load_reader_->Read(body)) {
    load_ = *load;
  } else {
    warning_ = std::move(load).error().message;
  }
  return {};
}

}  // namespace waypost::probe
