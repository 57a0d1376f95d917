// One number out of Prometheus's text exposition format, version 0.0.4, and OpenMetrics where they
// are the same: https://prometheus.io/docs/instrumenting/exposition_formats/
//
// Thread safety: pure. Errors: say what is wrong, without the text itself, which is a peer's.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dnsd/base/result.h"

namespace waypost::probe {

/// NAME{LABEL="VALUE",...}.
struct MetricSelector {
  std::string name;
  std::vector<std::pair<std::string, std::string>> labels;

  auto operator<=>(const MetricSelector&) const = default;
};

Result<MetricSelector> ParseMetricSelector(std::string_view text);

/// The sum of the samples that have the name and the labels, and perhaps others; finite. Lines
/// about other metrics are not looked at further than their names. With `is_cut` the last line,
/// unless it is ended, is not a whole one.
Result<double> SumSamples(std::string_view text, const MetricSelector& selector, bool is_cut);

}  // namespace waypost::probe
