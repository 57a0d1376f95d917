// Everything that is known about where clients are: geo databases, operators' networks, measured
// times; and the compiler that turns it into a ClientMap.
//
// Thread safety: immutable after Open; Compile and Describe from any thread. Errors: a database
// that cannot be read is an Error that names the file and the fact.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "dnsd/base/result.h"
#include "dnsd/geo/client_map.h"
#include "dnsd/geo/latency_table.h"
#include "dnsd/geo/vocabulary.h"

namespace waypost::geo {

/// The IPv4 address inside an IPv4-mapped, NAT64 (64:ff9b::/96), 6to4 (2002::/16) or Teredo
/// (2001::/32, the client's) address; any other address as it is.
struct Normalised {
  IpAddress address;
  /// Prefix lengths of `address` + this = prefix lengths of the original. Teredo's client address
  /// stands inverted in the last 32 bits.
  uint8_t extra_bits = 0;
};
Normalised Normalise(const IpAddress& address) noexcept;

struct DatabaseInfo {
  std::string path;
  std::string type;  // the database's own word, such as DBIP-City-Lite
  int64_t build_epoch_s = 0;
  uint64_t nodes = 0;
  std::string attribution;  // to be shown where the licence asks for it; else empty
};

/// Facts about one client, for people.
struct Description {
  IpAddress located;
  Place place;
  std::vector<uint16_t> labels;
  std::string source;  // a database's path, `network "offices"`, or "default"
};

class Atlas {
 public:
  virtual ~Atlas() = default;

  /// `paths`: MMDB files of either schema, in order of precedence; IPv4 and IPv6 may be in
  /// different files; a file with autonomous system numbers adds those. At most eight. None:
  /// networks and the default still work. Reads each file once, about 0.1 s per million nodes. The
  /// files stay mapped: replace one by renaming another over it, never by writing into it.
  static Result<std::shared_ptr<const Atlas>> Open(const std::vector<std::string>& paths);

  virtual const std::vector<DatabaseInfo>& databases() const = 0;

  /// Takes seconds for a database of millions of nodes; run it off the control thread.
  virtual std::shared_ptr<const ClientMap> Compile(const Vocabulary& vocabulary,
                                                   const LatencyTable& latency) const = 0;

  virtual Description Describe(const IpAddress& client, const Vocabulary& vocabulary) const = 0;
};

/// "IE" -> code, 0 if it is none; and back ("" for 0).
CountryCode ParseCountry(std::string_view text);
std::string CountryName(CountryCode code);
Continent ParseContinent(std::string_view text);
std::string_view ContinentName(Continent continent);
Continent ContinentOf(CountryCode country);
/// The country's centroid from the built-in table; false: unknown country.
bool CentroidOf(CountryCode country, Coordinates& out);

double DistanceKm(const Coordinates& a, const Coordinates& b);
/// Round-trip time by the distance model, in milliseconds (constants and their sources:
/// geo/distance_model.cc).
double ModelRttMs(double distance_km);

}  // namespace waypost::geo
