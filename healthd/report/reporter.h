// Between the schedule and the directors: merges what they assign into one watch list, keeps the
// latest of every watch, and passes news on to each director that asked for it.
//
// Thread safety: one thread, the one that runs the io_context. Ownership: the io_context must
// outlive it.
#pragma once

#include <spdlog/logger.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "healthd/detect/self_doubt.h"
#include "healthd/report/director.h"
#include "healthd/report/log_limit.h"
#include "healthd/report/outbox.h"
#include "healthd/report/roster.h"

namespace waypost::report {

class Reporter {
 public:
  struct Options {
    v1::Hello hello;
    std::chrono::milliseconds retention = std::chrono::minutes(1);
    uint64_t seed = 0;
  };
  /// Takes the list of everything that shall be watched from now on.
  using Watch = std::function<void(const WatchList&)>;

  Reporter(boost::asio::io_context& io, Options options, Watch watch,
           std::shared_ptr<spdlog::logger> log);

  /// Reports to these (HOST:PORT or unix:PATH) from now on, and to no others; streams that stay are
  /// left alone.
  void Connect(const std::vector<std::string>& directors, const Security& security);
  /// Breaks all streams off and watches nothing any more.
  void Stop();
  /// Whether this vantage trusts its own eyes.
  void SetDoubt(const detect::Doubt& doubt);
  /// What was seen of these so far is no longer told.
  void Forget(const std::vector<WatchId>& watches);
  /// The schedule saw something.
  void Note(WatchId watch, const schedule::Sighting& sighting);

 private:
  std::vector<AssignedTarget> Assign(const std::string& director, const v1::Assignment& assignment);
  void Drop(const std::string& director);
  void Add(const std::string& director);
  void UpdateWatches();
  void NoteInconclusive(WatchId watch, schedule::Sighting sighting);
  void Tell(WatchId watch, const schedule::Sighting& sighting);
  void LogChange(WatchId watch, const schedule::Sighting& sighting);
  void LogInconclusive(const schedule::Sighting& sighting);

  boost::asio::io_context& io_;
  const Options options_;
  const Watch watch_;
  const std::shared_ptr<spdlog::logger> log_;
  /// A region that fails or returns has hundreds of changes in a second; the first tell enough.
  LogLimit change_limit_{50};
  LogLimit inconclusive_limit_{1};
  LogLimit problem_limit_{50};
  Roster roster_;
  WatchList wanted_;
  Table table_;
  Security security_;
  v1::Doubt doubt_;
  std::map<std::string, std::unique_ptr<Director>> directors_;  // by address
};

}  // namespace waypost::report
