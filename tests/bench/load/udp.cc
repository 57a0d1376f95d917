#include "tests/bench/load/udp.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

namespace waypost::bench {
namespace {

constexpr size_t kBatch = 32;
constexpr size_t kMaxMessage = 4096;
constexpr size_t kIds = 65536;
constexpr size_t kHeaderSize = 12;
constexpr std::chrono::milliseconds kGraceAtEnd{100};

/// Queries on their way by id, with the times that their latencies count from.
class Waiting {
 public:
  size_t size() const { return size_; }

  uint16_t Add(Time due) {
    // An id that is still in use is that of a query lost long ago.
    if (due_[next_] == Time()) ++size_;
    due_[next_] = due;
    return next_++;
  }

  /// The epoch: nobody waits for it.
  Time Take(uint16_t id) {
    const Time due = due_[id];
    if (due == Time()) return due;
    due_[id] = Time();
    --size_;
    return due;
  }

  void Clear() {
    due_.fill(Time());
    size_ = 0;
  }

 private:
  std::array<Time, kIds> due_{};
  uint16_t next_ = 0;
  size_t size_ = 0;
};

class Batch {
 public:
  Batch() {
    for (size_t i = 0; i < kBatch; ++i) {
      parts_[i].iov_base = octets_[i].data();
      messages_[i].msg_hdr.msg_iov = &parts_[i];
      messages_[i].msg_hdr.msg_iovlen = 1;
    }
  }

  bool is_full() const { return size_ == kBatch; }

  void Add(std::span<const uint8_t> query) {
    std::memcpy(octets_[size_].data(), query.data(), query.size());
    parts_[size_++].iov_len = query.size();
  }

  void Send(int socket) {
    for (size_t sent = 0; sent < size_;) {
      const int more =
          sendmmsg(socket, messages_.data() + sent, static_cast<unsigned>(size_ - sent), 0);
      if (more <= 0) break;
      sent += static_cast<size_t>(more);
    }
    size_ = 0;
  }

  /// False: nothing has come. `clock`: says the time when something has.
  template <typename Clock>
  bool Receive(int socket, int flags, Waiting& waiting, Report& report, Clock clock) {
    for (iovec& part : parts_) part.iov_len = kMaxMessage;
    const int received = recvmmsg(socket, messages_.data(), kBatch, flags, nullptr);
    if (received <= 0) return false;
    const Time now = clock();
    for (size_t i = 0; i < static_cast<size_t>(received); ++i) {
      const auto& octets = octets_[i];
      if (messages_[i].msg_len < kHeaderSize) continue;
      const Time due = waiting.Take(static_cast<uint16_t>(octets[0] << 8 | octets[1]));
      if (due != Time()) report.Answered(due, now, octets[3] & 0x0F);
    }
    return true;
  }

 private:
  size_t size_ = 0;
  std::array<std::array<uint8_t, kMaxMessage>, kBatch> octets_;
  std::array<iovec, kBatch> parts_{};
  std::array<mmsghdr, kBatch> messages_{};
};

struct Loop {
  Waiting waiting;
  Batch batch;
};

}  // namespace

void AskInWindow(int socket, Questions& questions, uint16_t window, Report& report) {
  const timeval patience{0, 100000};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  const auto loop = std::make_unique<Loop>();
  auto& [waiting, batch] = *loop;
  for (Time now = Now(); !report.is_over(now); now = Now()) {
    while (waiting.size() < window) {
      batch.Add(questions.Next(waiting.Add(now)));
      if (batch.is_full()) batch.Send(socket);
    }
    batch.Send(socket);
    if (batch.Receive(socket, MSG_WAITFORONE, waiting, report, Now)) continue;
    report.Lost(waiting.size());
    waiting.Clear();
  }
}

void AskAtRate(int socket, Questions& questions, double rate, Report& report) {
  const auto loop = std::make_unique<Loop>();
  auto& [waiting, batch] = *loop;
  const std::chrono::duration<double> gap(1 / rate);
  uint64_t sent = 0;
  const auto due = [&] {
    return report.start() +
           std::chrono::duration_cast<Time::duration>(gap * static_cast<double>(sent));
  };
  Time now = Now();
  const auto turn = [&] {
    const Time before = std::exchange(now, Now());
    report.Turn(before, now);
    return now;
  };
  for (; !report.is_over(now); turn()) {
    for (; due() <= now && !batch.is_full(); ++sent) {
      batch.Add(questions.Next(waiting.Add(due())));
    }
    batch.Send(socket);
    batch.Receive(socket, MSG_DONTWAIT, waiting, report, turn);
  }
  const Time end = now + kGraceAtEnd;
  while (turn() < end) batch.Receive(socket, MSG_DONTWAIT, waiting, report, turn);
  report.Lost(waiting.size());
}

}  // namespace waypost::bench
