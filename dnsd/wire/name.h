// A domain name in wire format: length-prefixed labels, ended by the empty root label,
// uncompressed, at most 255 octets (RFC 1035 section 3.1). Case is kept; comparisons ignore it (RFC
// 4343).
//
// This is the owning value for configuration and zone building; the query path works on views into
// packets.
//
// Thread safety: a value. Errors: text that is not a domain name gives an Error that says why.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "dnsd/base/result.h"

namespace waypost::wire {

inline constexpr size_t kMaxNameOctets = 255;
inline constexpr size_t kMaxLabelOctets = 63;

/// ASCII only, as RFC 4343 wants it; every other octet stays as it is.
constexpr uint8_t Lower(uint8_t octet) {
  return octet >= 'A' && octet <= 'Z' ? static_cast<uint8_t>(octet + ('a' - 'A')) : octet;
}

class Name {
 public:
  /// The root.
  Name() : wire_(1, '\0') {}
  /// Presentation format with \X and \DDD escapes (RFC 1035 section 5.1); the last dot may be
  /// missing. "." is the root.
  static Result<Name> Parse(std::string_view text);
  /// `wire` must be a whole, uncompressed name as described above.
  static Result<Name> FromWire(std::string_view wire);

  std::string_view wire() const { return wire_; }
  bool is_root() const { return wire_.size() == 1; }
  /// Labels without the root label.
  size_t label_count() const;
  bool is_wildcard() const { return wire_.size() > 1 && wire_[0] == 1 && wire_[1] == '*'; }
  /// Precondition: not the root.
  Name Parent() const;
  Name Lowered() const;
  /// True also for the name itself.
  bool IsAtOrBelow(const Name& ancestor) const;
  /// Without the last dot, but "." for the root.
  std::string ToString() const;

  /// Ignores case.
  bool operator==(const Name& other) const;

 private:
  explicit Name(std::string wire) : wire_(std::move(wire)) {}

  std::string wire_;
};

}  // namespace waypost::wire
