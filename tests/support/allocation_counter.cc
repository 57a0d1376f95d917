#include "tests/support/allocation_counter.h"

#include <cstdlib>
#include <new>

namespace {

thread_local uint64_t allocations = 0;

void* Count(size_t octets) noexcept {
  ++allocations;
  return std::malloc(octets);
}

void* CountAligned(size_t octets, std::align_val_t alignment) noexcept {
  ++allocations;
  const auto unit = static_cast<size_t>(alignment);
  return std::aligned_alloc(unit, (octets + unit - 1) / unit * unit);
}

void* OrThrow(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

namespace waypost::test {

uint64_t AllocationsOfThisThread() { return allocations; }

}  // namespace waypost::test

// Sanitizers replace every form, so every form is replaced here, lest new and delete mismatch. The
// array forms of the library call these.
void* operator new(size_t octets) { return OrThrow(Count(octets)); }
void* operator new(size_t octets, const std::nothrow_t&) noexcept { return Count(octets); }
void* operator new(size_t octets, std::align_val_t unit) {
  return OrThrow(CountAligned(octets, unit));
}
void* operator new[](size_t octets) { return OrThrow(Count(octets)); }
void* operator new[](size_t octets, const std::nothrow_t&) noexcept { return Count(octets); }
void* operator new[](size_t octets, std::align_val_t unit) {
  return OrThrow(CountAligned(octets, unit));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t, std::align_val_t) noexcept { std::free(memory); }
