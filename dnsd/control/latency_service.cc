#include "dnsd/control/author.h"
#include "dnsd/control/executor_service.h"
#include "dnsd/control/services.h"
#include "waypost/v1/control.grpc.pb.h"

namespace waypost::control {
namespace {

class LatencyService final : public v1::Latency::CallbackService {
 public:
  explicit LatencyService(const ServiceContext& context) : context_(context) {}

  grpc::ServerUnaryReactor* ImportLatency(grpc::CallbackServerContext* call,
                                          const v1::ImportLatencyRequest* request,
                                          v1::ImportLatencyReply* reply) override {
    return RunOn(context_.builder, call, [=, this, made = WithAuthor(*call, *request)] {
      return context_.changes.ImportLatency(*made, *reply);
    });
  }

  grpc::ServerUnaryReactor* ShowLatency(grpc::CallbackServerContext* call,
                                        const v1::ShowLatencyRequest* request,
                                        v1::ShowLatencyReply* reply) override {
    return RunOn(context_.background, call,
                 [=, this] { return context_.insight.ShowLatency(*request, *reply); });
  }

 private:
  const ServiceContext context_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeLatencyService(const ServiceContext& context) {
  return std::make_unique<LatencyService>(context);
}

}  // namespace waypost::control
