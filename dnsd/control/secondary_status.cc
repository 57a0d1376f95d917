#include "dnsd/control/secondary_status.h"

#include <fmt/format.h>

#include <algorithm>

namespace waypost::control {
namespace {

/// 0 for what has already been.
uint64_t Milliseconds(std::chrono::nanoseconds time) {
  return static_cast<uint64_t>(std::max<int64_t>(0, time.count() / 1'000'000));
}

}  // namespace

v1::SecondaryStatus ToProto(const SecondaryFacts& facts, Steady now) {
  v1::SecondaryStatus status;
  status.set_state(std::string(facts.state()));
  status.set_busy(facts.is_busy);
  if (facts.serial) status.set_serial(*facts.serial);
  status.set_primary(facts.primary);
  status.set_transferred_by(facts.transferred_by);
  if (facts.confirmed) status.set_confirmed_age_ms(Milliseconds(now - *facts.confirmed));
  if (facts.expires) status.set_expires_in_ms(Milliseconds(*facts.expires - now));
  status.set_next_check_in_ms(Milliseconds(facts.due - now));
  status.set_failures(facts.failures);
  if (facts.error) {
    status.set_error_layer(std::string(NameOf(facts.error->trouble.layer)));
    status.set_error_primary(facts.error->primary);
    status.set_error(facts.error->trouble.fact);
    status.set_error_age_ms(Milliseconds(now - facts.error->at));
  }
  return status;
}

std::string WarningOf(const std::string& origin, const v1::SecondaryStatus& status) {
  if (status.error().empty()) return "";
  const std::string what =
      status.has_expires_in_ms()
          ? fmt::format("is served until it expires in {} s", status.expires_in_ms() / 1000)
          : "is not served";
  return fmt::format("zone \"{}\" {}: primary {}: {}: {}", origin, what, status.error_primary(),
                     status.error_layer(), status.error());
}

}  // namespace waypost::control
