// What a master file has wrong, as an error without the place.
#pragma once

#include <string>
#include <utility>

#include "dnsd/base/result.h"

namespace waypost::zone {

inline tl::unexpected<Error> BadText(std::string why) {
  return Fail(ErrorCode::kInvalid, std::move(why));
}

}  // namespace waypost::zone
