// Checks that more than one kind of resource needs: names, weights, durations, places.
//
// Thread safety: pure. Errors: reported; the value returned is safe to go on with.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dnsd/geo/vocabulary.h"
#include "dnsd/steer/reporter.h"

namespace google::protobuf {
class Duration;
}
namespace waypost::v1 {
class Location;
}

namespace waypost::steer {

/// Names of resources and label values: letters, digits, '-', '_' and '.'.
inline constexpr size_t kMaxNameLength = 63;
void CheckName(std::string_view name, const std::string& field, const Reporter& report);

/// `pool "web"`.
std::string Quoted(std::string_view kind, std::string_view name);

/// What `text` says if it is 0 to 65535, else a problem and 65535.
uint16_t CheckWeight(uint32_t weight, const std::string& field, const Reporter& report);

struct DurationRange {
  std::chrono::nanoseconds min;
  std::chrono::nanoseconds max;
  std::string_view text;  // "0 to 10s"
};
std::chrono::nanoseconds CheckDuration(const google::protobuf::Duration& duration,
                                       const DurationRange& range, const std::string& field,
                                       const Reporter& report);

/// ISO 3166-1 alpha-2 of any case; 0 and a problem where it is none.
geo::CountryCode CheckCountry(std::string_view text, const std::string& field,
                              const Reporter& report);
geo::Continent CheckContinent(std::string_view text, const std::string& field,
                              const Reporter& report);
/// Continent and coordinates come from the country where they are not given.
geo::Place CheckLocation(const v1::Location& location, const Reporter& report);

/// Index of what has this name in a list ordered by name.
template <typename T>
std::optional<size_t> FindByName(const std::vector<T>& list, std::string_view name) {
  const auto at = std::lower_bound(list.begin(), list.end(), name,
                                   [](const T& item, std::string_view n) { return item.name < n; });
  if (at == list.end() || at->name != name) return std::nullopt;
  return static_cast<size_t>(at - list.begin());
}

}  // namespace waypost::steer
