// A small vocabulary for tests of zones.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "dnsd/zone/builder.h"
#include "dnsd/zone/wire_names.h"

namespace waypost::zone {

/// An absolute name; the last dot may be missing.
inline wire::Name N(std::string_view text) { return *wire::Name::Parse(text); }

inline std::string Wire(std::string_view text) { return std::string(N(text).Lowered().wire()); }

/// The apex of every zone here; what a test adds begins at line 5.
inline const std::string kHead =
    "$TTL 300\n"
    "@ SOA ns1 admin 7 3600 600 86400 60\n"
    "@ NS ns1\n"
    "ns1 A 192.0.2.53\n";

inline BuiltZone Load(const std::string& records, std::vector<SteeredOwner> steered = {}) {
  return LoadZoneText(kHead + records, N("example"), "z", steered);
}

/// A zone that has neither errors nor warnings.
inline std::shared_ptr<const Zone> Sound(const std::string& records,
                                         std::vector<SteeredOwner> steered = {}) {
  BuiltZone built = Load(records, std::move(steered));
  for (const Problem& problem : built.problems) ADD_FAILURE() << problem.ToString();
  return built.zone;
}

inline Found Ask(const Zone& zone, std::string_view name) {
  const std::string wire = Wire(name);
  return zone.Find(AsView(wire));
}

inline std::string OwnerOf(const Found& found) {
  if (found.node == nullptr) return "";
  return wire::Name::FromWire(AsText(found.node->owner()))->ToString();
}

inline std::vector<std::string> Texts(const Problems& problems) {
  std::vector<std::string> texts;
  for (const Problem& problem : problems) texts.push_back(problem.ToString());
  return texts;
}

}  // namespace waypost::zone
