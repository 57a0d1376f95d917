#include <fmt/format.h>

#include "dnsd/config/catalog.h"
#include "dnsd/control/author.h"
#include "dnsd/control/executor_service.h"
#include "dnsd/control/services.h"
#include "waypost/v1/control.grpc.pb.h"

namespace waypost::control {
namespace {

class TrafficService final : public v1::Traffic::CallbackService {
 public:
  explicit TrafficService(const ServiceContext& context) : context_(context) {}

  grpc::ServerUnaryReactor* SetWeight(grpc::CallbackServerContext* call,
                                      const v1::SetWeightRequest* request,
                                      v1::ApplyReply* reply) override {
    return RunOn(context_.builder, call, [=, this, made = WithAuthor(*call, *request)] {
      return context_.changes.SetWeight(*made, *reply);
    });
  }

  grpc::ServerUnaryReactor* SetOverride(grpc::CallbackServerContext* call,
                                        const v1::SetOverrideRequest* request,
                                        v1::ApplyReply* reply) override {
    return RunOn(context_.builder, call, [=, this, made = WithAuthor(*call, *request)] {
      return context_.changes.SetOverride(*made, *reply);
    });
  }

  grpc::ServerUnaryReactor* ClearOverride(grpc::CallbackServerContext* call,
                                          const v1::ClearOverrideRequest* request,
                                          v1::ApplyReply* reply) override {
    return RunOn(context_.builder, call, [=, this, made = WithAuthor(*call, *request)] {
      return context_.changes.ClearOverride(*made, *reply);
    });
  }

  grpc::ServerUnaryReactor* RefreshZone(grpc::CallbackServerContext* call,
                                        const v1::RefreshZoneRequest* request,
                                        v1::RefreshZoneReply*) override {
    return RunOn(context_.background, call, [=, this] { return Refresh(*request); });
  }

  grpc::ServerUnaryReactor* Failback(grpc::CallbackServerContext* call,
                                     const v1::FailbackRequest* request,
                                     v1::FailbackReply* reply) override {
    return RunOn(context_.background, call,
                 [=, this, made = WithAuthor(*call, *request)] { return Release(*made, *reply); });
  }

 private:
  Status Refresh(const v1::RefreshZoneRequest& request) {
    v1::Resource probe;
    probe.mutable_zone()->set_origin(request.origin());
    const std::string origin = config::NameOf(probe);
    const auto serving = context_.publisher.serving();
    const auto found = serving->built->zones.find(origin);
    if (found == serving->built->zones.end()) {
      return Fail(ErrorCode::kNotFound, fmt::format("there is no zone \"{}\"", request.origin()));
    }
    if (!config::IsSecondary(found->second.resource->zone())) {
      return Fail(ErrorCode::kInvalid, fmt::format("zone \"{}\" has no primaries", origin));
    }
    context_.refresher.Refresh(origin, request.full());
    return {};
  }

  Status Release(const v1::FailbackRequest& request, v1::FailbackReply& reply) {
    const auto serving = context_.publisher.serving();
    const auto found =
        serving->built->resources.find("record/" + config::CanonicalScoped(request.record()));
    if (found == serving->built->resources.end()) {
      return Fail(ErrorCode::kNotFound, fmt::format("there is no record \"{}\"", request.record()));
    }
    const v1::Record& record = found->second->record();
    std::vector<std::string> ids;
    for (const std::string& pool : record.pools()) ids.push_back(record.policy() + "/" + pool);
    const auto released =
        context_.publisher.OnControl([&ids](liveness::Verdicts& verdicts, const EvidenceDesk&) {
          return verdicts.Release(ids);
        });
    for (const std::string& id : released) {
      reply.add_released(id.substr(id.rfind('/') + 1));
      context_.events.Publish({{},
                               "failback",
                               "pool/" + id.substr(id.rfind('/') + 1),
                               "released by " + request.intent().author(),
                               serving->revision});
    }
    return {};
  }

  const ServiceContext context_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeTrafficService(const ServiceContext& context) {
  return std::make_unique<TrafficService>(context);
}

}  // namespace waypost::control
