// The questions of the EDNS compliance tests (RFC 8906 section 8) and of others who judge name
// servers from outside, as packets octet by octet, with what the RFCs want of the reply.
//
// Thread safety: values.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/peers/name_server.h"

namespace waypost::peers {

/// The reply as it came and, if it is well-formed, read.
struct Reply {
  test::Bytes octets;
  test::Message message;
};

/// What is wrong with the reply; empty: nothing. No value: there was no reply.
using Judge = std::function<std::string(const std::optional<Reply>&)>;

struct Case {
  std::string name;
  std::string clause;
  test::Bytes packet;
  bool is_tcp = false;
  Judge judge;
  bool wants_silence = false;
};

/// The zone that the cases ask: compliance.test.
Zones ComplianceZones();
std::vector<Case> ComplianceCases();

/// Asks and judges; a reply that is not well-formed is a fault of its own.
std::string FaultOf(NameServer& server, const Case& one);

}  // namespace waypost::peers
