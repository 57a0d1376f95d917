// Errors as values. A message reads from outside in and names the place and the fact:
// `zones/example.com.yaml:14: policy "web": step weighted: ...`.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace waypost {

enum class ErrorCode {
  kInvalid,      // what was given makes no sense
  kNotFound,     // what was named does not exist
  kConflict,     // the state is not the one that was expected
  kUnavailable,  // a resource outside of this process does not work now
  kInternal,     // a fault of this program
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;

  /// The same error seen from one level further out: "context: message".
  [[nodiscard]] Error In(const std::string& context) && {
    return {code, context + ": " + std::move(message)};
  }
};

template <typename T>
using Result = tl::expected<T, Error>;

using Status = Result<void>;

inline tl::unexpected<Error> Fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}

}  // namespace waypost
