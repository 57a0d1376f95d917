// Sends a datagram and judges those that come back, each by itself.
//
// Thread safety, ownership, errors: as Dialogue; Feed takes whole datagrams.
#pragma once

#include "healthd/probe/dialogue.h"
#include "healthd/probe/spec.h"

namespace waypost::probe {

class UdpDialogue final : public Dialogue {
 public:
  explicit UdpDialogue(const UdpSpec& spec) : spec_(spec) {}

  std::string_view Output() override {
    return std::exchange(sent_, true) ? std::string_view() : spec_.send;
  }
  void Feed(std::string_view datagram) override {
    if (datagram.find(spec_.expect) != std::string_view::npos) return Decide();
    Decide({v1::LAYER_CONTENT, v1::FAULT_BODY,
            Quoted(datagram) + " came, want " + Quoted(spec_.expect)});
  }
  void End() override { Decide({v1::LAYER_RESPONSE, v1::FAULT_CLOSED, "nothing came back"}); }

 private:
  const UdpSpec& spec_;
  bool sent_ = false;
};

}  // namespace waypost::probe
