// A web request over HTTP/2, judged as over HTTP/1.1.
//
// Thread safety, ownership, errors: as Dialogue.
#pragma once

#include "healthd/probe/http2_dialogue.h"
#include "healthd/probe/response_judge.h"

namespace waypost::probe {

class Web2Dialogue final : public Http2Dialogue {
 public:
  Web2Dialogue(ResponseJudge judge, bool is_tls)
      : Http2Dialogue(judge.spec().request, is_tls), judge_(std::move(judge)) {}

 private:
  void OnStatus(unsigned status) override { Settle(judge_.JudgeStatus(status)); }
  void OnField(std::string_view name, std::string_view value) override {
    judge_.TakeField(name, value);
  }
  void OnData(std::string_view bytes) override {
    if (decided()) return;
    body_ += bytes.substr(0, kMaxBody - body_.size());
    Settle(judge_.JudgeBody(body_, body_.size() >= kMaxBody));
  }
  void OnEnd() override {
    if (!decided()) Settle(judge_.JudgeBody(body_, true));
  }
  void OnBroken(Failure failure) override {
    if (!decided()) Decide(std::move(failure));
  }
  void Settle(std::optional<Failure> failure) {
    if (!failure) return;
    Note(judge_.load(), judge_.warning());
    Decide(*std::move(failure));
  }

  ResponseJudge judge_;
  std::string body_;
};

}  // namespace waypost::probe
