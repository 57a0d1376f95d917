#include "healthd/probe/text_dialogue.h"

#include <algorithm>

namespace waypost::probe {

std::string_view TextDialogue::Output() {
  if (std::exchange(sent_, true)) return {};
  if (spec_.expect.empty()) Decide();
  return spec_.send;
}

void TextDialogue::Feed(std::string_view bytes) {
  const size_t from = heard_.size() - std::min(heard_.size(), spec_.expect.size());
  heard_.append(bytes.substr(0, kMaxBody - heard_.size()));
  if (heard_.find(spec_.expect, from) != std::string::npos) return Decide();
  if (heard_.size() < kMaxBody) return;
  Decide({v1::LAYER_CONTENT, v1::FAULT_BODY, "64 KiB without " + Quoted(spec_.expect)});
}

void TextDialogue::End() {
  if (heard_.empty())
    return Decide({v1::LAYER_RESPONSE, v1::FAULT_CLOSED, "connection closed before a response"});
  Decide(
      {v1::LAYER_CONTENT, v1::FAULT_BODY, Quoted(heard_) + " came, want " + Quoted(spec_.expect)});
}

}  // namespace waypost::probe
