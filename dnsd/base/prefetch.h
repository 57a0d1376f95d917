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

/// Reads an octet of it, which must be readable, and waits for nothing: in a short loop over many
/// places the processor has several of these on their way at a time. Where a prefetch came late,
/// this did not (tests/bench/RESULTS.md).
inline void Touch(const void* at) noexcept {
  asm volatile("" : : "r"(*static_cast<const char*>(at)));
}

}  // namespace waypost
