#include "dnsd/wire/compressor.h"

#include <cstring>

#include "dnsd/wire/name.h"
#include "dnsd/wire/octets.h"

namespace waypost::wire {
namespace {

/// A pointer has 14 bits for its offset.
constexpr size_t kPointerReach = 0x4000;
constexpr uint16_t kPointer = 0xC000;
constexpr size_t kPointerOctets = 2;
/// 255 octets hold at most 127 labels and the root.
constexpr size_t kMaxLabels = 127;

/// FNV-1a; its collisions cost only a comparison.
uint32_t HashLabel(uint32_t hash, const uint8_t* label) noexcept {
  const size_t octets = 1U + label[0];
  for (size_t i = 0; i < octets; ++i) hash = (hash ^ Lower(label[i])) * 0x01000193U;
  return hash;
}

bool LabelsEqual(const uint8_t* a, const uint8_t* b) noexcept {
  for (size_t i = 0; i <= a[0]; ++i) {
    if (Lower(a[i]) != Lower(b[i])) return false;
  }
  return true;
}

/// `offset` holds a name that this program wrote: its pointers lead back and end.
bool NameStandsAt(std::span<const uint8_t> message, size_t offset, const uint8_t* name) noexcept {
  for (;;) {
    const uint8_t* there = message.data() + offset;
    if (there[0] > kMaxLabelOctets) {
      offset = ReadU16(there) & (kPointerReach - 1);
      continue;
    }
    if (!LabelsEqual(there, name)) return false;
    if (there[0] == 0) return true;
    offset += 1U + there[0];
    name += 1U + name[0];
  }
}

}  // namespace

/// A name's labels with the hash of the suffix that begins at each.
struct Compressor::Split {
  size_t count = 0;
  std::array<uint8_t, kMaxLabels> at;
  std::array<uint32_t, kMaxLabels> hash;

  explicit Split(const uint8_t* name) noexcept {
    for (size_t i = 0; name[i] != 0; i += 1U + name[i]) at[count++] = static_cast<uint8_t>(i);
    uint32_t suffix = 0x811C9DC5U;
    for (size_t i = count; i-- > 0;) hash[i] = suffix = HashLabel(suffix, name + at[i]);
  }
};

void Compressor::Remember(std::span<const uint8_t> message, size_t offset) noexcept {
  const Split split(message.data() + offset);
  for (size_t i = 0; i < split.count; ++i) Enter(split.hash[i], offset + split.at[i]);
}

size_t Compressor::Write(std::span<uint8_t> message, size_t offset,
                         std::span<const uint8_t> name) noexcept {
  const Split split(name.data());
  size_t label = 0;
  uint16_t target = 0;
  while (label < split.count) {
    target = Find(message, split.hash[label], name.subspan(split.at[label]));
    if (target != 0) break;
    ++label;
  }
  const size_t copied = label < split.count ? split.at[label] : name.size();
  const size_t octets = copied + (target != 0 ? kPointerOctets : 0);
  if (message.size() - offset < octets) return 0;

  std::memcpy(message.data() + offset, name.data(), copied);
  if (target != 0) WriteU16(message.data() + offset + copied, kPointer | target);
  for (size_t i = 0; i < label; ++i) Enter(split.hash[i], offset + split.at[i]);
  return octets;
}

uint16_t Compressor::Find(std::span<const uint8_t> message, uint32_t hash,
                          std::span<const uint8_t> name) const noexcept {
  if (count_ == 0) return 0;
  for (uint16_t i = heads_[hash % kBuckets]; i != kEnd; i = next_[i]) {
    if (hashes_[i] == hash && NameStandsAt(message, offsets_[i], name.data())) return offsets_[i];
  }
  return 0;
}

void Compressor::Enter(uint32_t hash, size_t offset) noexcept {
  if (count_ == kMaxEntries || offset >= kPointerReach) return;
  if (count_ == 0) heads_.fill(kEnd);
  uint16_t& head = heads_[hash % kBuckets];
  hashes_[count_] = hash;
  offsets_[count_] = static_cast<uint16_t>(offset);
  next_[count_] = head;
  head = static_cast<uint16_t>(count_++);
}

void Compressor::Forget(size_t keep) noexcept {
  // The newest entry is the head of its chain.
  for (; count_ > keep; --count_) heads_[hashes_[count_ - 1] % kBuckets] = next_[count_ - 1];
}

}  // namespace waypost::wire
