#include "dnsd/base/parallel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <set>

namespace waypost {
namespace {

TEST(ParallelFor, DoesEachOnce) {
  for (const size_t count : {0, 1, 7, 1000}) {
    std::vector<std::atomic<int>> done(count);
    ParallelFor(count, 16, [&](size_t i) { done[i].fetch_add(1); });
    EXPECT_TRUE(std::all_of(done.begin(), done.end(), [](const auto& n) { return n == 1; }));
  }
}

TEST(ParallelFor, LittleWorkStaysWithTheCaller) {
  std::set<std::thread::id> threads;
  ParallelFor(16, 16, [&](size_t) { threads.insert(std::this_thread::get_id()); });
  EXPECT_EQ(threads, std::set<std::thread::id>{std::this_thread::get_id()});
}

}  // namespace
}  // namespace waypost
