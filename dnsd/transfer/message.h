// Whole DNS messages with all their records, as zone transfers, NOTIFY and UPDATE need them: names
// uncompressed, RDATA checked and uncompressed. Slower than wire::ParseQuery, which workers use.
//
// Thread safety: values; pure. Errors: a message that is not well-formed is kInvalid. What was read
// without error can be stored in a zone: the RDATA of every type whose inside Waypost looks at has
// the right form.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dnsd/base/result.h"

namespace waypost::transfer {

// Classes and types with a meaning in messages only (RFC 1035, RFC 2136).
inline constexpr uint16_t kClassNone = 254;
inline constexpr uint16_t kClassAny = 255;

/// One record: owner and RDATA in uncompressed wire format, case kept.
struct Rr {
  std::string owner;
  uint16_t type = 0;
  uint16_t record_class = 1;
  uint32_t ttl = 0;
  std::string rdata;

  bool operator==(const Rr&) const = default;
};

struct Question {
  std::string name;
  uint16_t type = 0;
  uint16_t record_class = 0;
};

/// The TSIG at a message's end (RFC 8945 section 4.2); names lowered.
struct Tsig {
  size_t at = 0;  // where its record begins
  std::string key;
  std::string algorithm;
  uint64_t time_s = 0;  // since 1970
  uint16_t fudge_s = 0;
  std::string mac;
  uint16_t original_id = 0;
  uint16_t error = 0;
  std::string other;
};

struct Message {
  uint16_t id = 0;
  uint16_t flags = 0;
  std::vector<Question> questions;
  std::vector<Rr> answer;      // of an UPDATE: the prerequisites
  std::vector<Rr> authority;   // of an UPDATE: the changes
  std::vector<Rr> additional;  // without TSIG and OPT
  bool has_opt = false;
  std::string cookie;         // the one in its OPT (RFC 7873)
  uint16_t udp_octets = 512;  // what the sender takes over UDP: the payload size of its OPT
  std::optional<Tsig> tsig;

  uint16_t rcode() const { return flags & 0x000F; }
  unsigned opcode() const { return flags >> 11 & 0xF; }
};

Result<Message> ReadMessage(std::span<const uint8_t> octets);

/// ASCII letters lowered (RFC 4343). Length octets are below 64 and so stay.
std::string LoweredName(std::string_view name);
/// The RDATA with its names lowered: equal for records that are equal (RFC 4034 section 6.2).
std::string CanonicalRdata(uint16_t type, std::string_view rdata);
/// Precondition: the octets of a whole name.
std::string NameText(std::string_view name);

/// How the RDATA of a type is made up, a letter a field: 'n' a name, a digit so many octets, 's' a
/// character-string, 't' one or more of those to the end, '*' anything to the end, 'F' 18 octets
/// (of a signature). Types that are not known are "*".
std::string_view RdataFields(uint16_t type);
/// True: its names may be compressed in messages (RFC 3597 section 4: the types of RFC 1035).
bool MayCompress(uint16_t type);

}  // namespace waypost::transfer
