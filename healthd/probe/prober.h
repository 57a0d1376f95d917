// Runs probes: the seam between the schedule, which knows when, and the network.
//
// Thread safety: one thread, the one that runs the io_context. Ownership: a probe under way holds
// what it needs; nothing needs to outlive the Prober but the io_context.
#pragma once

#include <functional>
#include <memory>

#include "healthd/probe/outcome.h"
#include "healthd/probe/spec.h"

namespace waypost::probe {

class Prober {
 public:
  using Done = std::function<void(const Outcome&)>;
  using Stop = std::function<void()>;

  virtual ~Prober() = default;
  /// Starts a probe; `done` is called once, never before this returns. The result ends the probe at
  /// once: its socket is closed and `done` will not be called. Calling it later does nothing.
  virtual Stop Start(std::shared_ptr<const Spec> spec, Done done) = 0;
  /// Keeps the connection that a held spec asks for: `news` is called, never before this returns,
  /// at each success or failure until the result is called.
  virtual Stop Hold(std::shared_ptr<const Spec> spec, Done news) = 0;
};

}  // namespace waypost::probe
