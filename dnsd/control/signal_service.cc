#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include "dnsd/base/utf8.h"
#include "dnsd/config/catalog.h"
#include "dnsd/config/scalar.h"
#include "dnsd/control/author.h"
#include "dnsd/control/automation_status.h"
#include "dnsd/control/executor_service.h"
#include "dnsd/control/services.h"
#include "waypost/v1/signal.grpc.pb.h"

namespace waypost::control {
namespace {

using google::protobuf::Duration;
using google::protobuf::util::TimeUtil;
using std::chrono::milliseconds;

// Defaults and bounds, as the schema states them.
constexpr int64_t kDefaultLeaseS = 60;
constexpr int64_t kLeastLeaseS = 1;
constexpr int64_t kLongestLoadLeaseS = 24 * 3600;
constexpr double kMaxLoad = 1e15;
/// Words of a caller end up in logs and tables.
constexpr size_t kMaxWords = 300;

Result<milliseconds> LeaseWithin(bool is_asked, const Duration& asked, const Duration& otherwise,
                                 const Duration& longest) {
  const Duration lease = is_asked ? asked : otherwise;
  constexpr int32_t kNanos = 1'000'000'000;
  const bool is_sound = lease.seconds() >= 0 && lease.nanos() >= 0 && lease.nanos() < kNanos;
  const bool fits =
      is_sound && lease <= longest && lease >= TimeUtil::SecondsToDuration(kLeastLeaseS);
  if (!fits) {
    return Fail(ErrorCode::kInvalid,
                fmt::format("a lease of {} is not within 1s and {}", config::FormatDuration(lease),
                            config::FormatDuration(longest)));
  }
  return milliseconds(TimeUtil::DurationToMilliseconds(lease));
}

class SignalService final : public v1::Signals::CallbackService {
 public:
  explicit SignalService(const ServiceContext& context) : context_(context) {}

  grpc::ServerUnaryReactor* SetSignal(grpc::CallbackServerContext* call,
                                      const v1::SetSignalRequest* request,
                                      v1::SetSignalReply* reply) override {
    return RunOn(context_.background, call,
                 [=, this, author = AuthorOf(*call->auth_context(), request->author())] {
                   return Set(*request, author, *reply);
                 });
  }

  grpc::ServerUnaryReactor* ListSignals(grpc::CallbackServerContext* call,
                                        const v1::ListSignalsRequest*,
                                        v1::ListSignalsReply* reply) override {
    return RunOn(context_.background, call, [=, this] { return List(*reply); });
  }

  grpc::ServerUnaryReactor* SetLoad(grpc::CallbackServerContext* call,
                                    const v1::SetLoadRequest* request, v1::SetLoadReply*) override {
    return RunOn(context_.background, call, [=, this] { return Load(*request); });
  }

 private:
  Status Set(const v1::SetSignalRequest& request, const std::string& author,
             v1::SetSignalReply& reply) {
    const auto serving = context_.publisher.serving();
    const v1::Signal* signal =
        config::CatalogOf(serving->built->resources).signals.Find(request.name());
    if (signal == nullptr) {
      return Fail(ErrorCode::kNotFound, fmt::format("there is no signal \"{}\"", request.name()));
    }
    const Duration own =
        signal->has_lease() ? signal->lease() : TimeUtil::SecondsToDuration(kDefaultLeaseS);
    const auto lease = LeaseWithin(request.has_lease(), request.lease(), own, own);
    if (!lease) return tl::unexpected(lease.error());
    *reply.mutable_lease() = TimeUtil::MillisecondsToDuration(lease->count());
    const Steady now = context_.clock.Now();
    const liveness::Told told{request.up(), Legible(request.reason(), kMaxWords),
                              Legible(author, kMaxWords), now, now + *lease};
    const bool is_set =
        context_.publisher.OnControl([&](liveness::Verdicts& verdicts, const EvidenceDesk&) {
          return verdicts.SetSignal(request.name(), told, now);
        });
    if (!is_set) {
      return Fail(ErrorCode::kNotFound, fmt::format("there is no signal \"{}\"", request.name()));
    }
    context_.publisher.RememberSoon();
    return {};
  }

  Status List(v1::ListSignalsReply& reply) {
    const Steady now = context_.clock.Now();
    const auto reports =
        context_.publisher.OnControl([now](const liveness::Verdicts& verdicts,
                                           const EvidenceDesk&) { return verdicts.Signals(now); });
    for (const liveness::SignalReport& report : reports) {
      *reply.add_signals() = StatusOf(report, now);
    }
    return {};
  }

  Status Load(const v1::SetLoadRequest& request) {
    if (!(request.load() >= 0 && request.load() <= kMaxLoad)) {
      return Fail(ErrorCode::kInvalid,
                  fmt::format("{:g} is no load of 0 to {:g}", request.load(), kMaxLoad));
    }
    const auto lease = LeaseWithin(request.has_lease(), request.lease(),
                                   TimeUtil::SecondsToDuration(kDefaultLeaseS),
                                   TimeUtil::SecondsToDuration(kLongestLoadLeaseS));
    if (!lease) return tl::unexpected(lease.error());
    const Steady now = context_.clock.Now();
    const bool is_set =
        context_.publisher.OnControl([&](liveness::Verdicts& verdicts, const EvidenceDesk&) {
          return verdicts.SetLoad(request.region(), request.load(), now + *lease, now);
        });
    if (!is_set) {
      return Fail(ErrorCode::kNotFound, fmt::format("there is no region \"{}\"", request.region()));
    }
    context_.publisher.RememberSoon();
    return {};
  }

  const ServiceContext context_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeSignalService(const ServiceContext& context) {
  return std::make_unique<SignalService>(context);
}

}  // namespace waypost::control
