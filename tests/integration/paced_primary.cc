#include "tests/integration/paced_primary.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

#include "tests/integration/name_servers.h"

namespace waypost::test {
namespace {

constexpr uint16_t kA = 1, kNs = 2, kSoa = 6, kTxt = 16, kIxfr = 251, kAxfr = 252;

int Listen(uint16_t port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) abort();
  if (listen(listener, 16) != 0) abort();
  return listener;
}

bool Receive(int socket, void* octets, size_t count) {
  return count == 0 || recv(socket, octets, count, MSG_WAITALL) == static_cast<ssize_t>(count);
}

Bytes Record(const std::string& owner, uint16_t type, const Bytes& rdata) {
  Bytes out;
  PutAll(out, WireName(owner));
  Put16(out, type);
  Put16(out, 1);
  Put32(out, 300);
  Put16(out, static_cast<unsigned>(rdata.size()));
  out.insert(out.end(), rdata.begin(), rdata.end());
  return out;
}

Bytes OnlyServer() {
  Bytes target;
  PutAll(target, WireName("ns1.example.test"));
  return Record("example.test", kNs, target);
}

void AddHosts(uint32_t serial, std::vector<Bytes>& records) {
  const std::string text = std::to_string(serial);
  for (int i = 0; i < PacedPrimary::kHosts; ++i) {
    Bytes rdata{static_cast<uint8_t>(text.size())};
    PutAll(rdata, text);
    records.push_back(Record("host" + std::to_string(i) + ".example.test", kTxt, rdata));
  }
}

/// The serial in the SOA that ends the query, which has no OPT and no TSIG.
uint32_t KnownIn(const Bytes& query) {
  const uint8_t* at = query.data() + query.size() - 20;
  return uint32_t{at[0]} << 24 | uint32_t{at[1]} << 16 | uint32_t{at[2]} << 8 | at[3];
}

bool SendReply(int socket, const Message& query, const Bytes& record) {
  Bytes message;
  for (const unsigned word : {unsigned{query.id}, 0x8400U, 1U, 1U, 0U, 0U}) Put16(message, word);
  PutAll(message, WireName(query.qname));
  Put16(message, query.qtype);
  Put16(message, query.qclass);
  message.insert(message.end(), record.begin(), record.end());
  Bytes out;
  Put16(out, static_cast<unsigned>(message.size()));
  out.insert(out.end(), message.begin(), message.end());
  return send(socket, out.data(), out.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(out.size());
}

}  // namespace

PacedPrimary::PacedPrimary(std::array<uint32_t, 3> timers)
    : timers_(timers),
      port_(FreeDnsPort()),
      listener_(Listen(port_)),
      thread_([this] { Serve(); }) {}

PacedPrimary::~PacedPrimary() {
  stop_ = true;
  thread_.join();
  close(listener_);
}

void PacedPrimary::Have(uint32_t serial, Kind kind, size_t messages) {
  const std::lock_guard lock(mutex_);
  wish_ = {serial, kind, messages, wish_.number + 1};
  told_ = 0;
}

Bytes PacedPrimary::Soa(uint32_t serial) const {
  Bytes rdata;
  PutAll(rdata, WireName("ns1.example.test"));
  PutAll(rdata, WireName("hostmaster.example.test"));
  for (const uint32_t number : {serial, timers_[0], timers_[1], timers_[2], 60U}) {
    Put32(rdata, number);
  }
  return Record("example.test", kSoa, rdata);
}

std::vector<Bytes> PacedPrimary::Whole(uint32_t serial) const {
  std::vector<Bytes> records{Soa(serial), OnlyServer()};
  records.push_back(Record("ns1.example.test", kA, {192, 0, 2, 53}));
  AddHosts(serial, records);
  records.push_back(Soa(serial));
  return records;
}

/// RFC 1995 section 4.
std::vector<Bytes> PacedPrimary::Differences(uint32_t from, uint32_t to) const {
  std::vector<Bytes> records{Soa(to), Soa(from)};
  AddHosts(from, records);
  records.push_back(Soa(to));
  AddHosts(to, records);
  records.push_back(Soa(to));
  return records;
}

std::vector<Bytes> PacedPrimary::Unfit(uint32_t from, uint32_t to) const {
  return {Soa(to), Soa(from), OnlyServer(), Soa(to), Soa(to)};
}

std::vector<Bytes> PacedPrimary::Incremental(const Wish& wish, uint32_t known) const {
  switch (wish.kind) {
    case Kind::kDifferences:
      return Differences(known, wish.serial);
    case Kind::kUnfit:
      return Unfit(known, wish.serial);
    case Kind::kOneSoa:
      return {Soa(wish.serial)};
    case Kind::kWhole:
      break;
  }
  return Whole(wish.serial);
}

PacedPrimary::Wish PacedPrimary::wish() const {
  const std::lock_guard lock(mutex_);
  return wish_;
}

void PacedPrimary::Serve() {
  while (!stop_) {
    pollfd ready{listener_, POLLIN, 0};
    if (poll(&ready, 1, 20) <= 0) continue;
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) continue;
    const timeval patience{5, 0};
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    Answer(socket);
    close(socket);
  }
}

void PacedPrimary::Answer(int socket) {
  uint8_t length[2];
  if (!Receive(socket, length, sizeof length)) return;
  Bytes octets(static_cast<size_t>(length[0] << 8 | length[1]));
  if (!Receive(socket, octets.data(), octets.size())) return;
  const auto query = ReadMessage(octets);
  if (!query) return;
  while (is_paused_ && !stop_) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const Wish wish = this->wish();
  if (query->qtype != kAxfr && query->qtype != kIxfr) {
    SendReply(socket, *query, Soa(wish.serial));
    return;
  }
  const auto records =
      query->qtype == kIxfr ? Incremental(wish, KnownIn(octets)) : Whole(wish.serial);
  for (size_t i = 0; i < records.size() && i < wish.messages; ++i) {
    if (!SendReply(socket, *query, records[i])) return;
    const std::lock_guard lock(mutex_);
    if (wish_.number != wish.number) return;
    ++told_;
  }
  BeSilent(socket, wish.number);
}

void PacedPrimary::BeSilent(int socket, uint64_t number) const {
  while (!stop_ && wish().number == number) {
    pollfd left{socket, POLLRDHUP, 0};
    if (poll(&left, 1, 20) > 0) return;
  }
}

}  // namespace waypost::test
