// Name compression (RFC 1035 section 4.1.4): remembers where names stand in one message and writes
// further names as their new labels and a pointer back.
//
// A table of fixed size; when it is full, names are only no longer remembered. Comparison ignores
// case.
//
// Thread safety: one thread. Errors: a name that does not fit is not written. Nothing allocates.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace waypost::wire {

class Compressor {
 public:
  /// Enough for 13 name servers of three labels each with their addresses; the search is linear.
  static constexpr size_t kMaxEntries = 64;

  /// Remembers the uncompressed name that stands at `offset` of the message.
  void Remember(std::span<const uint8_t> message, size_t offset) noexcept;

  /// Writes `name` (wire format, uncompressed) at `offset`; the message ends where its span ends.
  /// Returns the octets written, 0 if they do not fit.
  size_t Write(std::span<uint8_t> message, size_t offset, std::span<const uint8_t> name) noexcept;

  /// For taking back what was written: Forget(n) leaves the first n entries.
  size_t entries() const noexcept { return count_; }
  void Forget(size_t keep) noexcept { count_ = keep; }

 private:
  struct Split;

  /// Offset of an equal name in the message, or 0.
  uint16_t Find(std::span<const uint8_t> message, uint32_t hash,
                std::span<const uint8_t> name) const noexcept;
  void Enter(uint32_t hash, size_t offset) noexcept;

  size_t count_ = 0;
  std::array<uint32_t, kMaxEntries> hashes_;
  std::array<uint16_t, kMaxEntries> offsets_;
};

}  // namespace waypost::wire
