// Resource records of class IN as plain values, on their way from a master file (or any other
// source) to a zone: owner, type, TTL, uncompressed RDATA, and the place where each was declared.
//
// A record takes 32 octets and its owner and RDATA, both in one arena that the built zone takes
// over, so that a million records need no million allocations and are copied once.
//
// Thread safety: none while adding. Ownership: views point into the Records and die with it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dnsd/base/problem.h"
#include "dnsd/wire/name.h"
#include "dnsd/zone/arena.h"
#include "dnsd/zone/wire_names.h"

namespace waypost::zone {

inline constexpr size_t kMaxRdataOctets = 65535;

class Records {
 public:
  struct Entry {
    const uint8_t* owner;  // uncompressed wire format
    const uint8_t* rdata;  // two octets of length in network order, then that many octets
    uint32_t ttl;          // seconds
    uint32_t line;         // 0: unknown
    uint16_t type;
    uint16_t file;  // for FileOf

    std::span<const uint8_t> rdata_bytes() const {
      return {rdata + 2, static_cast<size_t>(rdata[0] << 8 | rdata[1])};
    }
    /// The length, then the octets.
    std::span<const uint8_t> prefixed_rdata() const { return {rdata, rdata_bytes().size() + 2}; }
  };

  /// Later records come from `file`, for messages.
  void SetFile(const std::string& file);
  /// `rdata` holds at most kMaxRdataOctets. An owner equal to the one before, octet by octet, is
  /// stored once.
  void Add(NameView owner, uint16_t type, uint32_t ttl, std::span<const uint8_t> rdata,
           uint32_t line = 0);
  /// The same with owning values, for those who make records by hand.
  void Add(const wire::Name& owner, uint16_t type, uint32_t ttl, std::string_view rdata);

  /// Copies nothing: `owner` and `rdata` (as in an Entry) must outlive the records, and the zone
  /// that is built of them.
  void AddBorrowed(const uint8_t* owner, uint16_t type, uint32_t ttl, const uint8_t* rdata) {
    entries_.push_back({owner, rdata, ttl, 0, type, file_});
  }
  template <typename Predicate>
  void EraseIf(Predicate is_to_go) {
    std::erase_if(entries_, is_to_go);
  }

  std::span<const Entry> entries() const { return entries_; }
  size_t size() const { return entries_.size(); }
  const std::string& FileOf(const Entry& entry) const { return files_[entry.file]; }
  /// The first that was named, though nothing may come from it; empty: none.
  const std::string& first_file() const { return files_[files_.size() > 1 ? 1 : 0]; }
  /// Octets of memory held.
  size_t footprint() const { return arena_.capacity() + entries_.capacity() * sizeof(Entry); }
  /// The memory that owners and RDATA live in; the entries stay valid while the arena does.
  Arena TakeArena() && { return std::move(arena_); }

 private:
  std::vector<Entry> entries_;
  std::vector<std::string> files_{std::string()};
  uint16_t file_ = 0;
  Arena arena_;
  NameView last_owner_;
};

/// The same records in the same order, octet by octet.
bool IsSame(const Records& a, const Records& b);

/// "www.example.com A", as problems name a record.
std::string ObjectName(const uint8_t* owner, uint16_t type);

}  // namespace waypost::zone
