// What one probe found.
#pragma once

#include <cstdint>
#include <string>

#include "healthd/probe/failure.h"

namespace waypost::probe {

/// How long each phase took, in microseconds; 0: not reached.
struct Phases {
  uint32_t connect_us = 0;
  uint32_t tls_us = 0;
  /// From the request's last byte sent to the response's first byte received.
  uint32_t first_byte_us = 0;
  uint32_t total_us = 0;
};

/// By ICMP echo; zero: not measured.
struct Measured {
  float loss_percent = 0;
  uint32_t rtt_us = 0;
  uint32_t jitter_us = 0;
};

/// As the reply told it, in the monitor's unit.
struct Load {
  double used = 0;
  double capacity = 0;  // 0: not known
};

struct Outcome {
  Failure failure;
  /// What is not wrong yet, in words, one line; mostly empty.
  std::string warning;
  Phases phases;
  Measured measured;
  Load load;
  /// Seconds until the certificate expires, negative after; 0: not known.
  int64_t certificate_expires_in_s = 0;
  /// What a handshake agreed on, such as "TLSv1.3" and "TLS_AES_256_GCM_SHA384"; null: none did.
  const char* tls_version = nullptr;
  const char* tls_cipher = nullptr;
  /// false: this machine failed (no descriptors, no ports), which says nothing about the target;
  /// the failure's detail says how.
  bool conclusive = true;

  bool succeeded() const { return conclusive && !failure; }
};

}  // namespace waypost::probe
