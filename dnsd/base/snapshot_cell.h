// Publishes immutable snapshots to worker threads that must not wait.
//
// A writer replaces the snapshot under a mutex and raises a counter; a reader compares the counter
// with the one of its own copy, which costs one relaxed load when nothing changed, and takes the
// mutex only when it did. (std::atomic<std::shared_ptr> in libstdc++ 12 is not free of data races
// under ThreadSanitizer, and not lock-free.)
//
// Thread safety: Publish and Load from any thread; a Reader belongs to one thread.
// Ownership: shared. The last holder frees a snapshot; keep old ones on the control thread until
// readers moved on (Cell::Publish returns the former one) so that a worker never pays for freeing.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace waypost {

template <typename T>
class SnapshotCell {
 public:
  using Pointer = std::shared_ptr<const T>;

  explicit SnapshotCell(Pointer initial = nullptr) : current_(std::move(initial)) {}

  /// Returns the former snapshot.
  Pointer Publish(Pointer next) {
    const std::lock_guard lock(mutex_);
    current_.swap(next);
    generation_.fetch_add(1, std::memory_order_release);
    return next;
  }

  Pointer Load() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }

  uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

  class Reader {
   public:
    explicit Reader(const SnapshotCell& cell) : cell_(cell) { Refresh(); }

    /// The latest snapshot; valid until the next call. Call it once per batch of work.
    const T* Get() {
      if (cell_.generation() != seen_) Refresh();
      return copy_.get();
    }

    /// Generation of what Get returned; may be read by other threads to learn that this one moved
    /// on.
    uint64_t seen() const { return published_seen_.load(std::memory_order_acquire); }

   private:
    void Refresh() {
      const std::lock_guard lock(cell_.mutex_);
      copy_ = cell_.current_;
      seen_ = cell_.generation_.load(std::memory_order_relaxed);
      published_seen_.store(seen_, std::memory_order_release);
    }

    const SnapshotCell& cell_;
    Pointer copy_;
    uint64_t seen_ = 0;
    std::atomic<uint64_t> published_seen_{0};
  };

 private:
  mutable std::mutex mutex_;
  Pointer current_;
  std::atomic<uint64_t> generation_{1};
};

}  // namespace waypost
