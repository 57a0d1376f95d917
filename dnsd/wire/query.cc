#include "dnsd/wire/query.h"

#include <algorithm>

#include "dnsd/wire/octet_words.h"
#include "dnsd/wire/octets.h"

namespace waypost::wire {
namespace {

constexpr uint8_t kPointerBits = 0xC0;
constexpr size_t kQuestionFixedOctets = 4;

struct Counts {
  uint16_t question = 0;
  unsigned before_additional = 0;  // records in answer and authority
  uint16_t additional = 0;
};

/// A packet and how far it has been read.
struct Cursor {
  std::span<const uint8_t> packet;
  size_t at = 0;

  size_t left() const noexcept { return packet.size() - at; }
  const uint8_t* here() const noexcept { return packet.data() + at; }
};

/// The owner of the first question has nothing before it to point to, so it is never compressed.
bool ReadQuestionName(Cursor& cursor, Query& query) noexcept {
  const uint8_t* const name = cursor.here();
  const size_t limit = std::min(cursor.left(), kMaxNameOctets);
  size_t octets = 0;
  for (; octets < limit && name[octets] != 0; octets += 1U + name[octets]) {
    if (name[octets] > kMaxLabelOctets) return false;
  }
  if (octets >= limit) return false;
  query.qname_octets = static_cast<uint8_t>(octets + 1);
  query.name_as_asked = name;
  // Length octets are below 64 and so never mistaken for letters.
  LowerOctets(name, query.qname_octets, query.name_lowered.data());
  cursor.at += query.qname_octets;
  return true;
}

bool ReadQuestion(Cursor& cursor, Query& query) noexcept {
  if (!ReadQuestionName(cursor, query) || cursor.left() < kQuestionFixedOctets) return false;
  query.qtype = ReadU16(cursor.here());
  query.qclass = ReadU16(cursor.here() + 2);
  cursor.at += kQuestionFixedOctets;
  return true;
}

/// Passes over an owner name, which may be compressed; a pointer must lead back to before the name,
/// and not into the header. What it leads to is not read: many names could make that long.
bool SkipName(Cursor& cursor) noexcept {
  const size_t begin = cursor.at;
  while (cursor.left() > 0) {
    const uint8_t length = *cursor.here();
    if (length > kMaxLabelOctets) {
      if ((length & kPointerBits) != kPointerBits || cursor.left() < 2) return false;
      const size_t target = ReadU16(cursor.here()) & 0x3FFF;
      cursor.at += 2;
      return target >= kHeaderOctets && target < begin;
    }
    if (cursor.left() < 1U + length) return false;
    cursor.at += 1U + length;
    if (length == 0) return true;
  }
  return false;
}

struct RecordView {
  bool has_root_owner = false;
  uint16_t type = 0;
  uint16_t record_class = 0;
  uint32_t ttl = 0;
  std::span<const uint8_t> rdata;
};

bool ReadRecord(Cursor& cursor, RecordView& record) noexcept {
  record.has_root_owner = cursor.left() > 0 && *cursor.here() == 0;
  if (record.has_root_owner) {
    ++cursor.at;
  } else if (!SkipName(cursor)) {
    return false;
  }
  if (cursor.left() < kRecordFixedOctets) return false;
  record.type = ReadU16(cursor.here());
  record.record_class = ReadU16(cursor.here() + 2);
  record.ttl = ReadU32(cursor.here() + 4);
  const size_t length = ReadU16(cursor.here() + 8);
  cursor.at += kRecordFixedOctets;
  if (cursor.left() < length) return false;
  record.rdata = {cursor.here(), length};
  cursor.at += length;
  return true;
}

/// Octets of RDATA. What the names in it are is not looked at.
struct Extent {
  uint16_t type;
  size_t least;
  size_t most;
};

/// A, NS, CNAME, SOA, PTR, MX, AAAA and DNAME.
constexpr Extent kExtents[] = {{1, 4, 4},    {2, 1, 255},  {5, 1, 255},  {6, 22, 530},
                               {12, 1, 255}, {15, 3, 257}, {28, 16, 16}, {39, 1, 255}};

/// False: a type that only questions have (RFC 6895 section 3.1), or RDATA that cannot be its
/// type's.
bool IsSound(const RecordView& record) noexcept {
  constexpr uint16_t kFirstOfQuestions = 251, kLastOfQuestions = 255;
  if (record.type >= kFirstOfQuestions && record.type <= kLastOfQuestions) return false;
  if (record.record_class != kClassIn) return true;
  for (const Extent& extent : kExtents) {
    if (extent.type != record.type) continue;
    return record.rdata.size() >= extent.least && record.rdata.size() <= extent.most;
  }
  return true;
}

/// One OPT, in the additional section, owned by the root (RFC 6891 section 6.1.1).
Rcode TakeOpt(const RecordView& record, bool in_additional, Edns& edns) noexcept {
  if (!in_additional || !record.has_root_owner || edns.present) return Rcode::kFormErr;
  return ParseOpt(record.record_class, record.ttl, record.rdata, edns);
}

/// False: undecodable. What an OPT or TSIG has against it is kept in `problem`, while all that
/// follows must still decode. Octets behind the last record belong to none and say nothing.
bool ReadRecords(Cursor& cursor, const Counts& counts, Query& query, Rcode& problem) noexcept {
  const unsigned total = counts.before_additional + counts.additional;
  for (unsigned i = 0; i < total; ++i) {
    RecordView record;
    if (!ReadRecord(cursor, record)) return false;
    if (record.type == kTypeTsig) {
      // The last record of the additional section, or none (RFC 8945 section 5.1).
      query.has_tsig = i + 1 == total && counts.additional > 0;
      if (!query.has_tsig) problem = Rcode::kFormErr;
    }
    if (record.type == kTypeOpt) {
      const Rcode fault = TakeOpt(record, i >= counts.before_additional, query.edns);
      if (fault != Rcode::kNoError) problem = fault;
      continue;
    }
    // Those of an UPDATE or NOTIFY are for others to judge.
    if (query.opcode == Opcode::kQuery && !IsSound(record)) return false;
  }
  return true;
}

Counts ReadCounts(std::span<const uint8_t> packet) noexcept {
  return {.question = ReadU16(packet.data() + kQuestionCountAt),
          .before_additional = static_cast<unsigned>(ReadU16(packet.data() + kAnswerCountAt)) +
                               ReadU16(packet.data() + kAuthorityCountAt),
          .additional = ReadU16(packet.data() + kAdditionalCountAt)};
}

bool SkipQuestions(Cursor& cursor, unsigned count) noexcept {
  for (; count > 0; --count) {
    if (!SkipName(cursor) || cursor.left() < kQuestionFixedOctets) return false;
    cursor.at += kQuestionFixedOctets;
  }
  return true;
}

/// Question and records; the result is what is wrong with them. No question or several (RFC 9619)
/// is an error too, but the OPT record behind them has its answer (RFC 6891 section 6.1.1).
Rcode ParseBody(std::span<const uint8_t> packet, Query& query) noexcept {
  Cursor cursor{packet, kHeaderOctets};
  const Counts counts = ReadCounts(packet);
  Rcode problem = counts.question == 1 ? Rcode::kNoError : Rcode::kFormErr;
  query.has_question = counts.question == 1 && ReadQuestion(cursor, query);
  const bool decodes =
      query.has_question || (counts.question != 1 && SkipQuestions(cursor, counts.question));
  if (decodes && ReadRecords(cursor, counts, query, problem)) {
    // Without a question a cookie may still be asked for (RFC 7873 section 5.4).
    const bool asks_cookie = counts.question == 0 && !query.edns.cookie.empty();
    return asks_cookie && problem == Rcode::kFormErr ? Rcode::kNoError : problem;
  }
  query.has_question = false;
  query.edns = Edns{};
  return Rcode::kFormErr;
}

}  // namespace

bool ParseQuery(std::span<const uint8_t> packet, Query& query) noexcept {
  if (packet.size() < kHeaderOctets) return false;
  query.id = ReadU16(packet.data() + kIdAt);
  query.flags = ReadU16(packet.data() + kFlagsAt);
  if ((query.flags & kFlagResponse) != 0) return false;
  query.opcode = static_cast<Opcode>((query.flags & kOpcodeMask) >> kOpcodeShift);
  query.edns = Edns{};
  query.has_tsig = false;
  query.problem = ParseBody(packet, query);
  // What an unknown operation wants of its body is not ours to judge.
  if (query.opcode != Opcode::kQuery && query.problem != Rcode::kBadVers) {
    query.problem = Rcode::kNotImp;
  }
  return true;
}

}  // namespace waypost::wire
