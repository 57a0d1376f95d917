#include "healthd/diagnose/socket.h"

#include <netinet/in.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace waypost::diagnose {
namespace {

constexpr int kOn = 1;

void AskForErrors(int descriptor, IpFamily family) {
  if (family == IpFamily::kV4)
    setsockopt(descriptor, IPPROTO_IP, IP_RECVERR, &kOn, sizeof kOn);
  else
    setsockopt(descriptor, IPPROTO_IPV6, IPV6_RECVERR, &kOn, sizeof kOn);
}

}  // namespace

Socket Socket::Open(IpFamily family, int type, int protocol) {
  const int domain = family == IpFamily::kV4 ? AF_INET : AF_INET6;
  Socket made(socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
  if (made.valid()) AskForErrors(made.get(), family);
  return made;
}

int Socket::Connect(const SocketAddress& to) const {
  sockaddr_storage storage{};
  const socklen_t length = Fill(to, storage);
  return connect(descriptor_, reinterpret_cast<const sockaddr*>(&storage), length) == 0 ? 0 : errno;
}

bool Socket::SetHops(IpFamily family, int hops) const {
  const int set =
      family == IpFamily::kV4
          ? setsockopt(descriptor_, IPPROTO_IP, IP_TTL, &hops, sizeof hops)
          : setsockopt(descriptor_, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &hops, sizeof hops);
  return set == 0;
}

void Socket::Close() {
  if (descriptor_ >= 0) close(descriptor_);
  descriptor_ = -1;
}

socklen_t Fill(const SocketAddress& address, sockaddr_storage& storage) {
  if (address.address.is_v4()) {
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_port = htons(address.port);
    four.sin_addr.s_addr = htonl(address.address.v4());
    std::memcpy(&storage, &four, sizeof four);
    return sizeof four;
  }
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  six.sin6_port = htons(address.port);
  address.address.WriteBytes(six.sin6_addr.s6_addr);
  std::memcpy(&storage, &six, sizeof six);
  return sizeof six;
}

std::optional<IpAddress> AddressOf(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in four{};
    std::memcpy(&four, &address, sizeof four);
    return IpAddress::FromV4(ntohl(four.sin_addr.s_addr));
  }
  if (address.sa_family != AF_INET6) return {};
  sockaddr_in6 six{};
  std::memcpy(&six, &address, sizeof six);
  return IpAddress::FromBytes(IpFamily::kV6, six.sin6_addr.s6_addr);
}

bool HasRoute(const IpAddress& address) {
  constexpr uint16_t kDiscard = 9;  // nothing is sent
  const Socket socket = Socket::Open(address.family(), SOCK_DGRAM, 0);
  return socket.valid() && socket.Connect({address, kDiscard}) == 0;
}

}  // namespace waypost::diagnose
