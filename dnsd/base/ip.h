// IP addresses and prefixes as values, small enough to pass around and cheap to compare.
//
// Thread safety: values. Errors: text that is not an address or prefix gives nullopt.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace waypost {

enum class IpFamily : uint8_t { kV4, kV6 };

class IpAddress {
 public:
  constexpr IpAddress() = default;
  /// `host_order`: 192.0.2.1 is 0xC0000201.
  static constexpr IpAddress FromV4(uint32_t host_order) {
    return IpAddress(IpFamily::kV4, static_cast<uint64_t>(host_order) << 32, 0);
  }
  /// The upper and lower half of the address as numbers.
  static constexpr IpAddress FromV6(uint64_t high, uint64_t low) {
    return IpAddress(IpFamily::kV6, high, low);
  }
  /// `bytes` in network order: 4 for kV4, 16 for kV6.
  static IpAddress FromBytes(IpFamily family, const uint8_t* bytes) noexcept;
  /// Dotted quad or RFC 4291 section 2.2 text, without zone or brackets.
  static std::optional<IpAddress> Parse(std::string_view text);

  constexpr IpFamily family() const { return family_; }
  constexpr bool is_v4() const { return family_ == IpFamily::kV4; }
  /// 32 or 128.
  constexpr uint8_t bits() const { return is_v4() ? 32 : 128; }
  /// Only of kV4.
  constexpr uint32_t v4() const { return static_cast<uint32_t>(high_ >> 32); }
  /// The address's bits, the first one highest; a kV4 address fills the upper 32 of `high`.
  constexpr uint64_t high() const { return high_; }
  constexpr uint64_t low() const { return low_; }
  /// Writes 4 or 16 bytes in network order; returns how many.
  size_t WriteBytes(uint8_t* out) const noexcept;
  /// The first `length` bits, the rest zero.
  constexpr IpAddress Masked(uint8_t length) const {
    const uint64_t high = length >= 64 ? high_ : high_ & HighMask(length);
    const uint64_t low = length <= 64 ? 0 : length >= 128 ? low_ : low_ & HighMask(length - 64);
    return IpAddress(family_, high, low);
  }
  /// RFC 5952 text.
  std::string ToString() const;

  constexpr auto operator<=>(const IpAddress&) const = default;

 private:
  constexpr IpAddress(IpFamily family, uint64_t high, uint64_t low)
      : family_(family), high_(high), low_(low) {}
  static constexpr uint64_t HighMask(unsigned length) {
    return length == 0 ? 0 : ~uint64_t{0} << (64 - length);
  }

  IpFamily family_ = IpFamily::kV4;
  uint64_t high_ = 0;
  uint64_t low_ = 0;
};

struct IpPrefix {
  IpAddress address;  // bits after `length` are zero
  uint8_t length = 0;

  /// "ADDRESS/LENGTH", or an address alone for its full length. Bits after the length must be zero.
  static std::optional<IpPrefix> Parse(std::string_view text);
  constexpr bool Contains(const IpAddress& other) const {
    return other.family() == address.family() && other.Masked(length) == address;
  }
  std::string ToString() const;

  constexpr auto operator<=>(const IpPrefix&) const = default;
};

/// An address with a port: "127.0.0.1:53" or "[::1]:53".
struct SocketAddress {
  IpAddress address;
  uint16_t port = 0;

  static std::optional<SocketAddress> Parse(std::string_view text);
  std::string ToString() const;

  constexpr auto operator<=>(const SocketAddress&) const = default;
};

}  // namespace waypost
