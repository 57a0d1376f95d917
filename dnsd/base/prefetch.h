// Begins to load memory that will be read soon.
#pragma once

namespace waypost {

/// `at` need not be readable; nothing is read then.
inline void Prefetch(const void* at) noexcept {
  __builtin_prefetch(at);
  // Without this, g++ takes a function that does nothing else for one without effects, and leaves
  // out its calls.
  asm volatile("");
}

}  // namespace waypost
