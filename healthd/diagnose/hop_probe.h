// One packet of a traced path, with a socket of its own, and what came back.
//
// Thread safety: one thread. Errors: what this machine could not send is kLocal.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "healthd/diagnose/icmp_error.h"
#include "healthd/diagnose/socket.h"
#include "healthd/probe/icmp_echo.h"
#include "waypost/v1/diagnose.pb.h"

namespace waypost::diagnose {

class HopProbe {
 public:
  enum class State { kWaiting, kRouter, kTarget, kRefusal, kLocal };

  /// Sends it. `sequence` tells it from all others of the same path.
  HopProbe(v1::PathProtocol protocol, const SocketAddress& target, int ttl, uint16_t sequence);

  int ttl() const { return ttl_; }
  State state() const { return state_; }
  int descriptor() const { return socket_.get(); }
  short events() const;
  std::chrono::microseconds rtt() const { return rtt_; }
  /// Of kRouter, kTarget and kRefusal.
  IpAddress from() const { return from_; }
  /// Of kRefusal: what somebody on the way said.
  const std::optional<IcmpError>& told() const { return told_; }

  /// Something came.
  void Hear();

 private:
  bool Open();
  void Send(uint16_t sequence);
  void HearErrors();
  void HearStream();
  void HearDatagram();
  void Take(const IcmpError& error);
  bool IsOwn(const IcmpError& error) const;
  void Settle(State state, const IpAddress& from);

  const v1::PathProtocol protocol_;
  SocketAddress target_;
  const int ttl_;
  probe::EchoIdentity identity_;
  uint16_t sequence_ = 0;
  bool is_raw_ = false;
  Socket socket_;
  Steady sent_;
  State state_ = State::kWaiting;
  IpAddress from_;
  std::chrono::microseconds rtt_{0};
  std::optional<IcmpError> told_;
};

}  // namespace waypost::diagnose
