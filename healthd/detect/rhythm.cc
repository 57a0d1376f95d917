#include "healthd/detect/rhythm.h"

#include <algorithm>

namespace waypost::detect {

microseconds Rhythm::Next(const Detector& detector, Steady ended, Random& random) {
  if (detector.in_doubt()) return DoubtDelay(tempo_.interval);
  if (detector.opinion() != Opinion::kDown) doublings_ = 0;
  if (!BacksOff(detector, ended)) return RegularDelay(tempo_.interval, random);
  doublings_ = std::min(doublings_ + 1, kMaxDoublings);
  return BackoffDelay(tempo_.interval, tempo_.backoff_max, doublings_, random);
}

bool Rhythm::BacksOff(const Detector& detector, Steady ended) const {
  const bool is_down = detector.opinion() == Opinion::kDown && !detector.recovering();
  return is_down && tempo_.backoff_max > tempo_.interval &&
         ended - detector.opinion_since() >= tempo_.backoff_after;
}

}  // namespace waypost::detect
