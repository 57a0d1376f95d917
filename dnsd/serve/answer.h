// The algorithm of an authoritative server: RFC 1034 section 4.3.2, with wildcards (RFC 4592),
// DNAME (RFC 6672), ANY (RFC 8482), and answers that a policy decides.
//
// Thread safety: one thread. Errors: none; whatever is asked has an answer. Nothing allocates.
#pragma once

#include "dnsd/serve/exchange.h"

namespace waypost::serve {

/// Fills the sections of `x.writer` and returns the reply's rcode: that of the last name where
/// aliases were followed (RFC 6604 section 3). The query is of class IN and has a question.
wire::Rcode Answer(Exchange& x) noexcept;

}  // namespace waypost::serve
