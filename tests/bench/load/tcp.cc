#include "tests/bench/load/tcp.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace waypost::bench {
namespace {

constexpr size_t kLengthSize = 2;
constexpr int kEvents = 64;
constexpr int kPatienceMs = 1000;

struct Client {
  int socket = -1;
  uint32_t asked = 0;
  Time since;  // of the query on its way: when it, or the connection for it, was begun
  size_t got = 0;
  std::array<uint8_t, 65537> reply;
};

class Clients {
 public:
  Clients(const sockaddr_in& server, Questions& questions, int clients, uint32_t each,
          Report& report)
      : server_(server),
        questions_(questions),
        each_(each),
        report_(report),
        clients_(static_cast<size_t>(clients)) {
    for (Client& client : clients_) Connect(client);
  }

  ~Clients() {
    for (const Client& client : clients_) close(client.socket);
    close(epoll_);
  }

  void Run() {
    while (!report_.is_over(Now())) {
      const int ready = epoll_wait(epoll_, events_.data(), kEvents, kPatienceMs);
      if (ready <= 0) return report_.Lost(clients_.size());
      for (int i = 0; i < ready; ++i) {
        Serve(*static_cast<Client*>(events_[static_cast<size_t>(i)].data.ptr));
      }
    }
  }

 private:
  void Connect(Client& client) {
    client.socket = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const int on = 1;
    setsockopt(client.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(client.socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(0x7F000002 + next_address_++ % 253);
    bind(client.socket, reinterpret_cast<const sockaddr*>(&own), sizeof own);
    client.since = Now();
    client.asked = 0;
    client.got = 0;
    if (connect(client.socket, reinterpret_cast<const sockaddr*>(&server_), sizeof server_) != 0 &&
        errno != EINPROGRESS) {
      std::perror("load: connect");
      std::exit(1);
    }
    Watch(client, EPOLL_CTL_ADD, EPOLLOUT);
  }

  void Watch(Client& client, int operation, uint32_t what) {
    epoll_event event{};
    event.events = what;
    event.data.ptr = &client;
    epoll_ctl(epoll_, operation, client.socket, &event);
  }

  void Serve(Client& client) {
    if (client.asked == 0) {
      Watch(client, EPOLL_CTL_MOD, EPOLLIN);
      return Ask(client);
    }
    const ssize_t more =
        recv(client.socket, client.reply.data() + client.got, client.reply.size() - client.got, 0);
    if (more <= 0) {
      report_.Lost(1);
      return Again(client);
    }
    client.got += static_cast<size_t>(more);
    if (client.got < kLengthSize) return;
    const size_t length = kLengthSize + (client.reply[0] << 8 | client.reply[1]);
    if (client.got < length) return;
    report_.Answered(Now() - client.since, client.reply[kLengthSize + 3] & 0x0F);
    if (client.asked == each_) return Again(client);
    client.since = Now();
    Ask(client);
  }

  void Again(Client& client) {
    close(client.socket);
    Connect(client);
  }

  void Ask(Client& client) {
    const std::span<const uint8_t> query = questions_.Next(static_cast<uint16_t>(client.asked));
    std::array<uint8_t, 512> message;
    message[0] = static_cast<uint8_t>(query.size() >> 8);
    message[1] = static_cast<uint8_t>(query.size());
    std::memcpy(message.data() + kLengthSize, query.data(), query.size());
    send(client.socket, message.data(), kLengthSize + query.size(), MSG_NOSIGNAL);
    ++client.asked;
    client.got = 0;
  }

  const sockaddr_in server_;
  Questions& questions_;
  const uint32_t each_;
  Report& report_;
  const int epoll_ = epoll_create1(0);
  uint32_t next_address_ = 0;
  std::array<epoll_event, kEvents> events_;
  std::vector<Client> clients_;
};

}  // namespace

void AskOverTcp(const sockaddr_in& server, Questions& questions, int clients, uint32_t each,
                Report& report) {
  Clients(server, questions, clients, each, report).Run();
}

}  // namespace waypost::bench
