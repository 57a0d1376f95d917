// The octets of one TCP connection between socket and messages: each message has its length in two
// octets before it (RFC 7766 section 8), however the octets were cut into segments.
//
// Both directions are bounded: the input by the one message that is being received, the output by
// kMaxPendingOctets and one reply, since no further query is taken while that much waits.
//
// Thread safety: one thread. Allocates only to grow, and keeps what it has.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace waypost::serve {

class TcpStream {
 public:
  static constexpr size_t kLengthOctets = 2;
  /// What is read the first time: most clients ask once.
  static constexpr size_t kFirstReadOctets = 512;
  /// What is read at once afterwards, unless a longer message is on its way: some 100 queries, so
  /// that no client holds the thread for long.
  static constexpr size_t kReadOctets = 4096;
  /// Replies that wait for a slow reader.
  static constexpr size_t kMaxPendingOctets = size_t{16} << 10;

  TcpStream() : in_(kFirstReadOctets) {}

  /// Where to read to. Precondition: NextMessage said that there is none, and nothing is pending;
  /// then it is never empty. Invalidates messages.
  std::span<uint8_t> ReceiveRoom();
  void Received(size_t octets) noexcept { in_end_ += octets; }

  /// The next whole message and true, unless there is none yet or too much waits to be sent. Valid
  /// until ReceiveRoom.
  bool NextMessage(std::span<const uint8_t>& message) noexcept;
  /// What NextMessage would give next, which stays; empty: nothing.
  std::span<const uint8_t> PeekMessage() const noexcept;
  /// Forgets what was received and not yet taken.
  void DropInput() noexcept { in_begin_ = in_end_; }

  void AppendReply(std::span<const uint8_t> reply);
  std::span<const uint8_t> pending() const noexcept { return std::span(out_).subspan(out_begin_); }
  void Sent(size_t octets) noexcept;

 private:
  size_t unread() const noexcept { return in_end_ - in_begin_; }
  /// Octets of the message at the front with its length; of a length not yet complete, those of a
  /// length.
  size_t FrameOctets() const noexcept;
  bool HasWholeMessage() const noexcept {
    return unread() >= kLengthOctets && unread() >= FrameOctets();
  }

  std::vector<uint8_t> in_;
  size_t in_begin_ = 0;
  size_t in_end_ = 0;
  std::vector<uint8_t> out_;
  size_t out_begin_ = 0;
};

}  // namespace waypost::serve
