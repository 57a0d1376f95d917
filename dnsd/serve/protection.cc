#include "dnsd/serve/protection.h"

#include <chrono>

namespace waypost::serve {

Moment Moment::Now() noexcept {
  using std::chrono::duration_cast;
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  const auto steady = std::chrono::steady_clock::now().time_since_epoch();
  return {
      static_cast<uint32_t>(duration_cast<std::chrono::seconds>(wall).count()),
      static_cast<uint64_t>(duration_cast<std::chrono::microseconds>(steady).count()),
  };
}

}  // namespace waypost::serve
