// Master files (RFC 1035 section 5) to records: the text form that every name server shares.
//
// Understood: $ORIGIN, $TTL (RFC 2308 section 4), $INCLUDE, $GENERATE (as BIND has it), TTLs such
// as 1h30m, parentheses, comments, relative and omitted owners, class IN, every type that ldns
// knows and any other type as TYPE12345 \# 2 CAFE (RFC 3597).
//
// Thread safety: pure but for reading included files. Errors: all at once, each with file, line and
// record; what is wrong is skipped, so that the rest is checked too, up to kMaxProblems of them.
#pragma once

#include <string>
#include <string_view>

#include "dnsd/base/problem.h"
#include "dnsd/wire/name.h"
#include "dnsd/zone/records.h"

namespace waypost::zone {

/// All text together: the file, what it includes and what it generates.
inline constexpr size_t kMaxTextOctets = size_t{64} << 20;
/// One entry, its continuation lines included: RDATA of 65,535 octets, each as \DDD, with some
/// room.
inline constexpr size_t kMaxEntryOctets = 300000;
inline constexpr int kMaxIncludeDepth = 8;
/// $INCLUDE lines in all: files that include each other several times each would multiply.
inline constexpr int kMaxIncludes = 1000;
/// Records of all $GENERATE together.
inline constexpr uint32_t kMaxGenerated = 65536;
/// Memory for owners and RDATA: short relative names under a long origin can grow seventy-fold.
inline constexpr size_t kMaxRecordOctets = size_t{1} << 30;
/// Then reading stops and says so: a file of another format has an error on each line.
inline constexpr size_t kMaxProblems = 1000;

struct MasterFileOptions {
  /// Where $INCLUDE may read (and what its relative paths start from); empty: $INCLUDE is refused.
  std::string include_dir;
};

struct MasterFile {
  Records records;
  Problems problems;  // errors and warnings
};

/// `origin`: what names without a last dot are relative to, until $ORIGIN. `file`: for messages.
MasterFile ParseMasterText(std::string_view text, const wire::Name& origin, const std::string& file,
                           const MasterFileOptions& options = {});

}  // namespace waypost::zone
