#include "dnsd/serve/tcp_stream.h"

#include <algorithm>
#include <cstring>

#include "dnsd/wire/octets.h"

namespace waypost::serve {

size_t TcpStream::FrameOctets() const noexcept {
  if (unread() < kLengthOctets) return kLengthOctets;
  return kLengthOctets + wire::ReadU16(in_.data() + in_begin_);
}

std::span<uint8_t> TcpStream::ReceiveRoom() {
  const bool may_have_more = in_end_ == in_.size();
  std::memmove(in_.data(), in_.data() + in_begin_, unread());
  in_end_ = unread();
  in_begin_ = 0;
  const size_t wanted = std::max(FrameOctets(), may_have_more ? kReadOctets : 0);
  if (in_.size() < wanted) in_.resize(wanted);
  return std::span(in_).subspan(in_end_);
}

bool TcpStream::NextMessage(std::span<const uint8_t>& message) noexcept {
  if (pending().size() > kMaxPendingOctets || !HasWholeMessage()) return false;
  message = PeekMessage();
  in_begin_ += kLengthOctets + message.size();
  return true;
}

std::span<const uint8_t> TcpStream::PeekMessage() const noexcept {
  if (!HasWholeMessage()) return {};
  return std::span(in_).subspan(in_begin_, FrameOctets()).subspan(kLengthOctets);
}

void TcpStream::AppendReply(std::span<const uint8_t> reply) {
  const size_t at = out_.size();
  out_.resize(at + kLengthOctets + reply.size());
  wire::WriteU16(out_.data() + at, static_cast<uint16_t>(reply.size()));
  std::memcpy(out_.data() + at + kLengthOctets, reply.data(), reply.size());
}

void TcpStream::Sent(size_t octets) noexcept {
  out_begin_ += octets;
  if (out_begin_ < out_.size()) return;
  out_.clear();
  out_begin_ = 0;
}

}  // namespace waypost::serve
