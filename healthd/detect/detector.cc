#include "healthd/detect/detector.h"

namespace waypost::detect {

bool Detector::Add(bool success, Steady ended) {
  const Opinion result = success ? Opinion::kUp : Opinion::kDown;
  if (result == opinion_) {
    contrary_ = 0;
    return false;
  }
  ++contrary_;
  const uint32_t needed = opinion_ == Opinion::kNone ? 1 : success ? rise_ : fall_;
  if (contrary_ < needed) return false;
  opinion_ = result;
  opinion_since_ = ended;
  contrary_ = 0;
  return true;
}

}  // namespace waypost::detect
