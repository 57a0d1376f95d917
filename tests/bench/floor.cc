// The floor of a UDP server on ordinary sockets: takes datagrams in batches and sends each back
// with the same canned octets behind its id, looking at nothing.
//
//   bench_floor PORT OCTETS
#include <arpa/inet.h>
#include <sys/socket.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

constexpr size_t kBatch = 32;
constexpr size_t kMaxMessage = 4096;
constexpr size_t kIdSize = 2;

class Floor {
 public:
  Floor(int socket, size_t reply_size) : socket_(socket) {
    for (size_t i = 0; i < kBatch; ++i) {
      replies_[i].fill(0);
      replies_[i][kIdSize] = static_cast<char>(0x84);  // QR and AA
      in_parts_[i] = {queries_[i].data(), kMaxMessage};
      out_parts_[i] = {replies_[i].data(), reply_size};
      in_[i].msg_hdr.msg_iov = &in_parts_[i];
      out_[i].msg_hdr.msg_iov = &out_parts_[i];
      in_[i].msg_hdr.msg_iovlen = out_[i].msg_hdr.msg_iovlen = 1;
      in_[i].msg_hdr.msg_name = out_[i].msg_hdr.msg_name = &peers_[i];
    }
  }

  void Serve() {
    for (mmsghdr& message : in_) message.msg_hdr.msg_namelen = sizeof(sockaddr_in);
    const int received = recvmmsg(socket_, in_.data(), kBatch, MSG_WAITFORONE, nullptr);
    if (received <= 0) return;
    const auto count = static_cast<size_t>(received);
    for (size_t i = 0; i < count; ++i) {
      std::memcpy(replies_[i].data(), queries_[i].data(), kIdSize);
      out_[i].msg_hdr.msg_namelen = in_[i].msg_hdr.msg_namelen;
    }
    sendmmsg(socket_, out_.data(), static_cast<unsigned>(count), 0);
  }

 private:
  const int socket_;
  std::array<std::array<char, kMaxMessage>, kBatch> queries_, replies_;
  std::array<sockaddr_in, kBatch> peers_;
  std::array<iovec, kBatch> in_parts_, out_parts_;
  std::array<mmsghdr, kBatch> in_{}, out_{};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: bench_floor PORT OCTETS\n", stderr);
    return 2;
  }
  const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in own{};
  own.sin_family = AF_INET;
  own.sin_port = htons(static_cast<uint16_t>(std::atoi(argv[1])));
  own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(socket, reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0) {
    std::perror("bench_floor: bind");
    return 1;
  }
  Floor floor(socket, static_cast<size_t>(std::atoi(argv[2])));
  for (;;) floor.Serve();
}
