// Memory for many small byte strings that live and die together: a bump pointer over chunks, each
// twice as large as the one before, so that addresses stay valid while it grows.
//
// Thread safety: none while allocating; what was allocated may be read by any thread.
// Ownership: the arena owns all bytes; moving the arena keeps them where they are.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <span>
#include <utility>

namespace waypost::zone {

class Arena {
 public:
  /// Large enough that a zone of a million names takes a few hundred chunks.
  static constexpr size_t kChunkOctets = size_t{64} << 10;
  /// A zone of ten records fits into two chunks.
  static constexpr size_t kFirstChunkOctets = 256;

  Arena() = default;
  /// With room for `octets`, in memory of just that size.
  explicit Arena(size_t octets) {
    if (octets > 0) AddChunk(octets);
  }
  Arena(Arena&& other) noexcept
      : last_(std::exchange(other.last_, nullptr)),
        next_(std::exchange(other.next_, nullptr)),
        left_(std::exchange(other.left_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  Arena& operator=(Arena&& other) noexcept {
    std::swap(last_, other.last_);
    std::swap(next_, other.next_);
    std::swap(left_, other.left_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  ~Arena() {
    while (last_ != nullptr) ::operator delete(std::exchange(last_, last_->before));
  }

  /// `size` octets, not initialised, unaligned.
  uint8_t* Allocate(size_t size) {
    if (size > left_) Grow(size);
    uint8_t* const result = next_;
    next_ += size;
    left_ -= size;
    return result;
  }

  std::span<const uint8_t> Store(std::span<const uint8_t> bytes) {
    uint8_t* const copy = Allocate(bytes.size());
    if (!bytes.empty()) std::memcpy(copy, bytes.data(), bytes.size());
    return {copy, bytes.size()};
  }

  /// Octets taken from the system.
  size_t capacity() const { return capacity_; }

 private:
  /// What stands before the octets of a chunk.
  struct Chunk {
    Chunk* before;
  };

  void Grow(size_t size) {
    const size_t wanted = std::clamp(capacity_, kFirstChunkOctets, kChunkOctets);
    AddChunk(std::max(size, wanted));
  }

  void AddChunk(size_t octets) {
    void* const memory = ::operator new(sizeof(Chunk) + octets);
    last_ = new (memory) Chunk{last_};
    next_ = static_cast<uint8_t*>(memory) + sizeof(Chunk);
    left_ = octets;
    capacity_ += octets;
  }

  Chunk* last_ = nullptr;
  uint8_t* next_ = nullptr;
  size_t left_ = 0;
  size_t capacity_ = 0;
};

}  // namespace waypost::zone
