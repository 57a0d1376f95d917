#include "dnsd/steer/checks.h"

#include <fmt/format.h>

#include <cmath>

#include "dnsd/geo/atlas.h"
#include "waypost/v1/resource.pb.h"

namespace waypost::steer {

namespace {

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

std::string Upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

double CheckDegrees(double degrees, double limit, const std::string& field,
                    const Reporter& report) {
  if (std::abs(degrees) <= limit) return degrees;
  report.Fail(field, fmt::format("{} is not within -{} and {} degrees", degrees, limit, limit));
  return 0;
}

void PlaceByCountry(geo::Place& place) {
  if (place.has_coordinates || place.country == 0) return;
  place.has_coordinates = geo::CentroidOf(place.country, place.coordinates);
}

}  // namespace

void CheckName(std::string_view name, const std::string& field, const Reporter& report) {
  if (name.empty()) return report.Fail(field, "missing");
  if (name.size() > kMaxNameLength) {
    return report.Fail(field, fmt::format("\"{}\" has {} characters, more than {}", name,
                                          name.size(), kMaxNameLength));
  }
  if (!std::all_of(name.begin(), name.end(), IsNameCharacter)) {
    report.Fail(field,
                fmt::format("\"{}\": only letters, digits, '-', '_' and '.' are allowed", name));
  }
}

std::string Quoted(std::string_view kind, std::string_view name) {
  return fmt::format("{} \"{}\"", kind, name);
}

uint16_t CheckWeight(uint32_t weight, const std::string& field, const Reporter& report) {
  if (weight > 0xFFFF) report.Fail(field, fmt::format("{} is not within 0 and 65535", weight));
  return static_cast<uint16_t>(std::min<uint32_t>(weight, 0xFFFF));
}

std::chrono::nanoseconds CheckDuration(const google::protobuf::Duration& duration,
                                       const DurationRange& range, const std::string& field,
                                       const Reporter& report) {
  // Far more than any range here, far less than an overflow.
  constexpr int64_t kManySeconds = 1'000'000'000;
  const auto value =
      std::chrono::seconds(std::clamp(duration.seconds(), -kManySeconds, kManySeconds)) +
      std::chrono::nanoseconds(duration.nanos());
  if (value >= range.min && value <= range.max) return value;
  report.Fail(field, fmt::format("{}s is not within {}", static_cast<double>(value.count()) / 1e9,
                                 range.text));
  return range.min;
}

geo::CountryCode CheckCountry(std::string_view text, const std::string& field,
                              const Reporter& report) {
  const geo::CountryCode code = geo::ParseCountry(Upper(text));
  if (code == 0) {
    report.Fail(field, fmt::format("\"{}\" is not a country's two letters (ISO 3166-1)", text));
  }
  return code;
}

geo::Continent CheckContinent(std::string_view text, const std::string& field,
                              const Reporter& report) {
  const geo::Continent continent = geo::ParseContinent(Upper(text));
  if (continent == geo::Continent::kUnknown) {
    report.Fail(field, fmt::format("\"{}\" is not one of AF, AN, AS, EU, NA, OC, SA", text));
  }
  return continent;
}

geo::Place CheckLocation(const v1::Location& location, const Reporter& report) {
  geo::Place place;
  place.coordinates = {CheckDegrees(location.latitude(), 90, "latitude", report),
                       CheckDegrees(location.longitude(), 180, "longitude", report)};
  // 0, 0 is what a message says that says nothing; it lies in the open sea.
  place.has_coordinates = place.coordinates != geo::Coordinates{};
  if (!location.country().empty()) {
    place.country = CheckCountry(location.country(), "country", report);
    place.continent = geo::ContinentOf(place.country);
  }
  if (!location.continent().empty()) {
    place.continent = CheckContinent(location.continent(), "continent", report);
  }
  place.subdivision = location.subdivision();
  if (!place.subdivision.empty() && location.country().empty()) {
    report.Fail("subdivision", "needs a country beside it");
  }
  PlaceByCountry(place);
  return place;
}

}  // namespace waypost::steer
