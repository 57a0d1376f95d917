// What one probe found.
#pragma once

#include <cstdint>
#include <string>

#include "waypost/v1/evidence.pb.h"

namespace waypost::probe {

/// How long each phase took, in microseconds; 0: not reached.
struct Phases {
  uint32_t connect_us = 0;
  uint32_t tls_us = 0;
  /// From the request's last byte sent to the response's first byte received.
  uint32_t first_byte_us = 0;
  uint32_t total_us = 0;
};

struct Outcome {
  /// LAYER_NONE: it succeeded.
  v1::Layer failed_layer = v1::LAYER_NONE;
  /// In words, UTF-8, one line; empty on success.
  std::string detail;
  Phases phases;
  /// Seconds until the certificate expires, negative after; 0: not known.
  int64_t certificate_expires_in_s = 0;
  /// false: this machine failed (no descriptors, no ports), which says nothing about the target;
  /// `detail` says how.
  bool conclusive = true;

  bool succeeded() const { return conclusive && failed_layer == v1::LAYER_NONE; }
};

}  // namespace waypost::probe
