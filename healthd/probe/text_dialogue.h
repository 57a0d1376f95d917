// Sends a text and waits for another in what comes back.
//
// Thread safety, ownership, errors: as Dialogue. At most kMaxBody bytes are looked at.
#pragma once

#include <string>

#include "healthd/probe/dialogue.h"
#include "healthd/probe/spec.h"

namespace waypost::probe {

class TextDialogue final : public Dialogue {
 public:
  explicit TextDialogue(const ExchangeSpec& spec) : spec_(spec) {}

  std::string_view Output() override;
  void Feed(std::string_view bytes) override;
  void End() override;

 private:
  const ExchangeSpec& spec_;
  bool sent_ = false;
  std::string heard_;
};

}  // namespace waypost::probe
