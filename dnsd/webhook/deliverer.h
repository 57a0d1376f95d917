// Sends events to webhooks, on a thread of its own: a receiver that is slow or gone harms nobody,
// not even the other receivers.
//
// Thread safety: all calls from any thread; Take never blocks. Ownership: the clock must outlive
// it. Errors: counted by figures(). Limits: kMaxBacklog events that this thread has not looked at
// yet; each target's own queue.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "dnsd/base/clock.h"
#include "dnsd/base/random.h"
#include "dnsd/webhook/courier.h"
#include "dnsd/webhook/target.h"

namespace waypost::webhook {

class Deliverer {
 public:
  static constexpr uint64_t kMaxBacklog = 10'000;

  Deliverer(const Clock& clock, uint64_t seed);
  ~Deliverer();

  /// Events that wait for a target of the same name are sent to the new one.
  void Configure(std::vector<Target> targets);
  /// `event.id` is filled in.
  void Take(Event event);
  /// Does not wait for what is not delivered yet. Idempotent.
  void Stop();

  struct Figures {
    CourierFigures courier;
    std::string fault;
  };
  /// By target.
  std::map<std::string, Figures> figures() const;

 private:
  struct Line;
  using LinePointer = std::shared_ptr<Line>;

  // On the thread inside.
  void Replace(std::vector<Target> targets);
  void Distribute(const Event& event);
  void Pump(const LinePointer& line);
  boost::asio::awaitable<void> Send(LinePointer line, Event event);
  void Tell();

  const Clock& clock_;
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  Random random_;
  const int64_t life_;  // tells the ids of one life from those of the next
  uint64_t next_id_ = 0;
  std::map<std::string, LinePointer> lines_;

  std::atomic<bool> has_targets_{false};
  std::atomic<uint64_t> backlog_{0};
  std::atomic<uint64_t> lost_{0};  // to a full backlog
  mutable std::mutex mutex_;       // guards figures_
  std::map<std::string, Figures> figures_;

  std::thread thread_;
};

}  // namespace waypost::webhook
