// A request as parsed from a packet, in fixed storage: meant to be reused by a worker for every
// packet.
//
// Thread safety: a value. Ownership: borrows the packet. Errors: what is wrong with a packet is a
// field of the query, since it is also what the reply says. Parsing is noexcept and allocates
// nothing; its cost is linear in the packet.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "dnsd/wire/edns.h"
#include "dnsd/wire/header.h"
#include "dnsd/wire/name.h"

namespace waypost::wire {

struct Query {
  uint16_t id = 0;
  uint16_t flags = 0;
  Opcode opcode = Opcode::kQuery;
  /// kNoError: fit to be answered. Else why not: kFormErr, kNotImp or kBadVers. Without a question
  /// only a cookie can be asked for (RFC 7873 section 5.4).
  Rcode problem = Rcode::kNoError;
  /// The question could be decoded; the fields below hold it, and the reply repeats it.
  bool has_question = false;
  uint8_t qname_octets = 0;
  uint16_t qtype = 0;
  uint16_t qclass = 0;
  bool has_tsig = false;  // the last record is a TSIG (RFC 8945); nothing else is known of it
  const uint8_t* name_as_asked = nullptr;  // in the packet
  Edns edns;

  // Only the first qname_octets have a meaning; not cleared between packets.
  std::array<uint8_t, kMaxNameOctets> name_lowered;

  std::span<const uint8_t> qname() const noexcept { return {name_lowered.data(), qname_octets}; }
  std::span<const uint8_t> qname_as_asked() const noexcept { return {name_as_asked, qname_octets}; }
};

/// False: the packet is to be dropped without a reply: it is shorter than a header, or itself a
/// reply.
bool ParseQuery(std::span<const uint8_t> packet, Query& query) noexcept;

}  // namespace waypost::wire
