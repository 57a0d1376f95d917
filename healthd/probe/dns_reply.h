// Queries and replies of the DNS as whole messages (RFC 1035). The only place in this folder that
// knows ldns.
//
// Thread safety: functions of their arguments. Errors: BuildDnsQuery and CheckDnsAnswer name what
// cannot be read; whatever a server sends is a judgement.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "healthd/probe/failure.h"
#include "healthd/probe/spec.h"

namespace waypost::probe {

/// Class IN, with EDNS so that answers of 1232 octets fit (RFC 6891); the identifier is zero.
Result<std::string> BuildDnsQuery(const std::string& name, const std::string& type,
                                  bool recursion_desired);

/// "NOERROR", "NXDOMAIN" and the like, of any case.
bool IsRcode(const std::string& text);
/// `rdata` as a master file has it, names with their last dot.
Status CheckDnsAnswer(const std::string& type, const std::string& rdata);

/// nullopt: not the reply to `query`, which may be a late or a forged one.
std::optional<Failure> JudgeDnsReply(const DnsSpec& spec, std::string_view query,
                                     std::string_view reply);

struct DnsAddresses {
  std::string rcode;
  /// Of the A and AAAA records of the answer, in its order.
  std::vector<IpAddress> addresses;
};

/// nullopt: not a reply to `query`, or one that cannot be read.
std::optional<DnsAddresses> ReadDnsAddresses(std::string_view query, std::string_view reply);

}  // namespace waypost::probe
