// Name compression (RFC 1035 section 4.1.4): remembers where names stand in one message and writes
// further names as their new labels and a pointer back.
//
// A hash table of fixed size; when it is full, names are only no longer remembered. Comparison
// ignores case (RFC 4343 section 4.1).
//
// Thread safety: one thread. Errors: a name that does not fit is not written. Nothing allocates.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace waypost::wire {

class Compressor {
 public:
  /// As many labels as can be new within reach of a pointer (16 KiB), if each begins a short name
  /// of a record of its own.
  static constexpr size_t kMaxEntries = 1024;

  /// Remembers the uncompressed name that stands at `offset` of the message.
  void Remember(std::span<const uint8_t> message, size_t offset) noexcept;

  /// Writes `name` (wire format, uncompressed) at `offset`; the message ends where its span ends.
  /// Returns the octets written, 0 if they do not fit.
  size_t Write(std::span<uint8_t> message, size_t offset, std::span<const uint8_t> name) noexcept;

  /// For taking back what was written: Forget(n) leaves the first n entries.
  size_t entries() const noexcept { return count_; }
  void Forget(size_t keep) noexcept;

 private:
  struct Split;

  /// Offset of an equal name in the message, or 0.
  uint16_t Find(std::span<const uint8_t> message, uint32_t hash,
                std::span<const uint8_t> name) const noexcept;
  void Enter(uint32_t hash, size_t offset) noexcept;

  /// A power of two. 128 octets to clear for a small reply; 16 links to a chain in the largest.
  static constexpr size_t kBuckets = 64;
  static constexpr uint16_t kEnd = 0xFFFF;

  size_t count_ = 0;
  // Without a meaning while nothing is entered, so that replies that compress nothing clear
  // nothing.
  std::array<uint16_t, kBuckets> heads_;
  std::array<uint32_t, kMaxEntries> hashes_;
  std::array<uint16_t, kMaxEntries> offsets_;
  std::array<uint16_t, kMaxEntries> next_;
};

}  // namespace waypost::wire
