#include "dnsd/transfer/refresh_schedule.h"

#include <algorithm>

namespace waypost::transfer {
namespace {

using std::chrono::seconds;

/// Doublings of RETRY.
constexpr unsigned kMaxDoublings = 2;

seconds Within(seconds timer) {
  return std::clamp(timer, RefreshSchedule::kMinTimer, RefreshSchedule::kMaxTimer);
}

}  // namespace

seconds ExpireOf(const SoaNumbers& soa) {
  return std::max(soa.expire, Within(soa.refresh) + Within(soa.retry));
}

void RefreshSchedule::Confirm(const SoaNumbers& soa, Steady confirmed) {
  refresh_ = Within(soa.refresh);
  retry_ = Within(soa.retry);
  expire_ = ExpireOf(soa);
  confirmed_ = confirmed;
  failures_ = 0;
  due_ = confirmed + Scatter(refresh_);
}

void RefreshSchedule::Fail(Steady now) {
  ++failures_;
  due_ = now + Scatter(RetryWait());
}

bool RefreshSchedule::Expire(Steady now) {
  if (!confirmed_ || now < *expires()) return false;
  confirmed_.reset();
  failures_ = 0;
  due_ = std::min(due_, now);
  return true;
}

std::optional<Steady> RefreshSchedule::expires() const {
  if (!confirmed_) return std::nullopt;
  return *confirmed_ + expire_;
}

seconds RefreshSchedule::RetryWait() const {
  const unsigned before = failures_ - 1;
  if (!confirmed_) {
    // 2^9 times the first is beyond the limit.
    return std::min(kFirstRetry * (1 << std::min(before, 9U)), kMaxFirstRetry);
  }
  return std::clamp(retry_ * (1 << std::min(before, kMaxDoublings)), retry_,
                    std::max(refresh_, retry_));
}

std::chrono::nanoseconds RefreshSchedule::Scatter(seconds wait) {
  const std::chrono::nanoseconds whole = wait;
  return whole - std::chrono::nanoseconds(random_.Below(static_cast<uint64_t>(whole.count()) / 10));
}

}  // namespace waypost::transfer
