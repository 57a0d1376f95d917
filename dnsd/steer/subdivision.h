// One spelling for each subdivision that the configuration names, so that the same place is one
// word of the vocabulary however it is written.
//
// Thread safety: pure.
#pragma once

#include <string>
#include <string_view>

#include "dnsd/geo/vocabulary.h"

namespace waypost::steer {

/// "us-california", "US-California" and "US-CA" are "US-CA": codes stand for names where both are
/// known (geo/subdivision_table.h). Else codes (up to three letters) in upper case, names with
/// capitals at the beginning of words. Empty if it is not COUNTRY-SUBDIVISION.
std::string CanonicalSubdivision(std::string_view text);

/// Of a place; empty if its country or subdivision is unknown.
std::string SubdivisionOf(const geo::Place& place);

}  // namespace waypost::steer
