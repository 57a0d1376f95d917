// What a database record says, small enough to keep one for every distinct record of a city
// database (hundreds of thousands).
//
// Thread safety: values; StringPool is immutable once shared.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dnsd/base/random.h"
#include "dnsd/geo/flat_index.h"
#include "dnsd/geo/vocabulary.h"

namespace waypost::geo {

/// Strings by small number; 0 is the empty string.
class StringPool {
 public:
  StringPool() { Intern({}); }

  uint32_t Intern(std::string_view text) {
    bool is_new = false;
    return index_.Intern(std::string(text), is_new);
  }
  const std::string& Text(uint32_t id) const { return index_.keys()[id]; }

 private:
  struct Hash {
    uint64_t operator()(const std::string& text) const {
      return Mix64(std::hash<std::string>{}(text));
    }
  };
  FlatIndex<std::string, Hash> index_;
};

struct PlaceFacts {
  CountryCode country = 0;
  Continent continent = Continent::kUnknown;
  bool has_coordinates = false;
  float latitude = 0;
  float longitude = 0;
  uint32_t subdivision_code = 0;  // these four: in the StringPool
  uint32_t subdivision_name = 0;
  uint32_t second_subdivision = 0;  // flat schema's state2
  uint32_t city = 0;
  uint32_t asn = 0;

  /// False: the record has only an autonomous system number, or nothing.
  bool HasPlace() const { return country != 0 || has_coordinates; }
};

}  // namespace waypost::geo
