// What can go wrong between a secondary and its primary, by the layer at fault, so that an operator
// knows whose turn it is: the network's, the key's, or the primary's.
//
// Thread safety: values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace waypost::transfer {

enum class Layer : uint8_t {
  kConnect,    // refused, unreachable, cut off
  kTimeout,    // no reply in time
  kTsig,       // a signature that is missing or not good, on either side
  kRcode,      // the primary says an error
  kAuthority,  // the primary does not answer with authority
  kSerial,     // the primary has an older version than we have
  kFormat,     // what came is no reply, or no transfer
  kContent,    // what came is no zone that can be served
  kStore,      // it cannot be kept on our disk
};
inline constexpr size_t kLayers = 9;

constexpr std::string_view NameOf(Layer layer) {
  constexpr std::string_view kNames[kLayers] = {
      "connect", "timeout", "tsig", "rcode", "authority", "serial", "format", "content", "store"};
  return kNames[static_cast<size_t>(layer)];
}

struct Trouble {
  Layer layer = Layer::kFormat;
  std::string fact;
};

template <typename T>
using Tried = tl::expected<T, Trouble>;

inline tl::unexpected<Trouble> Failed(Layer layer, std::string fact) {
  return tl::unexpected<Trouble>(Trouble{layer, std::move(fact)});
}

}  // namespace waypost::transfer
