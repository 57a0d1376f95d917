// What came of a change, the same for every verb that makes one.
//
// Thread safety: one thread.
#pragma once

#include <string>

#include "ctl/commands/session.h"

namespace waypost::ctl {

/// Prints the reply: problems to `err`, changes and the revision to `out`. kRefused if there are
/// errors among the problems.
ExitCode ReportChange(Session& session, const Answer<v1::ApplyReply>& reply);

/// Prints problems to `err`; a Trouble if any is an error.
Answer<void> CheckProblems(Session& session,
                           const google::protobuf::RepeatedPtrField<v1::Problem>& problems);

}  // namespace waypost::ctl
