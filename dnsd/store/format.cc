#include "dnsd/store/format.h"

#include <fmt/format.h>

#include "dnsd/store/bytes.h"

namespace waypost::store {
namespace {

/// Keys may hold any byte; people read messages.
std::string Printable(std::string_view key) {
  std::string out;
  for (const char c : key) {
    const bool plain = c >= 0x20 && c < 0x7F;
    out += plain ? std::string(1, c) : fmt::format("\\x{:02x}", static_cast<uint8_t>(c));
  }
  return out;
}

tl::unexpected<Error> Damaged(std::string_view key) {
  return Fail(ErrorCode::kInvalid, fmt::format("the value of \"{}\" is damaged: not of format {}",
                                               Printable(key), kFormatVersion));
}

int64_t Nanoseconds(Wall time) { return std::chrono::nanoseconds(time.time_since_epoch()).count(); }

Wall FromNanoseconds(int64_t count) {
  return Wall(std::chrono::duration_cast<Wall::duration>(std::chrono::nanoseconds(count)));
}

void WriteChange(const Change& change, ByteWriter& out) {
  out.Text(change.key);
  out.OptionalText(change.before);
  out.OptionalText(change.after);
}

Change ReadChange(ByteReader& in) {
  Change change;
  change.key = in.Text();
  change.before = in.OptionalText();
  change.after = in.OptionalText();
  return change;
}

/// What stands before a revision's changes.
Result<RevisionInfo> ReadInfo(std::string_view key, ByteReader& in) {
  ByteReader number(key.substr(std::min(key.size(), kRevisionPrefix.size())));
  RevisionInfo info;
  info.number = number.U64();
  info.time = FromNanoseconds(static_cast<int64_t>(in.U64()));
  info.author = in.Text();
  info.reason = in.Text();
  if (!number.Finished() || !in.ok()) return Damaged(key);
  return info;
}

}  // namespace

std::string RevisionKey(uint64_t number) {
  return std::string(kRevisionPrefix) + EncodeNumber(number);
}

std::string ContentKey(std::string_view key) { return std::string(kContentPrefix).append(key); }

std::string StateKey(std::string_view key) { return std::string(kStatePrefix).append(key); }

std::string JournalKey(std::string_view log, uint64_t number) {
  return std::string(kJournalPrefix).append(log) + '\0' + EncodeNumber(number);
}

Result<std::pair<std::string, uint64_t>> DecodeJournalKey(std::string_view key) {
  const size_t end = key.find('\0');
  if (end == std::string_view::npos || end < kJournalPrefix.size()) return Damaged(key);
  const auto number = DecodeNumber(key, key.substr(end + 1));
  if (!number) return tl::unexpected(number.error());
  return std::pair(std::string(key.substr(kJournalPrefix.size(), end - kJournalPrefix.size())),
                   *number);
}

std::string EncodeNumber(uint64_t number) {
  ByteWriter out;
  out.U64(number);
  return std::move(out).Take();
}

Result<uint64_t> DecodeNumber(std::string_view key, std::string_view value) {
  ByteReader in(value);
  const uint64_t number = in.U64();
  if (!in.Finished()) return Damaged(key);
  return number;
}

std::string EncodeRevision(const Revision& revision) {
  ByteWriter out;
  out.U64(static_cast<uint64_t>(Nanoseconds(revision.info.time)));
  out.Text(revision.info.author);
  out.Text(revision.info.reason);
  out.U32(static_cast<uint32_t>(revision.changes.size()));
  for (const Change& change : revision.changes) WriteChange(change, out);
  return std::move(out).Take();
}

Result<RevisionInfo> DecodeRevisionInfo(std::string_view key, std::string_view value) {
  ByteReader in(value);
  return ReadInfo(key, in);
}

Result<Revision> DecodeRevision(std::string_view key, std::string_view value) {
  ByteReader in(value);
  auto info = ReadInfo(key, in);
  if (!info) return tl::unexpected(std::move(info.error()));
  Revision revision{*std::move(info), {}};
  // The count is not trusted for a reservation: each change takes bytes that must be there.
  for (uint32_t left = in.U32(); left > 0 && in.ok(); --left) {
    revision.changes.push_back(ReadChange(in));
  }
  if (!in.Finished()) return Damaged(key);
  return revision;
}

}  // namespace waypost::store
