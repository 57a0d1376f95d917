// The written format of the RocksDB store: keys and records (FORMAT.md describes every byte).
//
// Thread safety: pure functions. Errors: kInvalid, naming the key, for bytes that are no record of
// this format.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "dnsd/base/result.h"
#include "dnsd/store/store.h"

namespace waypost::store {

/// Raised when a program that knows only the former number would misread what is written.
inline constexpr uint32_t kFormatVersion = 2;
/// Databases begin with it, and stay with it until a later one is needed.
inline constexpr uint32_t kFirstFormatVersion = 1;
/// Texts are written with a 32-bit length; a resource or a state value is far below this.
inline constexpr size_t kMaxValueBytes = size_t{256} << 20;

/// Of a value of so many octets or more, a revision's record says only what was different before.
inline constexpr size_t kLargeBytes = size_t{64} << 10;

inline constexpr std::string_view kFormatKey = "meta/format_version";
inline constexpr std::string_view kHeadKey = "meta/head";
inline constexpr std::string_view kRevisionPrefix = "revision/";
inline constexpr std::string_view kContentPrefix = "content/";
inline constexpr std::string_view kStatePrefix = "state/";
inline constexpr std::string_view kJournalPrefix = "journal/";

std::string RevisionKey(uint64_t number);
std::string ContentKey(std::string_view key);
std::string StateKey(std::string_view key);
std::string JournalKey(std::string_view log, uint64_t number);
Result<std::pair<std::string, uint64_t>> DecodeJournalKey(std::string_view key);

std::string EncodeNumber(uint64_t number);
Result<uint64_t> DecodeNumber(std::string_view key, std::string_view value);

/// The value that a key had after a revision: what the next one that changes it found, else what
/// it has now.
using LaterValue = std::function<Result<std::string>(const std::string& key)>;

std::string EncodeRevision(const Revision& revision);
/// The first format that has all that the record is written with.
uint32_t FormatFor(const Revision& revision);
/// `key` is the whole database key, which carries the number. `later` is asked for large values.
Result<Revision> DecodeRevision(std::string_view key, std::string_view value,
                                const LaterValue& later);
/// The same without the values, so that no other record is needed.
Result<RevisionOutline> DecodeOutline(std::string_view key, std::string_view value);
/// And without the changes, which are not looked at: they may be all zones.
Result<RevisionInfo> DecodeRevisionInfo(std::string_view key, std::string_view value);

}  // namespace waypost::store
