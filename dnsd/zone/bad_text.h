// What a master file has wrong, as an error without the place.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "dnsd/base/result.h"

namespace waypost::zone {

inline tl::unexpected<Error> BadText(std::string why) {
  return Fail(ErrorCode::kInvalid, std::move(why));
}

inline tl::unexpected<Error> BadWord(std::string_view word, std::string_view what) {
  return BadText(fmt::format("\"{}\" is not {}", word, what));
}

}  // namespace waypost::zone
