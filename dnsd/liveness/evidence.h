// What goes into a verdict: the rule that counts for an endpoint, and what a vantage last said
// about it.
//
// Thread safety: values.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "dnsd/base/clock.h"
#include "dnsd/liveness/load.h"
#include "dnsd/liveness/vote.h"

namespace waypost::liveness {

/// What a monitor says about counting, for one endpoint.
struct VoteRule {
  /// Votes of vantages by name.
  using Weights = std::map<std::string, uint32_t, std::less<>>;

  Quorum quorum = Quorum::kMajority;
  uint32_t count = 0;  // of Quorum::kCount
  bool by_region = false;
  uint32_t vantages = 0;                   // that watch the endpoint; 0: all
  std::shared_ptr<const Weights> weights;  // null, and for others: one vote each
  std::chrono::milliseconds staleness{17000};
  std::chrono::milliseconds interval{5000};
  std::chrono::milliseconds backoff{0};  // evidence of "down" is fresh for so much longer
  uint32_t rise = 2;
  uint32_t fall = 3;
};

/// One vantage's latest word about one endpoint.
struct Evidence {
  Opinion opinion = Opinion::kNone;
  Steady observed;  // by the director's clock
  Steady opinion_since;
  uint64_t sequence = 0;
  uint8_t failed_layer = 0;  // v1::Layer
  uint8_t fault = 0;         // v1::Fault
  std::string detail;
  std::string warning;
  uint32_t contrary = 0;
  float loss_percent = 0;
  uint32_t rtt_us = 0, jitter_us = 0;
  uint32_t connect_us = 0, tls_us = 0, first_byte_us = 0, total_us = 0;
  int64_t certificate_expires_in_s = 0;
  Load load;  // as the reply told
};

}  // namespace waypost::liveness
