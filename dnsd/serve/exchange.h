// One query on its way to a reply: what the stages of answering share.
//
// Thread safety: one thread. Ownership: borrows everything for the time of one query.
#pragma once

#include <cstdint>

#include "dnsd/base/ip.h"
#include "dnsd/serve/chooser.h"
#include "dnsd/serve/horizon.h"
#include "dnsd/wire/query.h"
#include "dnsd/wire/writer.h"

namespace waypost::serve {

struct Exchange {
  const Snapshot& snapshot;
  const wire::Query& query;
  const IpAddress& resolver;
  wire::ReplyWriter& writer;
  Chooser& chooser;
  const ServedView* view = nullptr;   // the resolver's
  const Hint& hint = Hint::kNothing;  // of the name that was asked
  /// SCOPE PREFIX-LENGTH of the reply: the longest of the decisions that looked at the client
  /// subnet, so that the reply is never reused for a client that one of them would treat otherwise.
  uint8_t scope = 0;
  bool is_prohibited = false;  // a zone is not open to the resolver
};

}  // namespace waypost::serve
