// Writes a reply into the caller's buffer: header, the question as it was asked, resource records
// with name compression, and an OPT record if the query had one.
//
// An RRset goes in whole or not at all (RFC 2181 section 5.1). Room for the OPT record is set aside
// from the start.
//
// Thread safety: one thread. Ownership: the query, the buffer and the options must outlive the
// writer. Errors: what does not fit is not written and reported by `false`. Nothing allocates or
// throws.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "dnsd/wire/compressor.h"
#include "dnsd/wire/header.h"
#include "dnsd/wire/query.h"
#include "dnsd/wire/reply_opt.h"

namespace waypost::wire {

enum class Section : uint8_t { kAnswer, kAuthority, kAdditional };

/// One RRset without its owner.
struct Records {
  uint16_t type = 0;
  uint16_t count = 0;
  uint32_t ttl_s = 0;
  /// `count` times: two octets of length in network order, then that many octets of uncompressed
  /// RDATA.
  std::span<const uint8_t> rdata;
  uint16_t record_class = kClassIn;
};

class ReplyWriter {
 public:
  /// `buffer`: 512 to 65535 octets, as many as the reply may have.
  ReplyWriter(const Query& query, std::span<uint8_t> buffer, const ReplyOptions& options) noexcept;

  /// Adds the RRset to a section; sections must be filled in their order. An `owner` equal to the
  /// lowered QNAME is written in the case of the query.
  bool Add(Section section, std::span<const uint8_t> owner, const Records& records) noexcept;

  void SetAuthoritative() noexcept { flags_ |= kFlagAuthoritative; }
  void ClearAuthoritative() noexcept {
    flags_ = static_cast<uint16_t>(flags_ & ~kFlagAuthoritative);
  }
  /// RFC 2181 section 9: something required did not fit.
  void SetTruncated() noexcept { flags_ |= kFlagTruncated; }
  bool truncated() const noexcept { return (flags_ & kFlagTruncated) != 0; }
  bool is_empty(Section section) const noexcept { return counts_[Index(section)] == 0; }

  /// Says in the OPT record, if there is one and room for it, why (RFC 8914).
  void SetExtendedError(ExtendedError error) noexcept { error_ = error; }
  /// Takes all records back and sets TC: the reply says "ask over TCP" and nothing else.
  void DropRecords() noexcept;

  /// Writes OPT and header; `scope` goes into the echo of a client subnet. Returns the reply's
  /// length. Rcodes above 15 only if the query had an OPT record.
  size_t Finish(Rcode rcode, uint8_t scope) noexcept;

 private:
  static constexpr size_t Index(Section section) { return static_cast<size_t>(section); }

  void WriteQuestion() noexcept;
  bool IsQuestion(std::span<const uint8_t> name) const noexcept;
  /// RRsets of the question's name whose RDATA holds no name to compress, as nearly all are.
  bool AddPlain(const Records& records) noexcept;
  /// All or none.
  bool AddEach(std::span<const uint8_t> owner, const Records& records) noexcept;
  bool AddOne(std::span<const uint8_t> owner, const Records& records,
              std::span<const uint8_t> rdata) noexcept;
  bool WriteName(std::span<const uint8_t> name) noexcept;
  bool WriteOctets(std::span<const uint8_t> octets) noexcept;
  bool WriteRdata(uint16_t type, std::span<const uint8_t> rdata) noexcept;
  size_t left() const noexcept { return limit_ - at_; }

  const Query& query_;
  const std::span<uint8_t> buffer_;
  const ReplyOptions& options_;
  size_t limit_;  // end of what records may fill
  size_t at_ = kHeaderOctets;
  size_t records_at_ = kHeaderOctets;  // behind the question
  std::optional<ExtendedError> error_;
  uint16_t flags_;
  std::array<uint16_t, 3> counts_{};
  Compressor compressor_;
};

}  // namespace waypost::wire
