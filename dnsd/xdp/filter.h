// The program in the kernel that hands queries over to AF_XDP sockets (filter.bpf.c), on one
// interface.
//
// It is attached through a BPF link, which the kernel takes away with the last descriptor of it: so
// a director that dies, however it dies, leaves an interface where all goes to the sockets.
//
// Thread safety: one thread. Errors: the message names the interface, the step that failed and the
// system's reason. Needs CAP_NET_ADMIN and CAP_BPF (or CAP_SYS_ADMIN) until it is attached.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dnsd/base/ip.h"
#include "dnsd/base/result.h"

namespace waypost::xdp {

/// Most destinations, and most receive queues, that the filter knows.
inline constexpr size_t kMaxDestinations = 256;
inline constexpr unsigned kMaxQueues = 64;

struct Interface {
  std::string name;
  int index = 0;
  unsigned queues = 1;
  unsigned mtu = 1500;
  std::vector<IpAddress> addresses;

  /// kNotFound: there is none of that name.
  static Result<Interface> Find(const std::string& name);
};

class Filter {
 public:
  virtual ~Filter() = default;

  /// Loaded, but not yet attached.
  static Result<std::unique_ptr<Filter>> Load(const Interface& interface);

  virtual Status AddDestination(const SocketAddress& destination) = 0;
  /// `socket`: descriptor of the AF_XDP socket that is bound to this receive queue.
  virtual Status AddSocket(unsigned queue, int socket) = 0;

  enum class Mode { kNative, kGeneric };
  /// In the driver where it can, else in the generic path, which every interface has.
  virtual Result<Mode> Attach() = 0;
  /// Whether anything is handed over; at first nothing is. Needs no privilege; any thread.
  virtual void Admit(bool is_admitting) noexcept = 0;
};

}  // namespace waypost::xdp
