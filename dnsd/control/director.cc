#include "dnsd/control/director.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <utility>

#include "dnsd/base/heap.h"
#include "dnsd/config/catalog.h"
#include "dnsd/control/admin_server.h"
#include "dnsd/control/changes.h"
#include "dnsd/control/content_desk.h"
#include "dnsd/control/diagnosis_desk.h"
#include "dnsd/control/event_bus.h"
#include "dnsd/control/geo_keeper.h"
#include "dnsd/control/grpc_server.h"
#include "dnsd/control/insight.h"
#include "dnsd/control/messages.h"
#include "dnsd/control/metrics.h"
#include "dnsd/control/publisher.h"
#include "dnsd/control/refresher.h"
#include "dnsd/control/registry.h"
#include "dnsd/control/serial_executor.h"
#include "dnsd/control/transfer_desk.h"
#include "dnsd/control/webhooks.h"
#include "dnsd/serve/server.h"
#include "dnsd/store/store.h"

namespace waypost::control {
namespace {

/// How often files of geo databases are looked at; a new one is in use a few seconds after it was
/// moved in place.
constexpr std::chrono::milliseconds kGeoPeriod{2000};
/// Times between regions change slowly, and a change compiles the client map anew.
constexpr std::chrono::seconds kRttPeriod{60};
constexpr std::chrono::hours kCompactPeriod{1};
constexpr std::chrono::seconds kGiveBackPeriod{10};

Result<std::unique_ptr<store::Store>> OpenStore(const std::string& state, const Clock& clock) {
  if (state == "memory") return store::OpenMemoryStore(clock);
  return store::OpenRocksStore(state, clock);
}

/// Words of files and peers must not break out of their quotes, nor start a line of their own.
std::string Escaped(std::string text) {
  for (char& c : text) {
    if (c == '"') c = '\'';
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return text;
}

void LogEvents(EventBus& events) {
  events.Subscribe([](const Happening& h) {
    spdlog::info("component=control event={} subject={} revision={} epoch={} detail=\"{}\"", h.kind,
                 h.subject, h.revision, h.epoch, Escaped(h.text));
  });
}

void LogReport(const LoadReport& report) {
  for (const Problem& problem : report.problems) {
    if (problem.is_warning) {
      spdlog::warn("component=load event=warning detail=\"{}\"", Escaped(problem.ToString()));
    } else {
      spdlog::error("component=load event=error detail=\"{}\"", Escaped(problem.ToString()));
    }
  }
  for (const std::string& zone : report.zones_set_aside) {
    spdlog::error("component=load event=zone-set-aside subject=zone/{} detail=\"{}\"", zone,
                  report.refused ? "nothing was changed" : "what was served before is served on");
  }
  for (const std::string& zone : report.zones_faulty) {
    spdlog::error("component=load event=zone-faulty subject=zone/{} detail=\"{}\"", zone,
                  report.refused ? "nothing was changed" : "SERVFAIL is answered");
  }
}

size_t ErrorCount(const Problems& problems) {
  size_t count = 0;
  for (const Problem& problem : problems) count += problem.is_warning ? 0 : 1;
  return count;
}

class RunningDirector final : public Director {
 public:
  RunningDirector(Settings settings, const Clock& clock, std::unique_ptr<store::Store> store)
      : settings_(std::move(settings)),
        clock_(clock),
        events_(clock),
        webhooks_(events_, clock, settings_.server.seed),
        store_(std::move(store)),
        geo_(settings_.geo),
        background_("background", SerialExecutor::Pace::kPatient),
        publisher_(*store_, clock, events_, background_),
        transfers_(publisher_, *store_, events_, settings_.server, settings_.journal, clock),
        changes_(*store_, publisher_, geo_, events_, transfers_, clock),
        copies_(*store_),
        contents_(changes_, events_, settings_.state == "memory" ? nullptr : &copies_, builder_,
                  clock),
        refresher_(clock, events_, settings_.server.seed,
                   {[this](Delivery news) { contents_.Deliver(std::move(news)); },
                    [this] { return transfers_.keys(); }}),
        insight_(*store_, changes_, transfers_.journal(), publisher_, geo_, refresher_, webhooks_,
                 clock),
        builder_("builder", SerialExecutor::Pace::kPatient, Registry::kTick,
                 [this] { Housekeep(); }),
        registry_(builder_, changes_, clock, events_),
        diagnoses_(publisher_, settings_.region) {
    LogEvents(events_);
    changes_.SetObserver([this](std::shared_ptr<const config::Built> built) {
      contents_.Retain(*built);
      webhooks_.Configure(*built);
      refresher_.Configure(std::move(built));
    });
    transfers_.SetNotified(
        [this](const std::string& origin) { refresher_.Refresh(origin, false); });
    transfers_.SetUpdater([this](const UpdateOrder& order) {
      return builder_.Ask([&] { return changes_.Update(order); });
    });
  }
  ~RunningDirector() override { Stop(); }

  Status Run();
  std::string ReadyLine() const override;
  void Reload() override;
  void Stop() override;

 private:
  Status LoadFirst();
  Status LoadAgain(const v1::LoadRequest& request, v1::LoadReply& reply);
  void LogLoad(const Result<LoadReport>& report) const;
  void ReloadProtection();
  void Housekeep();
  std::string Metrics();
  ServiceContext Context() {
    return {builder_,
            background_,
            changes_,
            insight_,
            registry_,
            publisher_,
            geo_,
            refresher_,
            events_,
            diagnoses_,
            clock_,
            [this](const v1::LoadRequest& request, v1::LoadReply& reply) {
              return LoadAgain(request, reply);
            }};
  }

  const Settings settings_;
  const Clock& clock_;
  EventBus events_;
  Webhooks webhooks_;
  const std::unique_ptr<store::Store> store_;
  GeoKeeper geo_;
  SerialExecutor background_;
  Publisher publisher_;
  TransferDesk transfers_;
  Changes changes_;
  ZoneCopies copies_;
  ContentDesk contents_;
  Refresher refresher_;
  Insight insight_;
  std::atomic<bool> started_{false};
  Steady last_geo_, last_rtts_, last_compaction_, last_give_back_;  // on the builder
  std::atomic<bool> reload_waits_{false};  // on the builder, and has not begun
  SerialExecutor builder_;
  Registry registry_;
  DiagnosisDesk diagnoses_;
  std::unique_ptr<serve::Server> server_;
  std::unique_ptr<GrpcServer> grpc_;
  std::unique_ptr<AdminServer> admin_;
};

Status RunningDirector::Run() {
  if (Status status = geo_.Open(); !status) return status;
  if (Status status = publisher_.Restore(); !status) return status;
  if (Status status = builder_.Ask([this] { return LoadFirst(); }); !status) return status;
  GiveBackFreePages();
  builder_.Ask([this] { registry_.Sweep(); });
  auto server = serve::Server::Start(settings_.server, publisher_.cell(), &transfers_);
  if (!server) return tl::unexpected(server.error());
  server_ = *std::move(server);
  publisher_.SetWorkerGeneration([this] { return server_->oldest_generation(); });
  auto grpc = GrpcServer::Start(settings_.control, Context());
  if (!grpc) return tl::unexpected(grpc.error());
  grpc_ = *std::move(grpc);
  if (settings_.admin) {
    auto admin = AdminServer::Start(
        *settings_.admin,
        {[this] { return Metrics(); }, [this] { return started_ ? "" : std::string("starting"); }});
    if (!admin) return tl::unexpected(admin.error());
    admin_ = *std::move(admin);
  }
  if (settings_.control.insecure && !settings_.control.address.starts_with("unix:")) {
    spdlog::warn(
        "the control API on {} has neither encryption nor authentication (--insecure-control): "
        "whoever reaches it can move all traffic\"",
        grpc_->address());
  }
  started_ = true;
  return {};
}

Status RunningDirector::LoadFirst() {
  const auto kept = contents_.Load();
  if (!kept) return tl::unexpected(kept.error());
  config::Contents contents;
  config::ListersByZone listers;
  for (const auto& [origin, copy] : *kept) {
    if (!copy.listed_by.empty()) listers[origin] = copy.listed_by;
    contents[origin] = copy.content;
    refresher_.Adopt(origin, copy.content, copy.confirmed);
  }
  if (Status status = changes_.Start(contents, listers); !status) return status;
  if (settings_.load.empty()) return {};
  const bool has_state = store_->current() > 0;
  const auto report = changes_.Load(settings_.load);
  Status status;
  if (!report) status = tl::unexpected(report.error());
  if (report) LogReport(*report);
  if (report && report->refused) {
    const size_t errors = ErrorCount(report->problems);
    status = Fail(ErrorCode::kInvalid,
                  fmt::format("{} error{} in the files of --load", errors, errors == 1 ? "" : "s"));
  }
  if (status || !has_state) return status;
  spdlog::error("{}; the stored revision {} is served instead", status.error().message,
                store_->current());
  return {};
}

std::string RunningDirector::ReadyLine() const {
  std::string line = fmt::format("waypost-dnsd {} ready: dns", WAYPOST_VERSION);
  for (const SocketAddress& address : server_->listening()) line += " " + address.ToString();
  if (!server_->listening_tls().empty()) line += ", tls";
  for (const SocketAddress& address : server_->listening_tls()) line += " " + address.ToString();
  line += ", control " + grpc_->address();
  if (admin_) line += ", admin " + admin_->address().ToString();
  return line +
         fmt::format(", revision {}, state {}", publisher_.serving()->revision, settings_.state);
}

void RunningDirector::Reload() {
  // One that has not begun will see what this one would: changes need not wait for both.
  if (reload_waits_.exchange(true)) return;
  builder_.PostAlways([this] {
    reload_waits_ = false;
    ReloadProtection();
    LogLoad(changes_.Load(settings_.load));
  });
}

Status RunningDirector::LoadAgain(const v1::LoadRequest& request, v1::LoadReply& reply) {
  if (settings_.load.empty()) {
    return Fail(ErrorCode::kInvalid, "this director has no files: it runs without --load");
  }
  std::vector<std::string> zones;
  for (const std::string& zone : request.zones()) zones.push_back(config::CanonicalDomain(zone));
  const auto report = changes_.Load(settings_.load, zones);
  LogLoad(report);
  if (!report) return tl::unexpected(report.error());
  reply.set_revision(store_->current());
  reply.set_applied(!report->refused);
  for (const Problem& problem : report->problems) *reply.add_problems() = ToProto(problem);
  for (const std::string& zone : report->zones_set_aside) reply.add_zones_set_aside(zone);
  for (const std::string& zone : report->zones_faulty) reply.add_zones_faulty(zone);
  return {};
}

void RunningDirector::LogLoad(const Result<LoadReport>& report) const {
  if (report) LogReport(*report);
  if (!report) {
    spdlog::error("component=load event=failed detail=\"{}\"", Escaped(report.error().message));
  } else if (report->refused) {
    spdlog::error("component=load event=refused errors={} detail=\"nothing was changed\"",
                  ErrorCount(report->problems));
  } else {
    spdlog::info("component=load event=reloaded revision={}", store_->current());
  }
}

/// Of the settings file, what protects may change while we run.
void RunningDirector::ReloadProtection() {
  const auto settings = ReadAgain(settings_);
  if (settings) {
    server_->Protect(settings->server.protection);
    transfers_.Protect(settings->server.protection);
  } else {
    spdlog::error("component=settings event=failed detail=\"{}\"",
                  Escaped(settings.error().message));
  }
}

void RunningDirector::Housekeep() {
  if (!started_) return;
  registry_.Sweep();
  if (clock_.Now() - last_give_back_ >= kGiveBackPeriod) {
    last_give_back_ = clock_.Now();
    GiveBackFreePages();
  }
  if (clock_.Now() - last_geo_ >= kGeoPeriod) {
    last_geo_ = clock_.Now();
    changes_.RefreshGeo();
  }
  if (clock_.Now() - last_rtts_ >= kRttPeriod) {
    last_rtts_ = clock_.Now();
    changes_.RefreshRegionRtts();
  }
  if (settings_.history.count() > 0 && clock_.Now() - last_compaction_ >= kCompactPeriod) {
    last_compaction_ = clock_.Now();
    const Status status =
        changes_.Compact(std::chrono::duration_cast<std::chrono::hours>(settings_.history));
    if (!status)
      spdlog::error("component=store event=compaction-failed detail=\"{}\"",
                    Escaped(status.error().message));
  }
}

std::string RunningDirector::Metrics() {
  MetricsInput input;
  input.region = settings_.region;
  input.figures = server_->Read();
  if (!insight_.Describe(input.status)) return "";
  const auto serving = publisher_.serving();
  const steer::Topology& topology = serving->built->steering->topology;
  for (size_t i = 0; i < topology.pools.size(); ++i) {
    input.pool_slots.emplace_back(topology.pools[i].name, serving->snapshot->pool_slots[i]);
    input.pool_regions[topology.pools[i].name] = topology.regions[topology.pools[i].region].name;
  }
  input.verdict_changes = publisher_.verdict_changes();
  input.state_write_failures = publisher_.state_write_failures();
  input.refused_tasks = publisher_.refused_tasks();
  input.transfer_dropped = transfers_.dropped();
  input.store_writable = store_->writable();
  input.secondary = refresher_.figures();
  input.unkept_zones = contents_.unkept();
  input.leases = registry_.lease_count();
  input.leases_expired = registry_.expired_count();
  publisher_.OnControl([&input](const liveness::Verdicts& verdicts, const EvidenceDesk& desk) {
    input.vantages = desk.Vantages();
    input.underwatched = desk.Underwatched();
    input.dropped = verdicts.dropped();
  });
  return MetricsText(input);
}

void RunningDirector::Stop() {
  admin_.reset();
  diagnoses_.Stop();
  if (grpc_) grpc_->Stop();
  transfers_.Stop();  // what it waits for is done by the builder
  refresher_.Stop();
  builder_.Stop();
  if (server_) server_->Stop();
  publisher_.Stop();
  background_.Stop();
  webhooks_.Stop();
}

}  // namespace

Result<std::unique_ptr<Director>> Director::Start(const Settings& settings, const Clock& clock) {
  auto store = OpenStore(settings.state, clock);
  if (!store) return tl::unexpected(store.error());
  auto director = std::make_unique<RunningDirector>(settings, clock, *std::move(store));
  if (Status status = director->Run(); !status) return tl::unexpected(status.error());
  return director;
}

}  // namespace waypost::control
