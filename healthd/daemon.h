// The running vantage: prober, schedule and reporter on one thread, and the signals that steer it.
//
// Thread safety: everything happens on the thread that calls Run.
#pragma once

#include <spdlog/logger.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>

#include "healthd/detect/self_doubt.h"
#include "healthd/diagnose/examiner.h"
#include "healthd/probe/network_prober.h"
#include "healthd/report/attendance.h"
#include "healthd/report/reporter.h"
#include "healthd/schedule/schedule.h"
#include "healthd/settings.h"

namespace waypost {

class Daemon {
 public:
  /// `reload` gives the settings anew, for SIGHUP.
  using Reload = std::function<Result<Settings>()>;

  Daemon(Settings settings, Reload reload, std::shared_ptr<spdlog::logger> log);

  /// Until SIGTERM or SIGINT; SIGHUP takes over new directors, credentials and log level.
  /// `ready` is called once everything is set up.
  void Run(const std::function<void()>& ready);

 private:
  void AwaitSignal();
  void Connect();
  void ReloadSettings();
  void WatchReferences();
  void Watch(const schedule::WatchList& wanted);
  void Note(schedule::WatchId watch, const schedule::Sighting& sighting);
  /// A target failed, or the vantage did: the references tell, if they are asked before more fails.
  void AskReferences();
  /// Waits for orders of the directors to examine, as far as the settings let it.
  void Attend();
  void Examine(const std::string& director, const v1::Examination& order,
               const report::Attendance::Send& send);
  diagnose::Surroundings SurroundingsNow() const;
  /// Now, and once a second.
  void Judge();
  void Trust();
  void JudgeLater();

  Settings settings_;
  const Reload reload_;
  const std::shared_ptr<spdlog::logger> log_;
  boost::asio::io_context io_{1};
  boost::asio::signal_set signals_;
  probe::NetworkProber prober_;
  report::Reporter reporter_;
  schedule::Schedule schedule_;
  schedule::Schedule references_;
  schedule::WatchList watched_;
  diagnose::Examiner examiner_;
  std::vector<std::unique_ptr<report::Attendance>> attendances_;
  detect::SelfDoubt self_doubt_;
  detect::Doubt doubt_;
  Steady references_asked_;
  boost::asio::steady_timer judge_;
};

}  // namespace waypost
