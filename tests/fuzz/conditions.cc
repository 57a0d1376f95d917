// Conditions on a body, as any director may set them, and any body: PATTERN, EXPECTED and BODY,
// each after a line break. A body that must hold what it holds passes, and nothing fails when
// nothing is asked.
#include <string>

#include "healthd/probe/response_judge.h"
#include "tests/fuzz/dialogue_target.h"

namespace waypost::probe {
namespace {

std::string TakeLine(std::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  const std::string line(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

/// Looked at while it comes, a body is judged as it is when looked at whole.
void CheckGrowing(ResponseJudge judge, const std::string& body,
                  const std::optional<Failure>& whole) {
  for (size_t size = 0; size < body.size(); size = 2 * size + 1) {
    const auto early = judge.JudgeBody(body.substr(0, size), false);
    if (early) return Require(whole && early->layer == whole->layer);
  }
  const auto last = judge.JudgeBody(body, true);
  Require(last && whole && last->layer == whole->layer);
}

void Check(std::string_view text) {
  if (text.size() > kMaxBody) return;
  static Patterns patterns;
  HttpSpec spec;
  spec.pattern = TakeLine(text);
  spec.body = TakeLine(text);
  std::optional<Pattern> pattern;
  if (!spec.pattern.empty()) {
    const auto found = patterns.Find(spec.pattern);
    if (!found) return;
    pattern = *found;
  }
  const std::string body(text);
  ResponseJudge judge(spec, pattern);
  const auto failure = judge.JudgeBody(body, true);
  CheckGrowing(ResponseJudge(spec, pattern), body, failure);
  const bool holds = body.find(spec.body) != std::string::npos;
  const bool matches = !pattern || pattern->Matches(body);
  Require(failure.has_value());
  Require((failure->layer == v1::LAYER_NONE) == (holds && matches));
}

}  // namespace
}  // namespace waypost::probe

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  waypost::probe::Check({reinterpret_cast<const char*>(data), size});
  return 0;
}
