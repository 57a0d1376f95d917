// The fixed part of every DNS message (RFC 1035 section 4.1.1) and the numbers that stand in it
// (IANA DNS parameters).
#pragma once

#include <cstddef>
#include <cstdint>

namespace waypost::wire {

inline constexpr size_t kHeaderOctets = 12;
/// Of a record, behind its owner: type, class, TTL, RDLENGTH.
inline constexpr size_t kRecordFixedOctets = 10;

// Offsets of the header's fields.
inline constexpr size_t kIdAt = 0;
inline constexpr size_t kFlagsAt = 2;
inline constexpr size_t kQuestionCountAt = 4;
inline constexpr size_t kAnswerCountAt = 6;
inline constexpr size_t kAuthorityCountAt = 8;
inline constexpr size_t kAdditionalCountAt = 10;

// The second word of the header: QR, opcode, AA, TC, RD, RA, Z, AD, CD, rcode.
inline constexpr uint16_t kFlagResponse = 0x8000;
inline constexpr uint16_t kOpcodeMask = 0x7800;
inline constexpr unsigned kOpcodeShift = 11;
inline constexpr uint16_t kFlagAuthoritative = 0x0400;
inline constexpr uint16_t kFlagTruncated = 0x0200;
inline constexpr uint16_t kFlagRecursionDesired = 0x0100;
inline constexpr uint16_t kRcodeMask = 0x000F;

enum class Opcode : uint8_t {
  kQuery = 0,
  kInverseQuery = 1,
  kStatus = 2,
  kNotify = 4,
  kUpdate = 5,
  kStateful = 6,
};

/// From 16 on they need an OPT record, which carries the upper eight bits (RFC 6891
/// section 6.1.3).
enum class Rcode : uint16_t {
  kNoError = 0,
  kFormErr = 1,
  kServFail = 2,
  kNxDomain = 3,
  kNotImp = 4,
  kRefused = 5,
  kYxDomain = 6,
  kBadVers = 16,
  kBadCookie = 23,
};

/// The TSIG pseudo-record (RFC 8945).
inline constexpr uint16_t kTypeTsig = 250;

enum Class : uint16_t {
  kClassIn = 1,
  kClassChaos = 3,
  kClassAny = 255,
};

/// A UDP message without EDNS is at most this long (RFC 1035 section 4.2.1).
inline constexpr size_t kMinUdpPayload = 512;
/// What we send over UDP at most unless told otherwise: fits the smallest IPv6 link unfragmented
/// (1280 - 40 - 8).
inline constexpr size_t kMaxUdpPayload = 1232;
/// The most that may be asked for by the settings.
inline constexpr size_t kUdpPayloadCeiling = 4096;
inline constexpr size_t kMaxMessageOctets = 65535;

}  // namespace waypost::wire
