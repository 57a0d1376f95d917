#include "healthd/detect/detector.h"

namespace waypost::detect {

bool Detector::Add(bool success, Steady ended) {
  const Opinion result = success ? Opinion::kUp : Opinion::kDown;
  if (result == opinion_) {
    Confirm();
    return false;
  }
  if (opinion_ == Opinion::kNone && contrary_ == 0) opinion_since_ = ended;
  ++contrary_;
  confirmed_ = 0;
  const uint32_t rise = opinion_ == Opinion::kNone ? 1 : thresholds_.rise;
  if (contrary_ < (success ? rise : thresholds_.fall)) return false;
  Begin(result, ended);
  return true;
}

void Detector::Begin(Opinion opinion, Steady since) {
  opinion_ = opinion;
  opinion_since_ = since;
  contrary_ = confirmed_ = 0;
}

void Detector::Confirm() {
  if (contrary_ == 0) return;
  const uint32_t needed = opinion_ == Opinion::kUp ? thresholds_.forget : 1;
  if (++confirmed_ >= needed) contrary_ = confirmed_ = 0;
}

}  // namespace waypost::detect
