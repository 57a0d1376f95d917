// waypost-dnsd as a whole: makes its parts, connects them, and ends them in the right order.
//
// Thread safety: Start, Reload and Stop from one thread (main's). Errors: Start says in one line
// why it cannot.
#pragma once

#include <memory>
#include <string>

#include "dnsd/base/clock.h"
#include "dnsd/base/result.h"
#include "dnsd/control/settings.h"

namespace waypost::control {

class Director {
 public:
  virtual ~Director() = default;

  static Result<std::unique_ptr<Director>> Start(const Settings& settings, const Clock& clock);

  /// The one line that says it is ready, with the real addresses.
  virtual std::string ReadyLine() const = 0;
  /// Reads the files of --load again; what is wrong with them is logged and changes nothing.
  virtual void Reload() = 0;
  /// Stops answering, writes what must survive, ends all threads. Idempotent.
  virtual void Stop() = 0;
};

}  // namespace waypost::control
