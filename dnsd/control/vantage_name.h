// Who a vantage says it is, checked when it opens a stream.
//
// Thread safety: a function of its arguments. Errors: as a gRPC status, for the stream to end with.
#pragma once

#include <grpcpp/grpcpp.h>

#include "waypost/v1/evidence.pb.h"

namespace waypost::control {

/// With mutual TLS a vantage speaks only for itself: its name must be among those of its
/// certificate. `hello` null: the first message was something else.
grpc::Status CheckHello(const grpc::AuthContext& peer, const v1::Hello* hello);

}  // namespace waypost::control
