// How gdnsd judges a service, after its manual (gdnsd.config(5), "service_types", and
// gdnsd-plugin-tcp_connect(8), version 3.8.1): one poll an interval from the server itself; up
// until `down_thresh` polls failed with no run of `ok_thresh` successes among them, down until
// `up_thresh` polls succeeded in a row. The first poll decides at the start.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "dnsd/base/clock.h"

namespace waypost::sim {

/// The defaults.
struct GdnsdSettings {
  uint32_t up_thresh = 20;
  uint32_t ok_thresh = 10;
  uint32_t down_thresh = 10;
  std::chrono::seconds interval{10};
  std::chrono::seconds timeout{5};  // half of the interval
};

class GdnsdService {
 public:
  explicit GdnsdService(const GdnsdSettings& settings) : settings_(settings) {}

  bool up() const { return up_.value_or(true); }

  void Add(bool success) {
    if (!up_) {
      up_ = success;
    } else if (*up_) {
      AddWhileUp(success);
    } else {
      successes_ = success ? successes_ + 1 : 0;
      if (successes_ >= settings_.up_thresh) Become(true);
    }
  }

 private:
  void AddWhileUp(bool success) {
    successes_ = success ? successes_ + 1 : 0;
    if (!success) ++failures_;
    if (successes_ >= settings_.ok_thresh) failures_ = 0;
    if (failures_ >= settings_.down_thresh) Become(false);
  }
  void Become(bool up) {
    up_ = up;
    failures_ = successes_ = 0;
  }

  GdnsdSettings settings_;
  std::optional<bool> up_;
  uint32_t failures_ = 0;
  uint32_t successes_ = 0;
};

}  // namespace waypost::sim
