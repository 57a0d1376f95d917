// What a query wants of a record.
#pragma once

#include <cstddef>
#include <cstdint>

namespace waypost::steer {

/// A service is answered by endpoints of every kind.
enum class Want : uint8_t { kA, kAaaa, kCname, kService };
inline constexpr size_t kWants = 4;

}  // namespace waypost::steer
