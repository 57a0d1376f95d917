// One TLS connection of a server as a filter between octets: what the socket received goes in at
// one side, what the peer said comes out at the other, and back. It knows no socket and never
// waits.
//
// Thread safety: one thread. Errors: kFailed once, then for ever; what is in outgoing() (an alert)
// may still be sent. Allocates while it grows.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "dnsd/tls/credentials.h"

namespace waypost::tls {

class Session {
 public:
  enum class State : uint8_t { kOpen, kEnded, kFailed };

  explicit Session(const Credentials& credentials);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Takes what the socket received; all of it is kept until it was decrypted.
  void Feed(std::span<const uint8_t> encrypted) noexcept;
  /// Decrypts into `out`, doing the handshake on the way, and returns how many octets; 0: there is
  /// nothing whole yet, or see state().
  size_t Read(std::span<uint8_t> out) noexcept;
  /// Encrypts all of it into outgoing(). Precondition: Read has returned something before.
  void Write(std::span<const uint8_t> plain) noexcept;
  /// Says good-bye, so that the peer knows that nothing was cut off.
  void End() noexcept;

  /// What the socket should send.
  std::span<const uint8_t> outgoing() const noexcept;
  void Sent(size_t octets) noexcept;

  State state() const noexcept { return state_; }

 private:
  struct Engine;

  void Note(int result) noexcept;

  const std::unique_ptr<Engine> engine_;
  State state_ = State::kOpen;
};

}  // namespace waypost::tls
