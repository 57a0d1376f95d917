// Probes run to their end, many at the same time, on the thread that calls: how an examination uses
// what healthd probes with.
//
// Thread safety: one thread. Ownership: the allowance must outlive it. Errors: as outcomes; where
// the allowance is over, the outcome is not conclusive.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <vector>

#include "healthd/diagnose/allowance.h"
#include "healthd/probe/network_prober.h"

namespace waypost::diagnose {

class Probing {
 public:
  Probing(const Allowance& allowance, const probe::Permissions& permissions)
      : allowance_(allowance), prober_(io_, permissions) {}

  /// In the order of `specs`.
  std::vector<probe::Outcome> Run(const std::vector<probe::Spec>& specs);

 private:
  const Allowance& allowance_;
  boost::asio::io_context io_{1};
  probe::NetworkProber prober_;
};

}  // namespace waypost::diagnose
