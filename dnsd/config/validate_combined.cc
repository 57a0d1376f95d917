#include <fmt/format.h>

#include <set>

#include "dnsd/config/scalar.h"
#include "dnsd/config/validate_probe.h"
#include "dnsd/steer/checks.h"

namespace waypost::config {
namespace {

using steer::Reporter;

constexpr uint32_t kMaxPort = 65535;
constexpr int kMaxMonitors = 16;

}  // namespace

void CheckCommand(const v1::CommandProbe& command, const Reporter& report) {
  steer::CheckName(command.name(), "name", report);
  if (command.port() > kMaxPort)
    report.Fail("port", fmt::format("{} is not within 0 and 65535", command.port()));
}

void CheckCombined(const v1::CombinedProbe& combined, const Reporter& report) {
  const int count = combined.monitors_size();
  if (count == 0) return report.Fail("monitors", "missing");
  if (count > kMaxMonitors) report.Fail("monitors", fmt::format("are {}, more than 16", count));
  if (combined.at_least() > static_cast<uint32_t>(count))
    report.Fail("at_least", fmt::format("{} is more than there are monitors", combined.at_least()));
  const std::set<std::string> names(combined.monitors().begin(), combined.monitors().end());
  if (names.size() < static_cast<size_t>(count)) report.Fail("monitors", "names one twice");
}

}  // namespace waypost::config
