// Memory for many small byte strings that live and die together: a bump pointer over large chunks,
// so that addresses stay valid while it grows.
//
// Thread safety: none while allocating; what was allocated may be read by any thread.
// Ownership: the arena owns all bytes; moving the arena keeps them where they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace waypost::zone {

class Arena {
 public:
  /// Large enough that a zone of a million names takes a few hundred chunks, small enough that a
  /// tiny zone wastes little.
  static constexpr size_t kChunkOctets = size_t{64} << 10;

  Arena() = default;
  Arena(Arena&& other) noexcept
      : chunks_(std::move(other.chunks_)),
        next_(std::exchange(other.next_, nullptr)),
        left_(std::exchange(other.left_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  Arena& operator=(Arena&&) = delete;

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
  void Grow(size_t size) {
    left_ = size > kChunkOctets ? size : kChunkOctets;
    chunks_.emplace_back(new uint8_t[left_]);
    next_ = chunks_.back().get();
    capacity_ += left_;
  }

  std::vector<std::unique_ptr<uint8_t[]>> chunks_;
  uint8_t* next_ = nullptr;
  size_t left_ = 0;
  size_t capacity_ = 0;
};

}  // namespace waypost::zone
