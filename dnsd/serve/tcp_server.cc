#include "dnsd/serve/tcp_server.h"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "dnsd/serve/sockets.h"

namespace waypost::serve {
namespace {

/// How often idle connections are looked for, and how long a stop may go unnoticed.
constexpr std::chrono::milliseconds kTick{100};
constexpr int kEventsAtOnce = 64;
/// Accepted and answered in one go, before connections that are open have their turn again: some
/// 200 us, more with handshakes of TLS.
constexpr int kAcceptsAtOnce = 8;
/// Replies that a handler may owe to one connection.
constexpr size_t kMaxAwaited = 16;
/// Of those idle for longest, how many may turn out to be busy before a full server gives up.
constexpr size_t kMostLookedAt = 64;
/// A ticket is the number of the connection, then its descriptor.
constexpr unsigned kDescriptorBits = 24;

bool WouldBlock(int error) noexcept { return error == EAGAIN || error == EWOULDBLOCK; }

bool IsOutOfResources(int error) noexcept {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

bool Control(const FileDescriptor& epoll, int operation, int fd, uint32_t events) noexcept {
  epoll_event event = {.events = events, .data = {.fd = fd}};
  return epoll_ctl(epoll.get(), operation, fd, &event) == 0;
}

}  // namespace

Result<std::unique_ptr<TcpServer>> TcpServer::Make(std::vector<FileDescriptor> listeners,
                                                   Transport transport, const TcpLimits& limits,
                                                   const Service& service, uint64_t seed) {
  FileDescriptor epoll(epoll_create1(EPOLL_CLOEXEC));
  bool is_ready = epoll.is_open();
  for (const auto& listener : listeners) {
    is_ready = is_ready && Control(epoll, EPOLL_CTL_ADD, listener.get(), EPOLLIN);
  }
  if (!is_ready) {
    return Fail(ErrorCode::kUnavailable, fmt::format("TCP: epoll: {}", std::strerror(errno)));
  }
  return std::unique_ptr<TcpServer>(
      new TcpServer(std::move(epoll), std::move(listeners), transport, limits, service, seed));
}

TcpServer::TcpServer(FileDescriptor epoll, std::vector<FileDescriptor> listeners,
                     Transport transport, const TcpLimits& limits, const Service& service,
                     uint64_t seed)
    : epoll_(std::move(epoll)),
      listeners_(std::move(listeners)),
      transport_(transport),
      limits_(limits),
      reader_(service.snapshots),
      protections_(service.protections),
      responder_(service.identity, service.decide, seed, tally_),
      handler_(service.handler),
      mailbox_(std::make_shared<Mailbox>()) {
  if (handler_ == nullptr || !mailbox_->is_open()) return;
  if (Control(epoll_, EPOLL_CTL_ADD, mailbox_->bell(), EPOLLIN)) responder_.HandOver();
}

void TcpServer::Run(const std::atomic<bool>& stop) {
  std::array<epoll_event, kEventsAtOnce> events;
  while (!stop.load(std::memory_order_relaxed)) {
    const int count =
        epoll_wait(epoll_.get(), events.data(), kEventsAtOnce, static_cast<int>(kTick.count()));
    now_ = std::chrono::steady_clock::now();
    const auto ready = std::span(events).first(static_cast<size_t>(std::max(count, 0)));
    ServeReady(ready);
    // Only now, because a new connection may get the descriptor of one that was closed.
    for (const epoll_event& event : ready) {
      if (IsListener(event.data.fd)) AcceptAll(event.data.fd);
      if (event.data.fd == mailbox_->bell()) CollectMail();
    }
    if (now_ >= next_tick_) Tick();
  }
  CloseAll();
}

void TcpServer::CloseAll() {
  for (size_t i = 0; i < connections_.size(); ++i) {
    const int fd = static_cast<int>(i);
    if (connections_[i] != nullptr) Serve(fd, EPOLLIN);
    if (connections_[i] != nullptr) Close(fd);
  }
}

void TcpServer::Tick() {
  next_tick_ = now_ + kTick;
  reader_.Get();
  if (!accepting_) accepting_ = WatchListeners(EPOLLIN);
  const auto shortened = limits_.idle_timeout * 9 / 10;
  const Steady now = is_crowded() ? now_ + shortened : now_;
  for (size_t fd = 0; fd < connections_.size(); ++fd) {
    if (connections_[fd] == nullptr || now < connections_[fd]->deadline) continue;
    if (connections_[fd]->awaited > 0) continue;
    tally_.tcp_timeouts.Add();
    Close(static_cast<int>(fd));
  }
}

bool TcpServer::WatchListeners(uint32_t events) noexcept {
  return std::ranges::all_of(listeners_, [&](const FileDescriptor& listener) {
    return Control(epoll_, EPOLL_CTL_MOD, listener.get(), events);
  });
}

bool TcpServer::IsListener(int fd) const noexcept {
  return std::ranges::any_of(listeners_, [fd](const auto& l) { return l.get() == fd; });
}

void TcpServer::AcceptAll(int listener) {
  for (int i = 0; i < kAcceptsAtOnce; ++i) {
    KernelAddress from;
    socklen_t length = sizeof from;
    FileDescriptor socket(accept4(listener, &from.any, &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.is_open()) {
      Accept(std::move(socket), FromKernel(from));
    } else if (IsOutOfResources(errno)) {
      // The connection stays in the queue and would wake us at once, again and again.
      WatchListeners(0);
      accepting_ = false;
      return;
    } else if (WouldBlock(errno)) {
      return;
    }
  }
}

bool TcpServer::HasRoomFor(const IpAddress& peer, bool from_front) {
  // Behind a front are many clients.
  if (!from_front && !clients_.Enter(peer, limits_.max_per_client)) return false;
  if (open_ < limits_.max_clients || MakeRoom()) return true;
  if (!from_front) clients_.Leave(peer);
  return false;
}

bool TcpServer::MakeRoom() {
  size_t looked_at = 0;
  for (const int fd : by_deadline_) {
    if (++looked_at > kMostLookedAt) return false;
    if (connections_[static_cast<size_t>(fd)]->is_busy()) continue;
    tally_.tcp_evicted.Add();
    Close(fd);
    return true;
  }
  return false;
}

void TcpServer::Touch(TcpConnection& connection) noexcept {
  connection.deadline = now_ + limits_.idle_timeout;
  by_deadline_.splice(by_deadline_.end(), by_deadline_, connection.place);
}

void TcpServer::Accept(FileDescriptor socket, const IpAddress& peer) {
  const bool from_front = protections_.Get()->fronts.Contains(peer);
  if (!HasRoomFor(peer, from_front)) return tally_.tcp_refused.Add();
  auto connection = std::make_unique<TcpConnection>(std::move(socket), peer, from_front);
  if (!Begin(*connection)) {
    if (!from_front) clients_.Leave(peer);
    return tally_.tcp_refused.Add();
  }
  const int fd = connection->fd();
  Add(std::move(connection));
  // As a rule its first octets came with it (OpenTcpListener).
  Serve(fd, EPOLLIN);
}

bool TcpServer::Begin(TcpConnection& connection) {
  connection.ticket = accepted_++ << kDescriptorBits | static_cast<uint64_t>(connection.fd());
  if (transport_ != Transport::kTls) return true;
  const auto& credentials = protections_.Get()->credentials;
  if (credentials != nullptr) connection.StartTls(*credentials);
  return credentials != nullptr;
}

void TcpServer::Add(std::unique_ptr<TcpConnection> connection) {
  const auto fd = static_cast<size_t>(connection->fd());
  if (connections_.size() <= fd) connections_.resize(fd + 1);
  connection->place = by_deadline_.insert(by_deadline_.end(), connection->fd());
  connection->deadline = now_ + limits_.idle_timeout;
  connections_[fd] = std::move(connection);
  ++open_;
  tally_.tcp_accepted.Add();
}

bool TcpServer::is_crowded() const noexcept {
  return open_ > limits_.max_clients - limits_.max_clients / 4;
}

uint16_t TcpServer::keepalive_100ms() const noexcept {
  return static_cast<uint16_t>(limits_.idle_timeout.count() / 100 / (is_crowded() ? 10 : 1));
}

TcpConnection* TcpServer::ConnectionAt(int fd) const noexcept {
  const auto at = static_cast<size_t>(fd);
  return at < connections_.size() ? connections_[at].get() : nullptr;
}

void TcpServer::ServeReady(std::span<const epoll_event> ready) {
  std::array<Fate, kEventsAtOnce> fates;
  size_t place = 0;
  for (size_t i = 0; i < ready.size(); ++i) {
    TcpConnection* const connection = ConnectionAt(ready[i].data.fd);
    if (connection == nullptr) continue;
    fates[i] = TakeIn(*connection, ready[i].events);
    lookahead_.Add(connection->stream.PeekMessage(), connection->ends.client);
    connection->ahead = place++;
  }
  lookahead_.Load(reader_.Get());
  looked_at_ = reader_.seen();
  for (size_t i = 0; i < ready.size(); ++i) {
    TcpConnection* const connection = ConnectionAt(ready[i].data.fd);
    if (connection != nullptr) Conclude(*connection, fates[i]);
  }
}

void TcpServer::Serve(int fd, uint32_t events) {
  TcpConnection& connection = *connections_[static_cast<size_t>(fd)];
  Conclude(connection, TakeIn(connection, events));
}

Fate TcpServer::TakeIn(TcpConnection& connection, uint32_t events) {
  if (connection.ended && (events & (EPOLLHUP | EPOLLERR)) != 0) return Fate::kClose;
  if (connection.has_pending()) return Flush(connection);
  const bool is_readable = (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0;
  return is_readable ? connection.Receive() : Fate::kKeep;
}

void TcpServer::Conclude(TcpConnection& connection, Fate fate) {
  if (fate == Fate::kKeep) fate = Pump(connection);
  // What is known ahead of a message that was left for later would be of a snapshot that may be
  // gone by then.
  connection.ahead = Lookahead::kMostQueries;
  if (fate == Fate::kKeep) fate = Watch(connection);
  if (fate == Fate::kClose) Close(connection.fd());
}

Fate TcpServer::Pump(TcpConnection& connection) {
  if (Flush(connection) == Fate::kClose) return Fate::kClose;
  bool goes_on = true;
  while (goes_on && !connection.has_pending()) {
    goes_on = AnswerAll(connection);
    if (Flush(connection) == Fate::kClose) return Fate::kClose;
    const bool is_empty = !goes_on && !connection.has_pending();
    if (is_empty && connection.awaited < kMaxAwaited) goes_on = connection.Decrypt();
  }
  const bool owes_nothing = connection.awaited == 0 && connection.sources.empty();
  const bool is_done = connection.ended && !connection.has_pending() && owes_nothing;
  return is_done ? Fate::kClose : Fate::kKeep;
}

bool TcpServer::AnswerAll(TcpConnection& connection) {
  Horizon horizon = HorizonOf(connection);
  const Protection& protection = *protections_.Get();
  responder_.Obey(protection, protection.needs_time() ? Moment::Now() : Moment{},
                  keepalive_100ms());
  bool answered = false;
  std::span<const uint8_t> message;
  while (connection.awaited < kMaxAwaited && connection.stream.NextMessage(message)) {
    horizon.hint = &HintOf(connection, message);
    const size_t octets =
        responder_.Respond(message, connection.ends.client, transport_, horizon, reply_);
    if (octets == 0) {
      connection.StopReading();
      break;
    }
    answered = true;
    if (octets == Responder::kHandOver) {
      HandOver(message, connection);
    } else {
      connection.stream.AppendReply(std::span(reply_).first(octets));
    }
  }
  if (AppendNext(connection)) answered = true;
  if (answered) Touch(connection);
  return answered;
}

Horizon TcpServer::HorizonOf(TcpConnection& connection) noexcept {
  Horizon horizon = reader_.Get();
  if (horizon.snapshot == nullptr || horizon.snapshot->views == nullptr) return horizon;
  horizon.view = horizon.snapshot->views->Find({connection.ends.client, connection.Asked(), {}});
  return horizon;
}

const Hint& TcpServer::HintOf(TcpConnection& connection,
                              std::span<const uint8_t> message) noexcept {
  const size_t place = std::exchange(connection.ahead, Lookahead::kMostQueries);
  return reader_.seen() == looked_at_ ? lookahead_.HintOf(place, message) : Hint::kNothing;
}

void TcpServer::HandOver(std::span<const uint8_t> message, TcpConnection& connection) {
  ++connection.awaited;
  handler_->Handle(
      {{message.begin(), message.end()}, connection.ends.client, transport_, connection.Asked()},
      std::make_unique<MailReply>(mailbox_, connection.ticket));
}

bool TcpServer::AppendNext(TcpConnection& connection) {
  while (connection.stream.pending().empty() && !connection.sources.empty()) {
    const size_t octets = connection.sources.front()->Next(reply_);
    if (octets > 0) {
      connection.stream.AppendReply(std::span(reply_).first(octets));
      return true;
    }
    connection.sources.pop_front();
  }
  return false;
}

void TcpServer::CollectMail() {
  for (Mailbox::Letter& letter : mailbox_->Take()) {
    const size_t fd = letter.connection & ((uint64_t{1} << kDescriptorBits) - 1);
    if (fd >= connections_.size() || connections_[fd] == nullptr) continue;
    TcpConnection& connection = *connections_[fd];
    if (connection.ticket != letter.connection) continue;
    --connection.awaited;
    Touch(connection);
    if (letter.source != nullptr) connection.sources.push_back(std::move(letter.source));
    Serve(static_cast<int>(fd), 0);
  }
}

Fate TcpServer::Flush(TcpConnection& connection) noexcept {
  const bool had_replies = !connection.stream.pending().empty();
  const Fate fate = connection.Flush();
  if (had_replies && !connection.has_pending()) Touch(connection);
  return fate;
}

uint32_t TcpServer::WantedEvents(const TcpConnection& connection) noexcept {
  if (connection.has_pending()) return EPOLLOUT;
  const bool can_take = !connection.ended && connection.awaited < kMaxAwaited;
  return can_take ? uint32_t{EPOLLIN} : 0;
}

Fate TcpServer::Watch(TcpConnection& connection) noexcept {
  const uint32_t wanted = WantedEvents(connection);
  if (connection.watched == wanted) return Fate::kKeep;
  const int operation = connection.watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  connection.watched = wanted;
  return Control(epoll_, operation, connection.fd(), wanted) ? Fate::kKeep : Fate::kClose;
}

void TcpServer::Close(int fd) {
  auto& connection = connections_[static_cast<size_t>(fd)];
  if (connection->is_bad_front()) tally_.bad_fronts.Add();
  if (connection->has_tls_failed()) tally_.tls_failures.Add();
  connection->SayGoodbye();
  by_deadline_.erase(connection->place);
  if (connection->is_counted) clients_.Leave(connection->peer);
  // Closing also takes the descriptor out of epoll: nobody else holds a copy.
  connection.reset();
  --open_;
  tally_.tcp_closed.Add();
}

}  // namespace waypost::serve
