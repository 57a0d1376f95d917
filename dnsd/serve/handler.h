// Where messages go that the workers do not answer themselves: NOTIFY, UPDATE, zone transfers, and
// whatever is signed with TSIG. They are rare, may need a disk or a secret, and may have replies of
// many messages; so they are handed to another thread, while the worker goes on.
//
// Thread safety: Handle is called by every serving thread, at any time between the server's start
// and its end, and must not wait. ReplyTo may be used from any thread. A ReplySource is used by one
// thread at a time: over TCP by the server's, each time that the peer took what was sent before,
// so that a slow peer holds up nobody and costs no more than one message of memory.
//
// Ownership: a handler outlives the server. Every ReplyTo is gone before the server is: stop the
// handler's threads first.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "dnsd/base/ip.h"
#include "dnsd/serve/figures.h"

namespace waypost::serve {

struct HandedMessage {
  std::vector<uint8_t> octets;
  IpAddress from;
  Transport transport = Transport::kUdp;
  IpAddress asked;  // of ours, or of the front that passed it on
};

/// The messages of one reply, in order.
class ReplySource {
 public:
  virtual ~ReplySource() = default;
  /// Writes the next message and returns its length; 0: there is none any more. `out`: as many
  /// octets as the transport carries.
  virtual size_t Next(std::span<uint8_t> out) noexcept = 0;
};

/// The way back. Dropped without a reply: the peer gets none.
class ReplyTo {
 public:
  virtual ~ReplyTo() = default;
  /// At most once. A peer that went away meanwhile is no error; UDP takes one message only.
  virtual void Reply(std::unique_ptr<ReplySource> source) = 0;
};

class Handler {
 public:
  virtual ~Handler() = default;
  virtual void Handle(HandedMessage message, std::unique_ptr<ReplyTo> reply) = 0;
};

}  // namespace waypost::serve
