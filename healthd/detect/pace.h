// When the next probe of a target starts. Pure.
//
// Thread safety: functions of their arguments; the Random belongs to the caller.
#pragma once

#include <chrono>
#include <cstddef>

#include "dnsd/base/clock.h"
#include "dnsd/base/random.h"

namespace waypost::detect {

using std::chrono::microseconds;

/// How long after now the first probe of one of `count` new targets starts: at once, but spread
/// over 50 ms for a few and 1 ms each for many (at most the interval and 1 s), so that a restarted
/// vantage neither waits nor knocks on every door in the same millisecond.
microseconds FirstDelay(size_t count, microseconds interval, Random& random);

/// The interval with a jitter of 10 % to either side, which keeps vantages from falling into step.
microseconds RegularDelay(microseconds interval, Random& random);

/// A tenth of the interval, 10 ms to 1 s: the pace while the vantage doubts that a target is up, so
/// that detection does not wait for whole intervals. Recovery has no such pace on purpose: `rise`
/// successes shall cover some time, because traffic that returns too early is worse than late.
microseconds DoubtDelay(microseconds interval);

/// Far enough from 100 ms to an hour.
inline constexpr uint32_t kMaxDoublings = 16;
/// The interval doubled so many times (at most kMaxDoublings), bounded by `max`, less up to a
/// quarter.
microseconds BackoffDelay(microseconds interval, microseconds max, uint32_t doublings,
                          Random& random);

/// Probes are paced from start to start, so a slow probe does not stretch the interval; the next
/// starts when this one has ended.
Steady NextStart(Steady started, Steady ended, microseconds delay);

}  // namespace waypost::detect
