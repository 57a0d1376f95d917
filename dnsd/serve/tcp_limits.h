// What connections may take of a server; tcp_server.h says what happens at each limit.
//
// Thread safety: a value.
#pragma once

#include <chrono>
#include <cstdint>

namespace waypost::serve {

struct TcpLimits {
  uint32_t max_clients = 1000;
  uint32_t max_per_client = 100;
  std::chrono::milliseconds idle_timeout{10000};
};

}  // namespace waypost::serve
