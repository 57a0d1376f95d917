// An AF_XDP socket on one receive queue: frames come and go through rings in memory that is shared
// with the kernel, without a copy where the driver can do that.
//
// Half of the memory's frames wait to be filled by the kernel, the other half for replies.
//
// Thread safety: one thread, but for lost. Errors: Open says what failed and why; afterwards
// nothing fails, but a full ring loses frames, as a full link does. Nothing allocates after Open.
// Needs CAP_NET_RAW to open.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "dnsd/base/result.h"
#include "dnsd/xdp/filter.h"

namespace waypost::xdp {

class RingSocket {
 public:
  /// Frames that are received, answered and sent together.
  static constexpr unsigned kBatch = 64;
  static constexpr unsigned kFrameOctets = 2048;

  static Result<std::unique_ptr<RingSocket>> Open(const Interface& interface, unsigned queue);
  virtual ~RingSocket() = default;

  virtual int descriptor() const noexcept = 0;
  /// Frames are not copied between the card and us.
  virtual bool is_zero_copy() const noexcept = 0;

  /// At most kBatch frames, valid until Finish.
  virtual std::span<const std::span<const uint8_t>> Receive() noexcept = 0;
  /// Room for one frame to send, the same until Send takes it; nullopt: all are on their way.
  virtual std::optional<std::span<uint8_t>> Borrow() noexcept = 0;
  /// Queues the first `octets` of the borrowed frame.
  virtual void Send(size_t octets) noexcept = 0;
  /// Gives the received frames back to the kernel and has it send what was queued. Returns how
  /// many frames could not be queued.
  virtual size_t Finish() noexcept = 0;
  /// Until a frame is there, at most so long.
  virtual void Wait(int timeout_ms) noexcept = 0;

  /// Frames that the kernel dropped because there was no room for them. Any thread.
  virtual uint64_t lost() const noexcept = 0;
};

}  // namespace waypost::xdp
