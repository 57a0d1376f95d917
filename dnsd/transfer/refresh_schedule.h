// When a secondary asks its primaries, and when it must give its zone up: the timers of the SOA
// (RFC 1034 section 4.3.5), with patience that grows and times that scatter.
//
// While all is well the primary is asked every `refresh`. After a failure it is asked again after
// `retry`, then after twice and four times as long, but at least every `refresh`. Without any zone,
// the first retry comes after kFirstRetry, and no two are further apart than kMaxFirstRetry. Every
// wait is cut by up to a tenth at random, so that zones that were loaded together do not stay
// together. `expire` after the last confirmation by a primary the zone is given up, and asked for
// at once.
//
// Thread safety: values; pure but for the random numbers.
#pragma once

#include <chrono>
#include <optional>

#include "dnsd/base/clock.h"
#include "dnsd/base/random.h"
#include "dnsd/transfer/soa.h"

namespace waypost::transfer {

/// How long a version is served when no primary confirms it: EXPIRE, but at least until a refresh
/// and a retry were due (as BIND has it), or some zones would be gone most of the time.
std::chrono::seconds ExpireOf(const SoaNumbers& soa);

class RefreshSchedule {
 public:
  static constexpr std::chrono::seconds kFirstRetry{2};
  static constexpr std::chrono::seconds kMaxFirstRetry{600};
  /// A SOA may say 0; nobody wants to be asked without a pause.
  static constexpr std::chrono::seconds kMinTimer{1};
  /// And none is forgotten for longer than this.
  static constexpr std::chrono::seconds kMaxTimer{14 * 24 * 3600};

  /// Due at once.
  RefreshSchedule(Steady now, uint64_t seed) : random_(seed), due_(now) {}

  /// A primary said at `confirmed` that this version is the newest; also for what was kept from a
  /// former life. `confirmed` may be long ago.
  void Confirm(const SoaNumbers& soa, Steady confirmed);
  void Fail(Steady now);
  /// Somebody says that there is news.
  void Hasten(Steady now) { due_ = now; }
  /// True, once: the zone must be given up now.
  bool Expire(Steady now);

  Steady due() const { return due_; }
  /// Absent: there is no zone.
  std::optional<Steady> confirmed() const { return confirmed_; }
  std::optional<Steady> expires() const;
  unsigned failures() const { return failures_; }

 private:
  std::chrono::nanoseconds Scatter(std::chrono::seconds wait);
  std::chrono::seconds RetryWait() const;

  Random random_;
  Steady due_;
  std::optional<Steady> confirmed_;
  std::chrono::seconds refresh_{0}, retry_{0}, expire_{0};
  unsigned failures_ = 0;
};

}  // namespace waypost::transfer
