// A probe by ICMP echo: a window of packets, and its loss, round-trip time and jitter.
//
// A ping socket where the kernel lets this user have one (net.ipv4.ping_group_range), else a raw
// one, which wants CAP_NET_RAW. With neither the probe is inconclusive and says so.
//
// Thread safety, ownership: as Attempt.
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>

#include "healthd/probe/attempt.h"
#include "healthd/probe/icmp_echo.h"

namespace waypost::probe {

class IcmpAttempt final : public Attempt {
 public:
  /// `nonce`: not to be guessed.
  IcmpAttempt(boost::asio::io_context& io, uint64_t nonce, std::shared_ptr<const Spec> spec,
              Prober::Done done);

 private:
  Awaitable<void> Run() override;
  void Close() override;

  const IcmpSpec& icmp() const { return std::get<IcmpSpec>(spec().what); }
  bool Open();
  bool Send(uint16_t sequence);
  /// Until `until`, or until all replies of a last wait are there.
  Awaitable<bool> Receive(Steady until, bool is_last);
  void StopWaitingAt(Steady until);
  bool Drain();
  void Judge();
  Failure JudgeWindow(const Measured& measured) const;

  EchoIdentity identity_;
  bool is_raw_ = false;
  boost::asio::posix::stream_descriptor socket_;
  boost::asio::steady_timer gap_;
  EchoWindow window_;
};

}  // namespace waypost::probe
