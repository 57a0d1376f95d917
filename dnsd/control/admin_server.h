// The admin address: /metrics (Prometheus text), /healthz (the process runs), /readyz (it answers
// by a configuration). HTTP/1.1, GET only, one small request per connection.
//
// Thread safety: Start and Stop from one thread; the pages are made on the server's own thread.
// Errors: an address that cannot be bound. Bounds: 64 connections, 2 s each, 8 KiB of request.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "dnsd/base/ip.h"
#include "dnsd/base/result.h"

namespace waypost::control {

struct AdminPages {
  std::function<std::string()> metrics;
  /// Empty: ready; else why not.
  std::function<std::string()> not_ready_because;
};

class AdminServer {
 public:
  static Result<std::unique_ptr<AdminServer>> Start(const SocketAddress& address, AdminPages pages);
  virtual ~AdminServer() = default;

  /// With the real port.
  virtual SocketAddress address() const = 0;
};

}  // namespace waypost::control
