// What the C library's heap keeps of memory that was freed.
//
// A director takes much more memory for a moment when it reads its zones than it needs afterwards.
// By default glibc raises the size from which on blocks have pages of their own whenever such a
// block is freed, so that later ones come from the heap, between small blocks that stay, and never
// go back to the system.
//
// Thread safety: any thread.
#pragma once

#include <malloc.h>

namespace waypost {

/// Blocks of 256 KiB and more have pages of their own, which go back when they are freed. To be
/// called before there are other threads.
inline void KeepLargeBlocksApart() {
  mallopt(M_MMAP_THRESHOLD, 256 << 10);
  mallopt(M_TRIM_THRESHOLD, 1 << 20);
}

/// Gives all free pages back; some milliseconds for each 100 MiB, during which threads that
/// allocate from the same arena wait.
inline void GiveBackFreePages() { malloc_trim(0); }

}  // namespace waypost
