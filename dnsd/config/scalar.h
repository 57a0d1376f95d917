// The words of the dialect and what they stand for: durations, times, enum values, numbers.
//
// Thread safety: pure. Errors: a message that says what was written and what to write instead.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dnsd/base/result.h"

namespace waypost::config {

/// A number with a unit: us, ms, s, m, h or d. At most 10,000 years, exact to the nanosecond.
Result<google::protobuf::Duration> ParseDuration(std::string_view text);
/// In the largest unit that needs no fraction, else in seconds with one.
std::string FormatDuration(const google::protobuf::Duration& duration);

/// RFC 3339, such as 2026-05-01T12:00:00Z; years 1 to 9999.
Result<google::protobuf::Timestamp> ParseTimestamp(std::string_view text);
bool IsValid(const google::protobuf::Timestamp& timestamp);
std::string FormatTimestamp(const google::protobuf::Timestamp& timestamp);

/// `majority` for QUORUM_MAJORITY; record types as DNS writes them, in upper case.
std::string EnumWord(const google::protobuf::EnumValueDescriptor& value);
/// Any case; the unspecified value has no word.
Result<const google::protobuf::EnumValueDescriptor*> ParseEnumWord(
    const google::protobuf::EnumDescriptor& type, std::string_view text);

Result<bool> ParseBool(std::string_view text);
/// Finite.
Result<double> ParseDouble(std::string_view text);
Result<int64_t> ParseInteger(std::string_view text, int64_t min, int64_t max);
Result<uint64_t> ParseUnsigned(std::string_view text, uint64_t max);

std::string ToLower(std::string_view text);
std::string Quoted(std::string_view text);

/// The one of `words` that was probably meant, or empty when none is near.
std::string Nearest(std::string_view word, const std::vector<std::string>& words);
/// ` (did you mean "x"?)`, or empty.
std::string DidYouMean(std::string_view word, const std::vector<std::string>& words);

}  // namespace waypost::config
