#include "dnsd/serve/sockets.h"

#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "dnsd/wire/octets.h"

namespace waypost::serve {
namespace {

/// Room for some 2,000 queries that come while a worker is not scheduled; the kernel may grant
/// less.
constexpr int kUdpBufferOctets = 4 << 20;
/// Connections that the kernel completes for us ahead of accept.
constexpr int kTcpBacklog = 1024;
/// A connection comes with its first octets, so that nobody is waked for it twice; one that says
/// nothing comes, to be timed out or evicted, when the kernel has asked it once more.
constexpr int kAwaitOctetsS = 1;

tl::unexpected<Error> SystemError(const SocketAddress& address, const char* step) {
  const int error = errno;
  return Fail(ErrorCode::kUnavailable,
              fmt::format("{}: {}: {}", address.ToString(), step, std::strerror(error)));
}

bool Set(const FileDescriptor& socket, int level, int name, int value) noexcept {
  return setsockopt(socket.get(), level, name, &value, sizeof value) == 0;
}

bool SetReceiveTimeout(const FileDescriptor& socket, int timeout_ms) noexcept {
  const timeval timeout = {.tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000};
  return setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout) == 0;
}

bool Bind(const FileDescriptor& socket, const SocketAddress& address) noexcept {
  KernelAddress kernel;
  const socklen_t length = ToKernel(address, kernel);
  return bind(socket.get(), &kernel.any, length) == 0;
}

FileDescriptor MakeSocket(const SocketAddress& address, int type) noexcept {
  const int family = address.address.is_v4() ? AF_INET : AF_INET6;
  FileDescriptor made(socket(family, type | SOCK_CLOEXEC, 0));
  // "::" must not take the IPv4 queries of an "0.0.0.0" that is listed beside it.
  if (made.is_open() && family == AF_INET6) Set(made, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  return made;
}

/// Replies never announce "don't fragment" and never trust a path MTU that a forged ICMP message
/// lowered into
/// fragments that can be spoofed; our payload limit fits every path.
bool IgnorePathMtu(const FileDescriptor& socket, bool is_v4) noexcept {
  return is_v4 ? Set(socket, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_OMIT)
               : Set(socket, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_OMIT);
}

bool AskForDestination(const FileDescriptor& socket, bool is_v4) noexcept {
  return is_v4 ? Set(socket, IPPROTO_IP, IP_PKTINFO, 1)
               : Set(socket, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
}

}  // namespace

socklen_t ToKernel(const SocketAddress& address, KernelAddress& out) noexcept {
  std::memset(&out, 0, sizeof out);
  if (address.address.is_v4()) {
    out.v4.sin_family = AF_INET;
    wire::WriteU16(reinterpret_cast<uint8_t*>(&out.v4.sin_port), address.port);
    address.address.WriteBytes(reinterpret_cast<uint8_t*>(&out.v4.sin_addr));
    return sizeof out.v4;
  }
  out.v6.sin6_family = AF_INET6;
  wire::WriteU16(reinterpret_cast<uint8_t*>(&out.v6.sin6_port), address.port);
  address.address.WriteBytes(reinterpret_cast<uint8_t*>(&out.v6.sin6_addr));
  return sizeof out.v6;
}

IpAddress FromKernel(const KernelAddress& address) noexcept {
  if (address.any.sa_family == AF_INET) {
    return IpAddress::FromBytes(IpFamily::kV4,
                                reinterpret_cast<const uint8_t*>(&address.v4.sin_addr));
  }
  return IpAddress::FromBytes(IpFamily::kV6,
                              reinterpret_cast<const uint8_t*>(&address.v6.sin6_addr));
}

bool IsWildcard(const IpAddress& address) noexcept {
  return address.high() == 0 && address.low() == 0;
}

Result<FileDescriptor> OpenUdp(const SocketAddress& address, int receive_timeout_ms) {
  FileDescriptor made = MakeSocket(address, SOCK_DGRAM);
  if (!made.is_open()) return SystemError(address, "UDP socket");
  const bool is_v4 = address.address.is_v4();
  const bool is_set = Set(made, SOL_SOCKET, SO_REUSEPORT, 1) && IgnorePathMtu(made, is_v4) &&
                      SetReceiveTimeout(made, receive_timeout_ms) &&
                      (!IsWildcard(address.address) || AskForDestination(made, is_v4));
  if (!is_set) return SystemError(address, "UDP socket options");
  Set(made, SOL_SOCKET, SO_RCVBUF, kUdpBufferOctets);
  Set(made, SOL_SOCKET, SO_SNDBUF, kUdpBufferOctets);
  if (!Bind(made, address)) return SystemError(address, "bind UDP");
  return made;
}

Result<FileDescriptor> OpenTcpListener(const SocketAddress& address) {
  FileDescriptor made = MakeSocket(address, SOCK_STREAM | SOCK_NONBLOCK);
  if (!made.is_open()) return SystemError(address, "TCP socket");
  // A restart must not wait for the connections of the process before to fade (TIME_WAIT).
  // Accepted connections inherit TCP_NODELAY: one system call less for each.
  const bool is_set = Set(made, SOL_SOCKET, SO_REUSEADDR, 1) &&
                      Set(made, IPPROTO_TCP, TCP_NODELAY, 1) &&
                      Set(made, IPPROTO_TCP, TCP_DEFER_ACCEPT, kAwaitOctetsS);
  if (!is_set) return SystemError(address, "TCP socket options");
  if (!Bind(made, address)) return SystemError(address, "bind TCP");
  if (listen(made.get(), kTcpBacklog) != 0) return SystemError(address, "listen TCP");
  return made;
}

SocketAddress LocalAddress(int socket) noexcept {
  KernelAddress kernel;
  socklen_t length = sizeof kernel;
  if (getsockname(socket, &kernel.any, &length) != 0) return {};
  // The port stands at the same place in both families.
  return {FromKernel(kernel), wire::ReadU16(reinterpret_cast<const uint8_t*>(&kernel.v4.sin_port))};
}

}  // namespace waypost::serve
