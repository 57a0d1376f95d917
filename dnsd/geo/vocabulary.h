// The words that the configuration uses about clients, as small numbers: what the client map and
// the compiled steps must agree on. A change of pools, weights or policies that uses the same words
// leaves the client map as it is.
//
// Thread safety: a value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dnsd/base/ip.h"

namespace waypost::geo {

/// Two letters packed, 0 for unknown: 'I' << 8 | 'E'.
using CountryCode = uint16_t;

enum class Continent : uint8_t {
  kUnknown,
  kAfrica,
  kAntarctica,
  kAsia,
  kEurope,
  kNorthAmerica,
  kOceania,
  kSouthAmerica
};

struct Coordinates {
  double latitude = 0;   // degrees, north positive
  double longitude = 0;  // degrees, east positive
  bool operator==(const Coordinates&) const = default;
};

struct Place {
  CountryCode country = 0;
  Continent continent = Continent::kUnknown;
  std::string subdivision;  // as the database names it, or its ISO 3166-2 part
  std::string city;
  bool has_coordinates = false;
  Coordinates coordinates;
  uint32_t asn = 0;  // 0: unknown
  bool operator==(const Place&) const = default;
};

struct RegionSite {
  std::string name;
  Coordinates coordinates;
  bool has_coordinates = true;  // false: only measured times are known
  bool operator==(const RegionSite&) const = default;
};

/// One line of an operators' Network. Of nested networks the most specific one with a place holds,
/// and replaces all that the databases say but an autonomous system that it does not name.
struct NetworkRule {
  IpPrefix prefix;
  uint16_t label = 0;  // index in Vocabulary::labels
  bool has_place = false;
  Place place;
  bool operator==(const NetworkRule&) const = default;
};

struct NetworkLabel {
  std::string network;
  std::string label;
  bool operator==(const NetworkLabel&) const = default;
};

struct Vocabulary {
  /// In the order of region indices everywhere.
  std::vector<RegionSite> regions;
  /// "US-CA" or "US-California": those that some step or region names. Client classes hold index
  /// + 1.
  std::vector<std::string> subdivisions;
  std::vector<NetworkLabel> labels;
  std::vector<NetworkRule> networks;
  bool operator==(const Vocabulary&) const = default;
};

}  // namespace waypost::geo
