// One interface whose queries are answered from AF_XDP: the filter in the kernel, and a socket for
// each receive queue.
//
// Thread safety: Open before any other thread is started, so that the privileges which it needs can
// be dropped for all of them; Admit from any thread. Errors: the message names the interface, the
// step that failed and the system's reason.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "dnsd/base/ip.h"
#include "dnsd/base/result.h"
#include "dnsd/xdp/filter.h"
#include "dnsd/xdp/ring_socket.h"

namespace waypost::xdp {

class Intake {
 public:
  /// `listen`: where DNS is answered; of 0.0.0.0 and :: the addresses that the interface has now.
  /// Ports must not be 0. Nothing comes in before Admit.
  static Result<std::unique_ptr<Intake>> Open(const std::string& interface,
                                              std::span<const SocketAddress> listen);

  /// One for each receive queue; can be taken once.
  std::vector<std::unique_ptr<RingSocket>> TakeRings() { return std::move(rings_); }
  void Admit(bool is_admitting) noexcept { filter_->Admit(is_admitting); }

  const Interface& interface() const { return interface_; }
  /// Such as "eth0: native mode, 4 queues, frames are not copied".
  const std::string& description() const { return description_; }

 private:
  Status Bind();
  Status AddDestinations(std::span<const SocketAddress> listen);
  std::vector<SocketAddress> Spell(const SocketAddress& listen) const;

  Interface interface_;
  std::unique_ptr<Filter> filter_;
  std::vector<std::unique_ptr<RingSocket>> rings_;
  std::string description_;
};

/// Gives up, for the calling thread and all that it starts, what only Open needs: CAP_NET_ADMIN,
/// CAP_NET_RAW, CAP_BPF, CAP_PERFMON and CAP_SYS_ADMIN.
Status DropPrivileges();

}  // namespace waypost::xdp
