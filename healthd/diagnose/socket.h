// A socket of an examination: owned, non-blocking, and one that tells by its error queue what
// routers said of its packets (IP_RECVERR, ip(7)), for which it needs no privilege.
//
// Thread safety: one thread. Errors: errno, as the last call left it.
#pragma once

#include <sys/socket.h>

#include <optional>
#include <utility>

#include "dnsd/base/ip.h"

namespace waypost::diagnose {

class Socket {
 public:
  Socket() = default;
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  ~Socket() { Close(); }
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }

  /// Invalid on failure. `type` is SOCK_STREAM, SOCK_DGRAM or SOCK_RAW.
  static Socket Open(IpFamily family, int type, int protocol);

  int get() const { return descriptor_; }
  bool valid() const { return descriptor_ >= 0; }
  /// 0, or errno. A stream that is on its way is EINPROGRESS.
  int Connect(const SocketAddress& to) const;
  bool SetHops(IpFamily family, int hops) const;
  void Close();

 private:
  int descriptor_ = -1;
};

/// `storage` filled with `address`; its length.
socklen_t Fill(const SocketAddress& address, sockaddr_storage& storage);
/// nullopt: of another family.
std::optional<IpAddress> AddressOf(const sockaddr& address);

/// This machine knows a way to `address`.
bool HasRoute(const IpAddress& address);

}  // namespace waypost::diagnose
