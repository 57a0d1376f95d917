// Counts what a test program allocates: a program that calls this has its operator new replaced.
//
// Thread safety: any thread; each has a count of its own.
#pragma once

#include <cstdint>

namespace waypost::test {

/// Calls of any operator new by this thread so far.
uint64_t AllocationsOfThisThread();

}  // namespace waypost::test
