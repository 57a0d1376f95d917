#include "dnsd/base/heap.h"

#include <malloc.h>

#include <cstddef>

// jemalloc's, where the program is linked with it; null elsewhere.
extern "C" __attribute__((weak)) int mallctl(const char* name, void* old, size_t* old_octets,
                                             void* value, size_t octets);

namespace waypost {

void GiveBackFreePages() noexcept {
  // 4096 stands for all arenas (MALLCTL_ARENAS_ALL).
  if (mallctl != nullptr) {
    mallctl("arena.4096.purge", nullptr, nullptr, nullptr, 0);
  } else {
    malloc_trim(0);
  }
}

}  // namespace waypost
