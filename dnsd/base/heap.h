// What the heap keeps of memory that was freed: a director takes more memory for a moment when it
// reads its zones than it needs afterwards.
//
// Thread safety: any thread.
#pragma once

namespace waypost {

/// Gives all free pages back to the system; some milliseconds for each 100 MiB.
void GiveBackFreePages() noexcept;

}  // namespace waypost
