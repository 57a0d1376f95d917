// Blocks of several MiB in huge pages, for all that the program and its libraries ask for with
// `new`. A load passes through half a dozen copies of all text that it reads, each of them taken
// from the system, filled once and given back: with pages of 4 KiB that is one fault a page, which
// on some virtual machines is more than half of a start (tests/bench/RESULTS.md).
//
// Only whole huge pages are asked for, so that nothing is resident that nobody uses. Where the
// system has none to give, it is ordinary memory.
#include <jemalloc/jemalloc.h>
#include <sys/mman.h>

#include <bit>
#include <cstdlib>
#include <new>

#include "dnsd/base/huge_pages.h"

namespace {

using waypost::kHugePageOctets;

constexpr size_t kLarge = 2 * kHugePageOctets;
constexpr int kOnHugePage = MALLOCX_LG_ALIGN(std::countr_zero(kHugePageOctets));

void* Allocate(size_t octets) noexcept {
  if (octets < kLarge) return mallocx(octets == 0 ? 1 : octets, 0);
  void* const block = mallocx(octets, kOnHugePage);
  if (block != nullptr) {
    madvise(block, octets / kHugePageOctets * kHugePageOctets, MADV_HUGEPAGE);
  }
  return block;
}

void* AllocateOrThrow(size_t octets) {
  void* const block = Allocate(octets);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

void Free(void* block, size_t octets) noexcept {
  if (block == nullptr) return;
  sdallocx(block, octets == 0 ? 1 : octets, octets < kLarge ? 0 : kOnHugePage);
}

}  // namespace

void* operator new(size_t octets) { return AllocateOrThrow(octets); }
void* operator new[](size_t octets) { return AllocateOrThrow(octets); }
void* operator new(size_t octets, const std::nothrow_t&) noexcept { return Allocate(octets); }
void* operator new[](size_t octets, const std::nothrow_t&) noexcept { return Allocate(octets); }
void operator delete(void* block) noexcept { free(block); }
void operator delete[](void* block) noexcept { free(block); }
void operator delete(void* block, size_t octets) noexcept { Free(block, octets); }
void operator delete[](void* block, size_t octets) noexcept { Free(block, octets); }
void operator delete(void* block, const std::nothrow_t&) noexcept { free(block); }
void operator delete[](void* block, const std::nothrow_t&) noexcept { free(block); }
