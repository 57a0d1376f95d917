// Memory in pages of 2 MiB for tables that are large and read at random: with the usual pages of
// 4 KiB, most such reads also wait for the page's address, on virtual machines for longer than for
// the data (tests/bench/RESULTS.md). Where a system call makes the processor forget all such
// addresses, that goes for whatever lies scattered.
//
// Where the system has no such pages to give, it is ordinary memory.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <new>
#include <vector>

namespace waypost {

inline constexpr size_t kHugePageOctets = size_t{2} << 20;

/// For containers. What is smaller than such a page is ordinary memory.
template <typename T>
class HugePageAllocator {
 public:
  using value_type = T;

  HugePageAllocator() = default;
  template <typename U>
  HugePageAllocator(const HugePageAllocator<U>&) noexcept {}  // NOLINT(google-explicit-constructor)

  T* allocate(size_t count) {
    const size_t octets = count * sizeof(T);
    if (octets < kHugePageOctets) return static_cast<T*>(::operator new(octets));
    const size_t whole_pages = (octets + kHugePageOctets - 1) / kHugePageOctets * kHugePageOctets;
    void* const memory = std::aligned_alloc(kHugePageOctets, whole_pages);
    if (memory == nullptr) throw std::bad_alloc();
    madvise(memory, whole_pages, MADV_HUGEPAGE);
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, size_t count) noexcept {
    if (count * sizeof(T) < kHugePageOctets) return ::operator delete(memory);
    std::free(memory);
  }

  template <typename U>
  bool operator==(const HugePageAllocator<U>&) const noexcept {
    return true;
  }
};

template <typename T>
using HugeVector = std::vector<T, HugePageAllocator<T>>;

}  // namespace waypost
