// UDP load from one socket and one thread.
#pragma once

#include <cstdint>

#include "tests/bench/load/questions.h"
#include "tests/bench/load/report.h"

namespace waypost::bench {

/// Closed loop: `window` queries are on their way at any time. What is not answered for 100 ms is
/// lost.
void AskInWindow(int socket, Questions& questions, uint16_t window, Report& report);

/// Open loop: `rate` queries a second, whatever comes back; latencies count from the time a query
/// was due. Keeps its core busy, so that no timer adds to them.
void AskAtRate(int socket, Questions& questions, double rate, Report& report);

}  // namespace waypost::bench
