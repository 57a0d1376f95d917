// HTTP/1.1: sends the request and judges the response as its bytes come in, as early as it can.
//
// Thread safety, ownership, errors: as Dialogue. Limits: 16 KiB of header, the first 64 KiB of
// body.
#pragma once

#include <memory>

#include "healthd/probe/dialogue.h"
#include "healthd/probe/response_judge.h"

namespace waypost::probe {

class HttpDialogue final : public Dialogue {
 public:
  explicit HttpDialogue(ResponseJudge judge);
  ~HttpDialogue() override;

  std::string_view Output() override;
  void Feed(std::string_view bytes) override;
  void End() override;

  /// Once decided: where a redirect leads; empty: there is none to follow.
  const std::string& location() const { return location_; }

 private:
  struct Parser;

  void Parse();
  void JudgeStatus();
  void JudgeBody();

  ResponseJudge judge_;
  std::unique_ptr<Parser> parser_;
  std::string request_;
  bool sent_ = false;
  bool header_judged_ = false;
  std::string location_;
};

}  // namespace waypost::probe
