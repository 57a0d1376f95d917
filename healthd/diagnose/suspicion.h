// What is held to be wrong, how sure, and on what grounds.
//
// Thread safety: a value.
#pragma once

#include <string>
#include <vector>

#include "waypost/v1/diagnose.pb.h"

namespace waypost::diagnose {

struct Ground {
  v1::ExaminationStep step = v1::EXAMINATION_STEP_UNSPECIFIED;
  /// Empty: not about one address.
  std::string address;
  std::string words;
};

struct Suspicion {
  v1::Trouble trouble = v1::TROUBLE_NONE;
  /// 0 to 99.
  unsigned confidence = 0;
  /// A sentence without its end.
  std::string words;
  /// The weightiest first.
  std::vector<Ground> grounds;

  bool has_trouble() const { return trouble > v1::TROUBLE_NONE; }
};

}  // namespace waypost::diagnose
