#include "dnsd/serve/tcp_stream.h"

#include <cstring>

#include "dnsd/wire/octets.h"

namespace waypost::serve {

size_t TcpStream::FrameOctets() const noexcept {
  if (unread() < kLengthOctets) return kLengthOctets;
  return kLengthOctets + wire::ReadU16(in_.data() + in_begin_);
}

std::span<uint8_t> TcpStream::ReceiveRoom() {
  std::memmove(in_.data(), in_.data() + in_begin_, unread());
  in_end_ = unread();
  in_begin_ = 0;
  if (in_.size() < FrameOctets()) in_.resize(FrameOctets());
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
  uint8_t length[kLengthOctets];
  wire::WriteU16(length, static_cast<uint16_t>(reply.size()));
  out_.insert(out_.end(), length, length + kLengthOctets);
  out_.insert(out_.end(), reply.begin(), reply.end());
}

void TcpStream::Sent(size_t octets) noexcept {
  out_begin_ += octets;
  if (out_begin_ < out_.size()) return;
  out_.clear();
  out_begin_ = 0;
}

}  // namespace waypost::serve
