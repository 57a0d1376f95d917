// Who makes a change, for the history and the events.
//
// Thread safety: functions of their arguments. Errors: none.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "dnsd/base/utf8.h"
#include "dnsd/control/peer_names.h"

namespace waypost::control {

/// The common name, or else one of the others.
inline std::string NameIn(const grpc::AuthContext& certified) {
  const auto common = certified.FindPropertyValues(GRPC_X509_CN_PROPERTY_NAME);
  if (!common.empty() && !common.front().empty()) {
    return {common.front().data(), common.front().size()};
  }
  const std::set<std::string> names = NamesOf(certified);
  return names.empty() ? "a certificate without a name" : *names.begin();
}

/// Over TLS the name in the certificate, with what the client calls itself behind it.
inline std::string AuthorOf(const grpc::AuthContext& peer, const std::string& claimed) {
  if (!peer.IsPeerAuthenticated()) return claimed;
  const std::string name = Legible(NameIn(peer));
  return claimed.empty() || claimed == name ? name : name + " (" + claimed + ")";
}

/// The request as its author made it; without TLS the very same, which must live on.
template <typename Request>
std::shared_ptr<const Request> WithAuthor(const grpc::CallbackServerContext& call,
                                          const Request& request) {
  const auto peer = call.auth_context();
  if (!peer->IsPeerAuthenticated()) return {std::shared_ptr<void>(), &request};
  auto copy = std::make_shared<Request>(request);
  copy->mutable_intent()->set_author(AuthorOf(*peer, request.intent().author()));
  return copy;
}

}  // namespace waypost::control
