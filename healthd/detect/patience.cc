#include "healthd/detect/patience.h"

namespace waypost::detect {

using std::chrono::microseconds;

void Patience::Learn(microseconds took) {
  if (mean_ == microseconds(0)) {
    mean_ = took;
    scatter_ = took / 2;
    return;
  }
  scatter_ += (std::chrono::abs(took - mean_) - scatter_) / 4;
  mean_ += (took - mean_) / 8;
}

}  // namespace waypost::detect
