// What all unary calls share: the work runs on an executor, a Status becomes a gRPC status, a full
// executor refuses.
#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/support/server_callback.h>

#include <utility>

#include "dnsd/base/result.h"
#include "dnsd/control/serial_executor.h"

namespace waypost::control {

inline grpc::Status ToGrpc(const Status& status) {
  if (status) return grpc::Status::OK;
  switch (status.error().code) {
    case ErrorCode::kInvalid:
      return {grpc::StatusCode::INVALID_ARGUMENT, status.error().message};
    case ErrorCode::kNotFound:
      return {grpc::StatusCode::NOT_FOUND, status.error().message};
    case ErrorCode::kConflict:
      return {grpc::StatusCode::ABORTED, status.error().message};
    case ErrorCode::kUnavailable:
      return {grpc::StatusCode::UNAVAILABLE, status.error().message};
    case ErrorCode::kInternal:
      break;
  }
  return {grpc::StatusCode::INTERNAL, status.error().message};
}

/// `work`: () -> Status; request and reply live until the call is finished.
template <typename Work>
grpc::ServerUnaryReactor* RunOn(SerialExecutor& executor, grpc::CallbackServerContext* context,
                                Work work) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  if (!executor.Post([reactor, work = std::move(work)] { reactor->Finish(ToGrpc(work())); })) {
    reactor->Finish(
        {grpc::StatusCode::RESOURCE_EXHAUSTED, "too many calls are waiting; try again later"});
  }
  return reactor;
}

}  // namespace waypost::control
