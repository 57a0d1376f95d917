// TCP load from one thread: clients that have one query on its way each.
#pragma once

#include <netinet/in.h>

#include <cstdint>

#include "tests/bench/load/questions.h"
#include "tests/bench/load/report.h"

namespace waypost::bench {

/// `each`: queries of a connection, which is then closed and followed by another; 0: no end.
/// Connections come from 127.0.0.2 to 127.0.0.254, so that ports last. Waits 1 s for anything to
/// happen, then all queries on their way are lost and the run is over.
void AskOverTcp(const sockaddr_in& server, Questions& questions, int clients, uint32_t each,
                Report& report);

}  // namespace waypost::bench
