// Who this server says it is: NSID (RFC 5001), and the CHAOS TXT names that operators ask
// (RFC 4892): version.bind and version.server for the version, hostname.bind and id.server for the
// NSID.
//
// Thread safety: immutable. Nothing allocates after construction.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dnsd/wire/writer.h"

namespace waypost::serve {

class Identity {
 public:
  /// Empty: not told. `nsid` at most wire::kMaxNsidOctets, `version` at most 255 octets.
  Identity(std::string_view nsid, std::string_view version);

  std::span<const uint8_t> nsid() const noexcept;
  /// Answers a query of class CH. kRefused: anything else, or what is not told.
  wire::Rcode AnswerChaos(const wire::Query& query, wire::ReplyWriter& writer) const noexcept;

 private:
  /// One TXT record's RDATA as wire::Records wants it; empty: not told.
  using PackedText = std::vector<uint8_t>;

  static PackedText Pack(std::string_view text);
  const PackedText* TextFor(std::string_view qname) const noexcept;

  std::string nsid_;
  PackedText nsid_text_;
  PackedText version_text_;
};

}  // namespace waypost::serve
