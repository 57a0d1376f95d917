#include "healthd/detect/pace.h"

#include <algorithm>

namespace waypost::detect {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

microseconds Below(microseconds bound, Random& random) {
  return microseconds(random.Below(static_cast<uint64_t>(std::max<int64_t>(1, bound.count()))));
}

}  // namespace

microseconds FirstDelay(size_t count, microseconds interval, Random& random) {
  const microseconds longest = std::min<microseconds>(interval, seconds(1));
  const microseconds wanted = std::max<microseconds>(milliseconds(50), milliseconds(count));
  return Below(std::min(wanted, longest), random);
}

microseconds RegularDelay(microseconds interval, Random& random) {
  return interval - interval / 10 + Below(interval / 5, random);
}

microseconds DoubtDelay(microseconds interval) {
  return std::clamp<microseconds>(interval / 10, milliseconds(10), seconds(1));
}

microseconds BackoffDelay(microseconds interval, microseconds max, uint32_t doublings,
                          Random& random) {
  const microseconds pause = std::min(max, interval * (int64_t{1} << doublings));
  return pause - Below(pause / 4, random);
}

Steady NextStart(Steady started, Steady ended, microseconds delay) {
  return std::max(ended, started + delay);
}

}  // namespace waypost::detect
