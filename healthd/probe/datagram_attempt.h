// A probe over UDP: a datagram out, and what comes back until the dialogue is decided.
//
// The socket is connected, so that only the target's datagrams are heard and a closed port is told
// from silence where the target says so (ICMP).
//
// Thread safety, ownership: as Attempt; the Workshop must outlive it.
#pragma once

#include <boost/asio/ip/udp.hpp>

#include "healthd/probe/attempt.h"
#include "healthd/probe/dialogue.h"
#include "healthd/probe/workshop.h"

namespace waypost::probe {

class DatagramAttempt final : public Attempt {
 public:
  DatagramAttempt(boost::asio::io_context& io, Workshop& workshop, std::shared_ptr<const Spec> spec,
                  Prober::Done done);

 private:
  Awaitable<void> Run() override;
  void Close() override;

  bool Open();
  bool Send();
  Awaitable<bool> Hear();

  Workshop& workshop_;
  boost::asio::ip::udp::socket socket_;
  std::unique_ptr<Dialogue> dialogue_;
};

}  // namespace waypost::probe
