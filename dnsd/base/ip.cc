#include "dnsd/base/ip.h"

#include <arpa/inet.h>
#include <endian.h>

#include <charconv>
#include <cstring>

namespace waypost {
namespace {

constexpr size_t kMaxText = INET6_ADDRSTRLEN;

uint64_t LoadBigEndian(const uint8_t* bytes) {
  uint64_t value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return be64toh(value);
}

void StoreBigEndian(uint64_t value, uint8_t* bytes) {
  value = htobe64(value);
  std::memcpy(bytes, &value, sizeof value);
}

template <typename Number>
std::optional<Number> ParseNumber(std::string_view text, Number maximum) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > maximum) return {};
  return static_cast<Number>(value);
}

}  // namespace

IpAddress IpAddress::FromBytes(IpFamily family, const uint8_t* bytes) noexcept {
  if (family == IpFamily::kV6) return FromV6(LoadBigEndian(bytes), LoadBigEndian(bytes + 8));
  return FromV4(static_cast<uint32_t>(bytes[0]) << 24 | static_cast<uint32_t>(bytes[1]) << 16 |
                static_cast<uint32_t>(bytes[2]) << 8 | bytes[3]);
}

std::optional<IpAddress> IpAddress::Parse(std::string_view text) {
  if (text.empty() || text.size() >= kMaxText) return {};
  char terminated[kMaxText] = {};
  text.copy(terminated, text.size());
  uint8_t bytes[16];
  if (inet_pton(AF_INET, terminated, bytes) == 1) return FromBytes(IpFamily::kV4, bytes);
  if (inet_pton(AF_INET6, terminated, bytes) == 1) return FromBytes(IpFamily::kV6, bytes);
  return {};
}

size_t IpAddress::WriteBytes(uint8_t* out) const noexcept {
  if (is_v4()) {
    const uint32_t octets = htobe32(v4());
    std::memcpy(out, &octets, sizeof octets);
    return 4;
  }
  StoreBigEndian(high_, out);
  StoreBigEndian(low_, out + 8);
  return 16;
}

std::string IpAddress::ToString() const {
  uint8_t bytes[16];
  WriteBytes(bytes);
  char text[kMaxText];
  inet_ntop(is_v4() ? AF_INET : AF_INET6, bytes, text, sizeof text);
  return text;
}

std::optional<IpPrefix> IpPrefix::Parse(std::string_view text) {
  const size_t slash = text.find('/');
  const auto address = IpAddress::Parse(text.substr(0, slash));
  if (!address) return {};
  IpPrefix prefix{*address, address->bits()};
  if (slash != std::string_view::npos) {
    const auto length = ParseNumber<uint8_t>(text.substr(slash + 1), address->bits());
    if (!length) return {};
    prefix.length = *length;
  }
  if (address->Masked(prefix.length) != *address) return {};
  return prefix;
}

std::string IpPrefix::ToString() const { return address.ToString() + "/" + std::to_string(length); }

std::optional<SocketAddress> SocketAddress::Parse(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return {};
  const auto port = ParseNumber<uint16_t>(text.substr(colon + 1), 65535);
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto address = IpAddress::Parse(host);
  if (!port || !address || address->is_v4() == bracketed) return {};
  return SocketAddress{*address, *port};
}

std::string SocketAddress::ToString() const {
  const std::string host = address.is_v4() ? address.ToString() : "[" + address.ToString() + "]";
  return host + ":" + std::to_string(port);
}

}  // namespace waypost
