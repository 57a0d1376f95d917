// Writes a message record by record, with name compression that remembers every name, so that
// transfers put many records into a message (RFC 5936 section 3.4).
//
// Names are compressed against names of the same case only: a transfer keeps the case of all names
// (RFC 5936 section 3.3). Pointers lead back, and never beyond what 14 bits reach.
//
// Thread safety: one thread. Ownership: the buffer, and the names and RDATA that are added, must
// outlive it. Errors: what does not fit is not written, and told by false.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>

namespace waypost::transfer {

/// A record that lies somewhere else.
struct RrView {
  std::string_view owner;
  uint16_t type = 0;
  uint32_t ttl = 0;
  std::string_view rdata;
  uint16_t record_class = 1;
};

enum class Part : uint8_t { kAnswer, kAuthority, kAdditional };

class MessageWriter {
 public:
  /// Writes the header. `buffer`: 512 to 65535 octets, as many as the message may have.
  MessageWriter(std::span<uint8_t> buffer, uint16_t id, uint16_t flags);

  bool AddQuestion(std::string_view name, uint16_t type, uint16_t record_class = 1);
  /// Parts must be filled in their order.
  bool Add(Part part, const RrView& record);
  /// Octets at the end that records may not fill from now on.
  void Reserve(size_t octets) { limit_ = buffer_.size() - octets; }
  size_t octets() const { return at_; }

 private:
  bool WriteName(std::string_view name);
  bool WriteRdata(const RrView& record);
  bool WriteOctets(std::string_view octets);
  bool WriteNumber(uint64_t value, size_t octets);
  void CountUp(size_t field);

  const std::span<uint8_t> buffer_;
  size_t limit_;
  size_t at_;
  std::unordered_map<std::string_view, uint16_t> names_;
};

}  // namespace waypost::transfer
