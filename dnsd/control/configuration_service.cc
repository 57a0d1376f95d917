#include "dnsd/control/author.h"
#include "dnsd/control/executor_service.h"
#include "dnsd/control/impact.h"
#include "dnsd/control/messages.h"
#include "dnsd/control/serials.h"
#include "dnsd/control/services.h"
#include "waypost/v1/control.grpc.pb.h"

namespace waypost::control {
namespace {

class ConfigurationService final : public v1::Configuration::CallbackService {
 public:
  explicit ConfigurationService(const ServiceContext& context) : context_(context) {}

  grpc::ServerUnaryReactor* Apply(grpc::CallbackServerContext* call,
                                  const v1::ApplyRequest* request, v1::ApplyReply* reply) override {
    return RunOn(context_.builder, call, [=, this, made = WithAuthor(*call, *request)] {
      return context_.changes.Apply(*made, *reply);
    });
  }

  grpc::ServerUnaryReactor* Rollback(grpc::CallbackServerContext* call,
                                     const v1::RollbackRequest* request,
                                     v1::ApplyReply* reply) override {
    return RunOn(context_.builder, call, [=, this, made = WithAuthor(*call, *request)] {
      return context_.changes.Rollback(*made, *reply);
    });
  }

  grpc::ServerUnaryReactor* Load(grpc::CallbackServerContext* call, const v1::LoadRequest* request,
                                 v1::LoadReply* reply) override {
    return RunOn(context_.builder, call, [=, this] { return context_.load(*request, *reply); });
  }

  grpc::ServerUnaryReactor* Plan(grpc::CallbackServerContext* call, const v1::PlanRequest* request,
                                 v1::PlanReply* reply) override {
    return RunOn(context_.background, call,
                 [=, this] { return MakePlan(request->change(), *reply); });
  }

  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* call, const v1::ListRequest* request,
                                 v1::ListReply* reply) override {
    return RunOn(context_.background, call,
                 [=, this] { return context_.insight.List(*request, *reply); });
  }

  grpc::ServerUnaryReactor* History(grpc::CallbackServerContext* call,
                                    const v1::HistoryRequest* request,
                                    v1::HistoryReply* reply) override {
    return RunOn(context_.background, call,
                 [=, this] { return context_.insight.History(*request, *reply); });
  }

  grpc::ServerUnaryReactor* Diff(grpc::CallbackServerContext* call, const v1::DiffRequest* request,
                                 v1::DiffReply* reply) override {
    return RunOn(context_.background, call,
                 [=, this] { return context_.insight.Diff(*request, *reply); });
  }

 private:
  Status MakePlan(const v1::ApplyRequest& request, v1::PlanReply& reply) {
    const auto today = context_.publisher.serving();
    ChangeSet change = ApplyTo(today->built->resources, request);
    config::BuildResult result = config::Build(change.resources, today->built.get());
    config::Locate(result.problems, change.sources);
    change.problems.insert(change.problems.end(), result.problems.begin(), result.problems.end());
    for (const Problem& problem : change.problems) *reply.add_problems() = ToProto(problem);
    reply.set_base_revision(today->revision);
    if (result.built) RaiseSerials(*today->built, *result.built, change.resources);
    for (const ResourceChange& one : Difference(today->built->resources, change.resources))
      *reply.add_changes() = ToProto(one);
    if (!result.built || reply.changes().empty()) return {};

    const steer::Steering& planned = *result.built->steering;
    const bool same_words = planned.vocabulary == today->built->steering->vocabulary;
    const auto clients =
        same_words ? today->snapshot->clients
                   : context_.geo.atlas()->Compile(planned.vocabulary, context_.geo.latency());
    const auto board = context_.publisher.BoardIfServed(*result.built);
    const steer::World after{&planned, clients.get(), board.get()};
    for (v1::Impact& impact : FindImpacts(today->snapshot->world(), after))
      *reply.add_impacts() = std::move(impact);
    return {};
  }

  const ServiceContext context_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeConfigurationService(const ServiceContext& context) {
  return std::make_unique<ConfigurationService>(context);
}

}  // namespace waypost::control
