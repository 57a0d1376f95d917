// An address as Asio has it.
//
// Thread safety: a function of its argument.
#pragma once

#include <boost/asio/ip/address.hpp>

#include "dnsd/base/ip.h"

namespace waypost::probe {

/// Of boost::asio::ip::tcp or udp.
template <typename Protocol>
typename Protocol::endpoint ToEndpoint(const SocketAddress& address) {
  if (address.address.is_v4())
    return {boost::asio::ip::address_v4(address.address.v4()), address.port};
  boost::asio::ip::address_v6::bytes_type bytes;
  address.address.WriteBytes(bytes.data());
  return {boost::asio::ip::address_v6(bytes), address.port};
}

}  // namespace waypost::probe
