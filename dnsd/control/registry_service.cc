#include <google/protobuf/util/time_util.h>

#include "dnsd/control/peer_names.h"
#include "dnsd/control/registry.h"
#include "dnsd/control/services.h"
#include "waypost/v1/registry.grpc.pb.h"

namespace waypost::control {
namespace {

using google::protobuf::util::TimeUtil;

grpc::StatusCode CodeOf(Refusal::Kind kind) {
  switch (kind) {
    case Refusal::Kind::kInvalid:
      return grpc::StatusCode::INVALID_ARGUMENT;
    case Refusal::Kind::kNotFound:
      return grpc::StatusCode::NOT_FOUND;
    case Refusal::Kind::kForbidden:
      return grpc::StatusCode::PERMISSION_DENIED;
    case Refusal::Kind::kLimit:
      return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case Refusal::Kind::kUnavailable:
      break;
  }
  return grpc::StatusCode::UNAVAILABLE;
}

grpc::Status ToGrpc(const std::optional<Refusal>& refusal) {
  if (!refusal) return grpc::Status::OK;
  return {CodeOf(refusal->kind), refusal->message};
}

/// A certificate's names count, and then no others.
Peer PeerOf(const grpc::CallbackServerContext& call, const std::string& author) {
  Peer peer;
  const auto auth = call.auth_context();
  peer.is_proven = auth != nullptr && auth->IsPeerAuthenticated();
  if (!peer.is_proven) {
    if (!author.empty()) peer.names.insert(author);
    return peer;
  }
  peer.names = NamesOf(*auth);
  return peer;
}

void Tell(const LeaseTable::Row& row, const v1::Registration& registration, v1::Lease& told) {
  told.set_pool(registration.pool());
  *told.mutable_endpoint() = registration.endpoint();
  told.set_client(registration.client());
  *told.mutable_metadata() = registration.metadata();
  *told.mutable_lease() = TimeUtil::NanosecondsToDuration(row.lease.duration.count());
  *told.mutable_left() = TimeUtil::NanosecondsToDuration(row.left.count());
  told.set_lease_id(row.lease.id);
}

class RegistryService final : public v1::Registry::CallbackService {
 public:
  explicit RegistryService(const ServiceContext& context) : context_(context) {}

  grpc::ServerUnaryReactor* Register(grpc::CallbackServerContext* call,
                                     const v1::RegisterRequest* request,
                                     v1::RegisterReply* reply) override {
    auto* reactor = call->DefaultReactor();
    context_.registry.Register(*request, PeerOf(*call, request->author()),
                               [reactor, reply](const Outcome& outcome) {
                                 reply->set_lease_id(outcome.lease_id);
                                 reply->set_revision(outcome.revision);
                                 reactor->Finish(ToGrpc(outcome.refusal));
                               });
    return reactor;
  }

  grpc::ServerUnaryReactor* Deregister(grpc::CallbackServerContext* call,
                                       const v1::DeregisterRequest* request,
                                       v1::DeregisterReply* reply) override {
    auto* reactor = call->DefaultReactor();
    context_.registry.Deregister(*request, PeerOf(*call, request->author()),
                                 [reactor, reply](const Outcome& outcome) {
                                   reply->set_revision(outcome.revision);
                                   reactor->Finish(ToGrpc(outcome.refusal));
                                 });
    return reactor;
  }

  grpc::ServerUnaryReactor* Renew(grpc::CallbackServerContext* call,
                                  const v1::RenewRequest* request, v1::RenewReply* reply) override {
    auto* reactor = call->DefaultReactor();
    std::optional<Refusal> refusal;
    const auto lease = context_.registry.Renew(request->lease_id(), PeerOf(*call, ""), refusal);
    *reply->mutable_lease() = TimeUtil::NanosecondsToDuration(lease.count());
    reactor->Finish(ToGrpc(refusal));
    return reactor;
  }

  grpc::ServerUnaryReactor* ListLeases(grpc::CallbackServerContext* call,
                                       const v1::ListLeasesRequest* request,
                                       v1::ListLeasesReply* reply) override {
    auto* reactor = call->DefaultReactor();
    const auto serving = context_.publisher.serving();
    for (const LeaseTable::Row& row : context_.registry.List()) {
      const auto found = serving->built->resources.find("registration/" + row.lease.registration);
      if (found == serving->built->resources.end()) continue;
      const v1::Registration& registration = found->second->registration();
      const bool is_asked = request->pool().empty() || request->pool() == registration.pool();
      if (is_asked) Tell(row, registration, *reply->add_leases());
    }
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

 private:
  const ServiceContext context_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeRegistryService(const ServiceContext& context) {
  return std::make_unique<RegistryService>(context);
}

}  // namespace waypost::control
