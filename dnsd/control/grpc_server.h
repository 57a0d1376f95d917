// The control address: gRPC with reflection and the standard health service.
//
// Zero trust: a unix socket is open to its owner and group only; a TCP address needs mutual TLS
// unless the operator insists.
//
// Thread safety: Start and Stop from one thread. Errors: an address that cannot be bound, files
// that cannot be read.
#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/service_type.h>

#include <memory>
#include <string>
#include <vector>

#include "dnsd/base/result.h"
#include "dnsd/control/access.h"
#include "dnsd/control/services.h"

namespace waypost::control {

struct ControlOptions {
  std::string address;                       // unix:PATH or ADDR:PORT (port 0: the kernel chooses)
  std::string ca_file, cert_file, key_file;  // PEM; all three for TCP
  bool insecure = false;
  Access access;  // of TCP
};

class GrpcServer {
 public:
  static Result<std::unique_ptr<GrpcServer>> Start(const ControlOptions& options,
                                                   const ServiceContext& context);
  ~GrpcServer();

  /// With the real port.
  const std::string& address() const { return address_; }
  void SetHealthy(bool healthy);
  /// Calls under way get a second to finish.
  void Stop();

 private:
  GrpcServer() = default;

  std::string address_;
  std::vector<std::unique_ptr<grpc::Service>> services_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace waypost::control
