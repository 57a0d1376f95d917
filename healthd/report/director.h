// Everything between this vantage and one director: keeps a stream to it, tells it what changed
// within 5 ms and what is new at least every half second, and comes back after a break.
//
// Thread safety: one thread, the one that runs the io_context. Ownership: the io_context and the
// table must outlive it. Errors: a director that cannot be reached is tried again, with growing
// pauses, for ever.
#pragma once

#include <spdlog/logger.h>

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "healthd/report/alarm.h"
#include "healthd/report/backoff.h"
#include "healthd/report/link.h"
#include "healthd/report/outbox.h"

namespace waypost::report {

class Director {
 public:
  /// Changes that happen together, as in a regional failure, travel together.
  static constexpr std::chrono::milliseconds kUrgent{5};
  /// Half of the second that the schema promises, so that a late packet breaks no promise.
  static constexpr std::chrono::milliseconds kRegular{500};

  struct Setup {
    std::string address;
    Security security;
    v1::Hello hello;
    /// How long a lost director's assignment is kept up, so that it finds evidence when it is back.
    std::chrono::milliseconds retention = std::chrono::minutes(1);
    uint64_t seed = 0;
  };
  struct Events {
    /// Gives what of the assignment is watched.
    std::function<std::vector<AssignedTarget>(const v1::Assignment&)> assigned;
    /// It has been away for too long.
    std::function<void()> lost;
  };

  Director(boost::asio::io_context& io, Setup setup, Events events, const Table& table,
           std::shared_ptr<spdlog::logger> log);

  void Start() { Connect(); }
  /// Tells the director at once.
  void SetDoubt(const v1::Doubt& doubt);
  /// There is news in the table.
  void Note(WatchId watch, bool urgent);

 private:
  void Connect();
  void ConnectLater(const std::string& reason);
  void OnAssigned(const v1::Assignment& assignment);
  void OnClosed(const std::string& reason);
  /// Sends a report if it is time and the stream is free.
  void Flush();
  void SetDue(Steady due);

  boost::asio::io_context& io_;
  const Setup setup_;
  const Events events_;
  const Table& table_;
  const std::shared_ptr<spdlog::logger> log_;
  std::unique_ptr<Link> link_;
  Backoff backoff_;
  Outbox outbox_;
  bool assigned_ = false;  // on this very stream
  Steady due_;             // of the next report
  Alarm connect_;
  Alarm report_;
  Alarm forget_;
};

}  // namespace waypost::report
