// Any octets as what a server says in a dialogue: cut into pieces by the first octet, until the
// dialogue wants no more or the connection ends. Then there is a judgement, in words that fit on a
// screen.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "healthd/probe/make_dialogue.h"

namespace waypost::probe {

inline void Require(bool holds) {
  if (!holds) std::abort();
}

inline void Speak(Dialogue& dialogue, const uint8_t* data, size_t size) {
  constexpr size_t kLongestWords = 4096;
  const size_t piece = size == 0 || data[0] == 0 ? size + 1 : data[0];
  dialogue.Output();
  for (size_t at = 1; at < size && !dialogue.is_over(); at += piece) {
    // A copy of its own length, so that reading past the end is seen.
    const size_t octets = std::min(piece, size - at);
    const std::unique_ptr<char[]> copy(new char[octets]);
    std::copy_n(data + at, octets, copy.get());
    dialogue.Feed({copy.get(), octets});
    dialogue.Output();
  }
  if (!dialogue.is_over()) dialogue.End();
  Require(dialogue.decided());
  Require(dialogue.failure().detail.size() <= kLongestWords);
}

/// A dialogue of this kind of probe.
inline void SpeakTo(const Spec& spec, const uint8_t* data, size_t size) {
  static Workshop workshop{Trust({}), {}, Random(1)};
  workshop.random = Random(1);
  const auto dialogue = MakeDialogue(spec, workshop);
  Require(dialogue.has_value() && *dialogue != nullptr);
  Speak(**dialogue, data, size);
}

}  // namespace waypost::probe
