// One HTTP POST to a target, over TCP or TLS with the certificate verified.
//
// Thread safety: the executor's one thread. Ownership: `target` and `event` must outlive the
// coroutine. Errors: an Attempt says what failed. Limits: the target's timeout for all of it; of
// the reply only the header is read, at most 8 KiB. Redirects are not followed.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "dnsd/webhook/courier.h"
#include "dnsd/webhook/target.h"

namespace waypost::webhook {

/// `unix_time`: goes into the signature, in seconds.
boost::asio::awaitable<Attempt> Post(const Target& target, const Event& event, int64_t unix_time);

}  // namespace waypost::webhook
