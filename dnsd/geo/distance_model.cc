// Round-trip time from distance, for pairs that nobody measured.
//
// Bozkurt et al., "Dissecting Latency in the Internet's Fiber Infrastructure", arXiv:1811.10737
// (2018), give the rule of thumb from measurement campaigns: multiply the line-of-sight distance by
// 2.1, then divide by the speed of light in fibre.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "dnsd/geo/atlas.h"

namespace waypost::geo {
namespace {

// Mean radius of the earth, IUGG (2 a + b) / 3 of GRS 80.
constexpr double kEarthRadiusKm = 6371.0088;

// 299,792.458 km/s (SI) over silica's group index of about 1.468 is 204,000 km/s; a round trip
// covers the distance twice.
constexpr double kFibreKmPerMs = 204.0;
constexpr double kPathInflation = 2.1;

// Access network and queues at both ends. A round figure of ours, of the order of wired last miles
// (compare Bajpai et al., "Dissecting Last-mile Latency Characteristics", CCR 47(5), 2017). It is
// the same for every region: it never changes an order among modelled times, and only keeps them
// comparable with measured ones.
constexpr double kAccessMs = 10.0;

double Radians(double degrees) { return degrees * std::numbers::pi / 180.0; }

double SquaredHalfSine(double angle) {
  const double sine = std::sin(angle / 2);
  return sine * sine;
}

}  // namespace

// The haversine formula, which stays exact for small distances.
double DistanceKm(const Coordinates& a, const Coordinates& b) {
  const double h = SquaredHalfSine(Radians(b.latitude - a.latitude)) +
                   std::cos(Radians(a.latitude)) * std::cos(Radians(b.latitude)) *
                       SquaredHalfSine(Radians(b.longitude - a.longitude));
  return 2 * kEarthRadiusKm * std::asin(std::sqrt(std::min(1.0, h)));
}

double ModelRttMs(double distance_km) {
  return kAccessMs + 2 * distance_km * kPathInflation / kFibreKmPerMs;
}

}  // namespace waypost::geo
