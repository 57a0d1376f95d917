#include "dnsd/serve/tcp_connection.h"

#include <sys/socket.h>

#include <cerrno>

#include "dnsd/serve/sockets.h"

namespace waypost::serve {
namespace {

bool IsPassing(int error) noexcept {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

}  // namespace

Fate TcpConnection::ReceiveRaw(std::span<uint8_t> room, size_t& octets) {
  const ssize_t got = recv(fd(), room.data(), room.size(), 0);
  octets = got > 0 ? static_cast<size_t>(got) : 0;
  if (got == 0) ended = true;
  return got >= 0 || IsPassing(errno) ? Fate::kKeep : Fate::kClose;
}

const IpAddress& TcpConnection::Asked() noexcept {
  if (!ends.asked) ends.asked = LocalAddress(fd()).address;
  return *ends.asked;
}

Fate TcpConnection::Receive() {
  if (awaits_header_) return ReceiveHeader();
  if (session_ != nullptr) return ReceiveEncrypted();
  size_t octets = 0;
  const Fate fate = ReceiveRaw(stream.ReceiveRoom(), octets);
  stream.Received(octets);
  return fate;
}

Fate TcpConnection::ReceiveHeader() {
  // Not an octet more than the header's: what follows may be for TLS.
  const size_t wanted = ParseProxyHeader(std::span(header_).first(header_octets_)).octets;
  size_t octets = 0;
  const auto room = std::span(header_).subspan(header_octets_, wanted - header_octets_);
  if (ReceiveRaw(room, octets) == Fate::kClose) return Fate::kClose;
  header_octets_ += octets;
  const ProxyHeader header = ParseProxyHeader(std::span(header_).first(header_octets_));
  if (header.state == ProxyHeader::State::kBad) return Fate::kClose;
  awaits_header_ = header.state == ProxyHeader::State::kIncomplete;
  if (header.has_client) ends = {header.client.address, header.asked.address};
  return Fate::kKeep;
}

Fate TcpConnection::ReceiveEncrypted() {
  std::array<uint8_t, TcpStream::kReadOctets> encrypted;
  size_t octets = 0;
  if (ReceiveRaw(encrypted, octets) == Fate::kClose) return Fate::kClose;
  session_->Feed(std::span(encrypted).first(octets));
  Decrypt();
  return Fate::kKeep;
}

bool TcpConnection::Decrypt() {
  if (session_ == nullptr || has_stopped_) return false;
  const size_t octets = session_->Read(stream.ReceiveRoom());
  stream.Received(octets);
  if (session_->state() != tls::Session::State::kOpen) ended = true;
  return octets > 0;
}

void TcpConnection::StopReading() noexcept {
  ended = has_stopped_ = true;
  stream.DropInput();
}

Fate TcpConnection::SendRaw(std::span<const uint8_t> octets, size_t& sent) noexcept {
  sent = 0;
  if (octets.empty()) return Fate::kKeep;
  const ssize_t taken = send(fd(), octets.data(), octets.size(), MSG_NOSIGNAL);
  if (taken > 0) sent = static_cast<size_t>(taken);
  return taken >= 0 || IsPassing(errno) ? Fate::kKeep : Fate::kClose;
}

Fate TcpConnection::Flush() {
  if (session_ != nullptr) return FlushEncrypted();
  size_t sent = 0;
  const Fate fate = SendRaw(stream.pending(), sent);
  stream.Sent(sent);
  return fate;
}

Fate TcpConnection::FlushEncrypted() {
  const auto plain = stream.pending();
  session_->Write(plain);
  stream.Sent(plain.size());
  size_t sent = 0;
  const Fate fate = SendRaw(session_->outgoing(), sent);
  session_->Sent(sent);
  return fate;
}

void TcpConnection::SayGoodbye() noexcept {
  if (session_ == nullptr) return;
  session_->End();
  size_t sent = 0;
  SendRaw(session_->outgoing(), sent);
}

}  // namespace waypost::serve
