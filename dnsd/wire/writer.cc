#include "dnsd/wire/writer.h"

#include <endian.h>

#include <algorithm>
#include <cstring>

#include "dnsd/wire/octet_words.h"
#include "dnsd/wire/octets.h"

namespace waypost::wire {
namespace {

constexpr uint16_t kPointerToQuestion = 0xC000 | kHeaderOctets;

/// Names inside RDATA that may be compressed: only those of RFC 1035's own types (RFC 3597
/// section 4).
struct RdataNames {
  size_t skip = 0;  // octets before the first name
  size_t names = 0;
};

constexpr RdataNames CompressibleNames(uint16_t type) noexcept {
  switch (type) {
    case 2:   // NS
    case 3:   // MD
    case 4:   // MF
    case 5:   // CNAME
    case 7:   // MB
    case 8:   // MG
    case 9:   // MR
    case 12:  // PTR
      return {0, 1};
    case 6:   // SOA
    case 14:  // MINFO
      return {0, 2};
    case 15:  // MX
      return {2, 1};
    default:
      return {};
  }
}

bool HasCompressibleNames(uint16_t type) noexcept {
  constexpr uint32_t kTypes = [] {
    uint32_t types = 0;
    for (uint16_t one = 0; one < 32; ++one) {
      if (CompressibleNames(one).names > 0) types |= 1U << one;
    }
    return types;
  }();
  return type < 32 && (kTypes >> type & 1) != 0;
}

/// Owner, type, class and TTL; lengths stand in front of RDATA.
constexpr size_t kPlainHeadOctets = 10;

/// What stands before the RDATA of a record whose owner is the question, as two numbers: octets
/// that were just written one by one would have to be waited for to be copied.
class PlainHead {
 public:
  explicit PlainHead(const Records& records) noexcept
      : first_(htobe64(uint64_t{kPointerToQuestion} << 48 | uint64_t{records.type} << 32 |
                       uint64_t{records.record_class} << 16 | records.ttl_s >> 16)),
        last_(htobe16(static_cast<uint16_t>(records.ttl_s))) {}

  void Write(uint8_t* out) const noexcept {
    std::memcpy(out, &first_, sizeof(first_));
    std::memcpy(out + sizeof(first_), &last_, sizeof(last_));
  }

 private:
  uint64_t first_;
  uint16_t last_;
};

/// Length and RDATA. Addresses, which most are, in the pieces in which steering has just written
/// them.
void CopyRdata(const uint8_t* from, size_t octets, uint8_t* to) noexcept {
  switch (octets) {
    case 2 + 4:
      std::memcpy(to, from, 2);
      std::memcpy(to + 2, from + 2, 4);
      return;
    case 2 + 16:
      std::memcpy(to, from, 2);
      std::memcpy(to + 2, from + 2, 8);
      std::memcpy(to + 10, from + 10, 8);
      return;
    default:
      std::memcpy(to, from, octets);
  }
}

/// The name at the front of RDATA, which the zone builder has checked.
std::span<const uint8_t> LeadingName(std::span<const uint8_t> rdata) noexcept {
  size_t octets = 0;
  while (rdata[octets] != 0) octets += 1U + rdata[octets];
  return rdata.first(octets + 1);
}

}  // namespace

ReplyWriter::ReplyWriter(const Query& query, std::span<uint8_t> buffer,
                         const ReplyOptions& options) noexcept
    : query_(query),
      buffer_(buffer),
      options_(options),
      limit_(buffer.size() - (query.edns.present ? OptOctets(query.edns, options) : 0)),
      // CD is cleared by those who do not validate (RFC 4035 section 3.1.6).
      flags_(kFlagResponse | (query.flags & (kOpcodeMask | kFlagRecursionDesired))) {
  if (query_.has_question) WriteQuestion();
  records_at_ = at_;
}

void ReplyWriter::WriteQuestion() noexcept {
  WriteOctets(query_.qname_as_asked());
  WriteU16(buffer_.data() + at_, query_.qtype);
  WriteU16(buffer_.data() + at_ + 2, query_.qclass);
  at_ += 4;
}

bool ReplyWriter::Add(Section section, std::span<const uint8_t> owner,
                      const Records& records) noexcept {
  const bool is_plain = !HasCompressibleNames(records.type) && IsQuestion(owner);
  const bool fits = is_plain ? AddPlain(records) : AddEach(owner, records);
  if (!fits) return false;
  counts_[Index(section)] = static_cast<uint16_t>(counts_[Index(section)] + records.count);
  return true;
}

bool ReplyWriter::AddPlain(const Records& records) noexcept {
  if (left() < records.rdata.size() + kPlainHeadOctets * records.count) return false;
  const PlainHead head(records);
  const uint8_t* rdata = records.rdata.data();
  uint8_t* out = buffer_.data() + at_;
  for (unsigned i = 0; i < records.count; ++i) {
    const size_t octets = size_t{2} + ReadU16(rdata);
    head.Write(out);
    CopyRdata(rdata, octets, out + kPlainHeadOctets);
    out += kPlainHeadOctets + octets;
    rdata += octets;
  }
  at_ = static_cast<size_t>(out - buffer_.data());
  return true;
}

bool ReplyWriter::AddEach(std::span<const uint8_t> owner, const Records& records) noexcept {
  const size_t start = at_;
  const size_t entries = compressor_.entries();
  auto rest = records.rdata;
  for (unsigned i = 0; i < records.count; ++i) {
    const size_t length = ReadU16(rest.data());
    if (!AddOne(owner, records, rest.subspan(2, length))) {
      at_ = start;
      compressor_.Forget(entries);
      return false;
    }
    rest = rest.subspan(2 + length);
  }
  return true;
}

bool ReplyWriter::AddOne(std::span<const uint8_t> owner, const Records& records,
                         std::span<const uint8_t> rdata) noexcept {
  if (!WriteName(owner) || left() < kRecordFixedOctets) return false;
  uint8_t* fixed = buffer_.data() + at_;
  at_ += kRecordFixedOctets;
  const size_t rdata_at = at_;
  if (!WriteRdata(records.type, rdata)) return false;
  WriteU16(fixed, records.type);
  WriteU16(fixed + 2, records.record_class);
  WriteU32(fixed + 4, records.ttl_s);
  WriteU16(fixed + 8, static_cast<uint16_t>(at_ - rdata_at));
  return true;
}

bool ReplyWriter::WriteRdata(uint16_t type, std::span<const uint8_t> rdata) noexcept {
  const RdataNames names = CompressibleNames(type);
  if (!WriteOctets(rdata.first(names.skip))) return false;
  rdata = rdata.subspan(names.skip);
  for (size_t i = 0; i < names.names; ++i) {
    const auto name = LeadingName(rdata);
    if (!WriteName(name)) return false;
    rdata = rdata.subspan(name.size());
  }
  return WriteOctets(rdata);
}

bool ReplyWriter::IsQuestion(std::span<const uint8_t> name) const noexcept {
  const auto qname = query_.qname();
  if (name.size() <= 1 || name.size() != qname.size() || !query_.has_question) return false;
  return name.data() == qname.data() || SameOctets(name.data(), qname.data(), name.size());
}

bool ReplyWriter::WriteName(std::span<const uint8_t> name) noexcept {
  if (IsQuestion(name)) {
    if (left() < 2) return false;
    WriteU16(buffer_.data() + at_, kPointerToQuestion);
    at_ += 2;
    return true;
  }
  // The question is remembered only when a name other than its own comes up.
  if (compressor_.entries() == 0 && query_.has_question) {
    compressor_.Remember(buffer_, kHeaderOctets);
  }
  const size_t octets = compressor_.Write(buffer_.first(limit_), at_, name);
  at_ += octets;
  return octets > 0;
}

bool ReplyWriter::WriteOctets(std::span<const uint8_t> octets) noexcept {
  if (left() < octets.size()) return false;
  std::copy(octets.begin(), octets.end(), buffer_.begin() + static_cast<ptrdiff_t>(at_));
  at_ += octets.size();
  return true;
}

void ReplyWriter::DropRecords() noexcept {
  at_ = records_at_;
  counts_ = {};
  compressor_.Forget(0);
  SetTruncated();
}

size_t ReplyWriter::Finish(Rcode rcode, uint8_t scope) noexcept {
  if (query_.edns.present) {
    at_ += WriteOpt(query_.edns, options_, {rcode, scope, error_}, buffer_, at_);
    ++counts_[Index(Section::kAdditional)];
  }
  uint8_t* header = buffer_.data();
  WriteU16(header + kIdAt, query_.id);
  WriteU16(header + kFlagsAt, flags_ | (static_cast<uint16_t>(rcode) & kRcodeMask));
  WriteU16(header + kQuestionCountAt, query_.has_question ? 1 : 0);
  WriteU16(header + kAnswerCountAt, counts_[0]);
  WriteU16(header + kAuthorityCountAt, counts_[1]);
  WriteU16(header + kAdditionalCountAt, counts_[2]);
  return at_;
}

}  // namespace waypost::wire
