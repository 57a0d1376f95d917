#include "healthd/daemon.h"

#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <csignal>
#include <cstdlib>
#include <random>
#include <set>

namespace waypost {
namespace {

/// For streams, timers and files beside the probes' sockets.
constexpr rlim_t kOtherDescriptors = 64;

uint64_t DrawSeed() {
  std::random_device device;
  return static_cast<uint64_t>(device()) << 32 | device();
}

report::Reporter::Options ReporterOptions(const Settings& settings) {
  report::Reporter::Options options;
  options.hello.set_vantage(settings.vantage);
  options.hello.set_region(settings.region);
  options.hello.set_version(WAYPOST_VERSION);
  options.hello.set_asn(settings.asn);
  options.seed = DrawSeed();
  return options;
}

/// However many targets fail, references are not asked more often because of it.
constexpr std::chrono::milliseconds kBetweenReferences{100};

/// Quick and strict: a reference hardly ever fails.
probe::Spec ReferenceSpec(const SocketAddress& address) {
  probe::Spec spec;
  spec.address = address;
  spec.interval = std::chrono::seconds(1);
  spec.timeout = std::chrono::milliseconds(500);
  spec.rise = spec.fall = spec.forget = 1;
  spec.what = probe::ExchangeSpec{};
  return spec;
}

/// As many descriptors as the system allows; how many probes can run at a time with that, and how
/// many connections can be kept beside them.
schedule::Schedule::Options ScheduleOptions(size_t wanted_probes) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const size_t usable = limit.rlim_cur - std::min(limit.rlim_cur - 1, kOtherDescriptors);
  const size_t probes = std::min(wanted_probes, std::max<size_t>(1, usable / 2));
  return {probes, usable - probes, DrawSeed()};
}

}  // namespace

Daemon::Daemon(Settings settings, Reload reload, std::shared_ptr<spdlog::logger> log)
    : settings_(std::move(settings)),
      reload_(std::move(reload)),
      log_(std::move(log)),
      signals_(io_, SIGTERM, SIGINT, SIGHUP),
      prober_(io_, settings_.permissions),
      reporter_(
          io_, ReporterOptions(settings_),
          [this](const schedule::WatchList& wanted) { Watch(wanted); }, log_),
      schedule_(io_, prober_, ScheduleOptions(settings_.max_concurrent),
                [this](schedule::WatchId watch, const schedule::Sighting& sighting) {
                  Note(watch, sighting);
                }),
      references_(io_, prober_, {},
                  [this](schedule::WatchId reference, const schedule::Sighting& sighting) {
                    self_doubt_.NoteReference(reference, sighting.opinion);
                    Judge();
                  }),
      judge_(io_) {}

void Daemon::Run(const std::function<void()>& ready) {
  AwaitSignal();
  WatchReferences();
  JudgeLater();
  Connect();
  ready();
  io_.run();
  attendances_.clear();
  reporter_.Stop();
  references_.Watch({});
  judge_.cancel();
  signals_.cancel();
  io_.restart();
  io_.run_for(std::chrono::seconds(1));
  if (!io_.stopped()) std::quick_exit(EXIT_SUCCESS);  // a stream does not end: leave it behind
}

void Daemon::AwaitSignal() {
  signals_.async_wait([this](const auto& error, int signal) {
    if (error) return;
    log_->info("component=healthd event=signal number={}", signal);
    if (signal != SIGHUP) return io_.stop();
    ReloadSettings();
    AwaitSignal();
  });
}

void Daemon::Connect() {
  const bool has_files = !settings_.ca.empty();
  log_->set_level(spdlog::level::from_str(settings_.log_level));
  if (!has_files && settings_.insecure_control)
    log_->warn(
        "component=report event=insecure reason=\"--insecure-control: directors over TCP are "
        "neither authenticated nor encrypted, anyone on the way can forge health\"");
  reporter_.Connect(settings_.director, {settings_.ca, settings_.cert, settings_.key, !has_files});
  Attend();
}

void Daemon::Attend() {
  attendances_.clear();
  if (DiagnosePolicyOf(settings_) == DiagnosePolicy::kOff) return;
  const report::Security security{settings_.ca, settings_.cert, settings_.key,
                                  settings_.ca.empty()};
  for (const std::string& director : settings_.director) {
    const auto ordered = [this, director](const v1::Examination& order,
                                          const report::Attendance::Send& send) {
      Examine(director, order, send);
    };
    report::Attendance::Setup setup{director, security, ReporterOptions(settings_).hello,
                                    DrawSeed()};
    attendances_.push_back(
        std::make_unique<report::Attendance>(io_, std::move(setup), ordered, log_));
    attendances_.back()->Start();
  }
}

void Daemon::Examine(const std::string& director, const v1::Examination& order,
                     const report::Attendance::Send& send) {
  if (order.cancel()) return examiner_.Cancel(director, order.id());
  log_->info("component=diagnose event=examine director={} host={:?}", director, order.host());
  const auto tell = [send](const v1::Progress& progress) {
    v1::AttendantMessage message;
    *message.mutable_progress() = progress;
    send(message);
  };
  const auto done = [send](const v1::Findings& findings) {
    v1::AttendantMessage message;
    *message.mutable_findings() = findings;
    send(message);
  };
  examiner_.Start(director, order, SurroundingsNow(), tell, done);
}

diagnose::Surroundings Daemon::SurroundingsNow() const {
  diagnose::Surroundings surroundings;
  surroundings.place = settings_.vantage;
  surroundings.region = settings_.region;
  surroundings.permissions = settings_.permissions;
  if (DiagnosePolicyOf(settings_) == DiagnosePolicy::kAny) {
    surroundings.objection = [](const IpAddress&) { return std::string(); };
    return surroundings;
  }
  std::set<IpAddress> known;
  for (const auto& [id, spec] : watched_) known.insert(spec->address.address);
  surroundings.objection = [known = std::move(known)](const IpAddress& address) {
    return known.contains(address)
               ? std::string()
               : "not watched from here, and this vantage's settings say `diagnose: endpoints`";
  };
  return surroundings;
}

void Daemon::WatchReferences() {
  schedule::WatchList list;
  for (const std::string& address : settings_.reference) {
    const auto spec = std::make_shared<probe::Spec>(ReferenceSpec(*SocketAddress::Parse(address)));
    list.emplace(list.size() + 1, spec);
  }
  self_doubt_.SetReferences(list.size());
  references_.Watch(list);
}

void Daemon::Watch(const schedule::WatchList& wanted) {
  for (const auto& [id, spec] : watched_)
    if (!wanted.contains(id)) self_doubt_.Forget(id);
  watched_ = wanted;
  schedule_.Watch(wanted);
}

void Daemon::Note(schedule::WatchId watch, const schedule::Sighting& sighting) {
  const auto target = watched_.find(watch);
  if (sighting.opinion_changed && target != watched_.end()) {
    self_doubt_.Note(watch, target->second->address.address, sighting.opinion, sighting.ended);
    Judge();
  }
  if (target != watched_.end()) {
    const probe::Outcome& outcome = sighting.outcome;
    const uint32_t rtt_us =
        outcome.measured.rtt_us > 0 ? outcome.measured.rtt_us : outcome.phases.connect_us;
    if (outcome.succeeded()) examiner_.memory().Note(target->second->address.address, rtt_us);
  }
  if (sighting.outcome.conclusive && !sighting.outcome.succeeded()) AskReferences();
  reporter_.Note(watch, sighting);
}

void Daemon::AskReferences() {
  const Steady now = std::chrono::steady_clock::now();
  if (now - references_asked_ < kBetweenReferences) return;
  references_asked_ = now;
  references_.LookNow();
}

void Daemon::Judge() {
  detect::Doubt doubt = self_doubt_.Judge(std::chrono::steady_clock::now());
  const bool changes = doubt.cause != doubt_.cause;
  doubt_ = std::move(doubt);
  if (!changes) return;
  if (doubt_.cause != detect::Doubt::Cause::kNone) return reporter_.SetDoubt(doubt_);
  boost::asio::post(io_, [this] { Trust(); });
}

/// What it saw while it doubted itself is no evidence, and goes before its votes count again.
void Daemon::Trust() {
  if (doubt_.cause != detect::Doubt::Cause::kNone) return;
  reporter_.Forget(schedule_.LookAnew());
  reporter_.SetDoubt(doubt_);
}

void Daemon::JudgeLater() {
  judge_.expires_after(std::chrono::seconds(1));
  judge_.async_wait([this](const auto& error) {
    if (error) return;
    Judge();
    JudgeLater();
  });
}

void Daemon::ReloadSettings() {
  auto loaded = reload_();
  if (!loaded) {
    log_->error("component=healthd event=reload_refused reason={:?}", loaded.error().message);
    return;
  }
  if (loaded->vantage != settings_.vantage || loaded->region != settings_.region ||
      loaded->max_concurrent != settings_.max_concurrent || loaded->asn != settings_.asn ||
      loaded->reference != settings_.reference || loaded->permissions != settings_.permissions)
    log_->warn(
        "component=healthd event=restart_needed settings=\"vantage region asn reference "
        "max_concurrent identities commands\"");
  settings_ = *std::move(loaded);
  Connect();
}

}  // namespace waypost
