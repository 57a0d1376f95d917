// Opens the sockets that the data plane listens on, and translates addresses from and to the
// kernel's form.
//
// Thread safety: pure but for the sockets made. Errors: the message names the address, the step
// that failed and the system's reason.
#pragma once

#include <netinet/in.h>

#include "dnsd/base/file_descriptor.h"
#include "dnsd/base/ip.h"
#include "dnsd/base/result.h"

namespace waypost::serve {

/// Large enough for both families.
union KernelAddress {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
};

/// Returns the length of what was written.
socklen_t ToKernel(const SocketAddress& address, KernelAddress& out) noexcept;
/// Precondition: of family AF_INET or AF_INET6.
IpAddress FromKernel(const KernelAddress& address) noexcept;

/// 0.0.0.0 or ::. Replies must then be told which address to leave from.
bool IsWildcard(const IpAddress& address) noexcept;

/// Bound, with SO_REUSEPORT, so that each worker has its own. Receiving blocks for at most
/// `receive_timeout_ms`.
Result<FileDescriptor> OpenUdp(const SocketAddress& address, int receive_timeout_ms);

/// Bound, listening, not blocking. Without SO_REUSEPORT: a second server on the same address is an
/// error here, where SO_REUSEPORT would let it take a share of the UDP queries unnoticed. What it
/// accepts has as a rule sent something already, or nothing for a second or so (TCP_DEFER_ACCEPT).
Result<FileDescriptor> OpenTcpListener(const SocketAddress& address);

/// Where the socket is bound: with the port that the kernel chose, or the address of ours that a
/// peer connected to. Port 0: it is not bound.
SocketAddress LocalAddress(int socket) noexcept;

}  // namespace waypost::serve
