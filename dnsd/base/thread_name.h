// Names for threads, as `top -H`, `ps -T` and `perf` show them.
#pragma once

#include <pthread.h>

#include <string>
#include <string_view>

namespace waypost {

/// Of the calling thread. Linux keeps the first 15 octets.
inline void NameThread(std::string_view name) noexcept {
  char kept[16] = {};
  name.copy(kept, sizeof(kept) - 1);
  pthread_setname_np(pthread_self(), kept);
}

}  // namespace waypost
