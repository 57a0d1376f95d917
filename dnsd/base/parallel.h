// Independent work on all cores, for what is done once in a while and in bulk.
//
// Thread safety: `work` is called from several threads at once, for each number once. It must not
// throw.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace waypost {

/// Threads beyond this would wait for memory and the disk more than they help.
inline constexpr size_t kMaxParallel = 8;

/// work(0) to work(count - 1); returns when all are done. `share`: how many a thread takes at once;
/// fewer than two shares are done by the caller alone.
template <typename Work>
void ParallelFor(size_t count, size_t share, const Work& work) {
  std::atomic<size_t> next{0};
  const auto run = [&] {
    for (size_t begin; (begin = next.fetch_add(share, std::memory_order_relaxed)) < count;) {
      for (size_t i = begin; i < std::min(begin + share, count); ++i) work(i);
    }
  };
  const size_t cores = std::clamp<size_t>(std::thread::hardware_concurrency(), 1, kMaxParallel);
  std::vector<std::thread> helpers;
  for (size_t i = 1; i < std::min(cores, (count + share - 1) / share); ++i)
    helpers.emplace_back(run);
  run();
  for (std::thread& helper : helpers) helper.join();
}

}  // namespace waypost
