#include "dnsd/store/format.h"

#include <fmt/format.h>

#include <algorithm>

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

// How a value is written in a record (FORMAT.md).
constexpr uint8_t kAbsent = 0;
constexpr uint8_t kText = 1;
constexpr uint8_t kAlike = 2;  // a former value: as the later one, but for some octets
constexpr uint8_t kLater = 3;  // a later value: to be found where it was kept

bool IsLarge(const std::optional<std::string>& value) {
  return value && value->size() >= kLargeBytes;
}

/// Octets that both begin with; in steps, of which a library compares many at once.
size_t CommonHead(std::string_view a, std::string_view b) {
  constexpr size_t kStep = 4096;
  const size_t most = std::min(a.size(), b.size());
  size_t head = 0;
  while (head + kStep <= most && a.substr(head, kStep) == b.substr(head, kStep)) head += kStep;
  while (head < most && a[head] == b[head]) ++head;
  return head;
}

/// Octets that both end with, besides the first `head`.
size_t CommonTail(std::string_view a, std::string_view b, size_t head) {
  constexpr size_t kStep = 4096;
  const size_t most = std::min(a.size(), b.size()) - head;
  const auto from_end = [](std::string_view text, size_t at, size_t octets) {
    return text.substr(text.size() - at - octets, octets);
  };
  size_t tail = 0;
  while (tail + kStep <= most && from_end(a, tail, kStep) == from_end(b, tail, kStep))
    tail += kStep;
  while (tail < most && a[a.size() - tail - 1] == b[b.size() - tail - 1]) ++tail;
  return tail;
}

void WriteBefore(const std::optional<std::string>& before, std::string_view after,
                 ByteWriter& out) {
  if (!before) return out.OptionalText(before);
  const size_t head = CommonHead(*before, after);
  const size_t tail = CommonTail(*before, after, head);
  if (head + tail < before->size() / 2) return out.OptionalText(before);
  out.U8(kAlike);
  out.U32(static_cast<uint32_t>(head));
  out.U32(static_cast<uint32_t>(tail));
  out.Text(std::string_view(*before).substr(head, before->size() - head - tail));
}

void WriteChange(const Change& change, ByteWriter& out) {
  out.Text(change.key);
  if (IsLarge(change.after)) {
    WriteBefore(change.before, *change.after, out);
    out.U8(kLater);
  } else {
    out.OptionalText(change.before);
    out.OptionalText(change.after);
  }
}

/// A value as it is written.
struct Written {
  uint8_t form = kAbsent;
  uint32_t head = 0;
  uint32_t tail = 0;
  std::string_view text;
};

Written ReadValue(ByteReader& in) {
  Written value{.form = in.U8()};
  if (value.form > kLater) in.Refuse();
  if (value.form == kAlike) {
    value.head = in.U32();
    value.tail = in.U32();
  }
  if (value.form == kText || value.form == kAlike) value.text = in.TextView();
  return value;
}

/// False: it cannot have been written so.
bool Restore(const Written& before, const Written& after, const std::optional<std::string>& later,
             Change& change) {
  if (before.form > kAlike || after.form == kAlike) return false;
  if (after.form == kText) change.after = after.text;
  if (after.form == kLater) {
    if (!IsLarge(later)) return false;
    change.after = later;
  }
  if (before.form == kText) change.before = before.text;
  if (before.form == kAlike) {
    if (after.form != kLater || size_t{before.head} + before.tail > later->size()) return false;
    change.before = later->substr(0, before.head);
    change.before->append(before.text);
    change.before->append(*later, later->size() - before.tail);
  }
  return true;
}

/// nullopt: it is damaged.
Result<std::optional<Change>> ReadChange(ByteReader& in, const LaterValue& later) {
  Change change;
  change.key = in.Text();
  const Written before = ReadValue(in);
  const Written after = ReadValue(in);
  std::optional<std::string> kept;
  if (in.ok() && after.form == kLater) {
    auto found = later(change.key);
    if (!found) return tl::unexpected(std::move(found).error());
    kept = *std::move(found);
  }
  if (!in.ok() || !Restore(before, after, kept, change)) return std::nullopt;
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

uint32_t FormatFor(const Revision& revision) {
  const bool is_plain = std::none_of(revision.changes.begin(), revision.changes.end(),
                                     [](const Change& change) { return IsLarge(change.after); });
  return is_plain ? kFirstFormatVersion : kFormatVersion;
}

Result<RevisionOutline> DecodeOutline(std::string_view key, std::string_view value) {
  ByteReader in(value);
  auto info = ReadInfo(key, in);
  if (!info) return tl::unexpected(std::move(info.error()));
  RevisionOutline outline{*std::move(info), {}};
  for (uint32_t left = in.U32(); left > 0 && in.ok(); --left) {
    ChangedKey change{.key = in.Text()};
    change.was = ReadValue(in).form != kAbsent;
    change.is = ReadValue(in).form != kAbsent;
    outline.changes.push_back(std::move(change));
  }
  if (!in.Finished()) return Damaged(key);
  return outline;
}

Result<RevisionInfo> DecodeRevisionInfo(std::string_view key, std::string_view value) {
  ByteReader in(value);
  return ReadInfo(key, in);
}

Result<Revision> DecodeRevision(std::string_view key, std::string_view value,
                                const LaterValue& later) {
  ByteReader in(value);
  auto info = ReadInfo(key, in);
  if (!info) return tl::unexpected(std::move(info.error()));
  Revision revision{*std::move(info), {}};
  // The count is not trusted for a reservation: each change takes bytes that must be there.
  for (uint32_t left = in.U32(); left > 0; --left) {
    auto change = ReadChange(in, later);
    if (!change) return tl::unexpected(std::move(change).error());
    if (!*change) return Damaged(key);
    revision.changes.push_back(**std::move(change));
  }
  if (!in.Finished()) return Damaged(key);
  return revision;
}

}  // namespace waypost::store
