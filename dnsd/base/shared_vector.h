// A vector whose copies share what they have in common: a copy shares all chunks, and a change
// copies only the chunk that it touches (as base/shared_map.h, for what is found by position).
//
// Thread safety: as a standard container; copies may be used by different threads though they
// share. Ownership: shared. References last until this copy is changed.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace waypost {

template <typename T>
class SharedVector {
 public:
  static constexpr size_t kChunkItems = 128;

  SharedVector() = default;
  explicit SharedVector(size_t size) { Resize(size); }

  size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  const T& operator[](size_t i) const noexcept {
    return (*chunks_[i / kChunkItems])[i % kChunkItems];
  }
  const T& back() const noexcept { return (*this)[size_ - 1]; }

  /// To change; no other vector shares it from now on.
  T& Own(size_t i) {
    std::shared_ptr<Chunk>& chunk = chunks_[i / kChunkItems];
    if (chunk.use_count() > 1) {
      chunk = std::make_shared<Chunk>(*chunk);
    } else {
      std::atomic_thread_fence(std::memory_order_acquire);  // use_count() is relaxed
    }
    return (*chunk)[i % kChunkItems];
  }
  void push_back(T item) {
    Resize(size_ + 1);
    Own(size_ - 1) = std::move(item);
  }
  void pop_back() {
    Own(size_ - 1) = T();
    Resize(size_ - 1);
  }

 private:
  using Chunk = std::array<T, kChunkItems>;

  /// New items are T().
  void Resize(size_t size) {
    size_ = size;
    const size_t chunks = (size + kChunkItems - 1) / kChunkItems;
    while (chunks_.size() < chunks) chunks_.push_back(std::make_shared<Chunk>());
    chunks_.resize(chunks);
  }

  std::vector<std::shared_ptr<Chunk>> chunks_;
  size_t size_ = 0;
};

}  // namespace waypost
