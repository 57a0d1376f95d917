// A stream to one director by which it may have things examined from here: orders come in, progress
// and findings go out. Comes back after a break, and leaves a director alone for a while that knows
// no such thing.
//
// It is a stream of its own, so that no finding delays a report.
//
// Thread safety: one thread, the one that runs the io_context; Send of an order from any thread.
// Ownership: the io_context must outlive it. Errors: a director that cannot be reached is tried
// again for ever; what can no longer be sent is dropped.
#pragma once

#include <spdlog/logger.h>

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "healthd/report/alarm.h"
#include "healthd/report/backoff.h"
#include "healthd/report/security.h"
#include "waypost/v1/diagnose.pb.h"

namespace waypost::report {

class Attendance {
 public:
  using Send = std::function<void(const v1::AttendantMessage&)>;
  using Ordered = std::function<void(const v1::Examination&, const Send&)>;

  struct Setup {
    /// HOST:PORT or unix:PATH.
    std::string address;
    Security security;
    v1::Hello hello;
    uint64_t seed = 0;
  };

  Attendance(boost::asio::io_context& io, Setup setup, Ordered ordered,
             std::shared_ptr<spdlog::logger> log);
  /// Breaks the stream off.
  ~Attendance();

  void Start() { Connect(); }

 private:
  class Call;

  void Connect();
  void OnClosed(bool is_known, const std::string& reason);

  boost::asio::io_context& io_;
  const Setup setup_;
  const Ordered ordered_;
  const std::shared_ptr<spdlog::logger> log_;
  std::shared_ptr<Call> call_;
  Backoff backoff_;
  Alarm connect_;
};

}  // namespace waypost::report
