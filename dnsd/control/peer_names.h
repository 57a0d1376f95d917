// Who is at the other end, by its certificate.
//
// Thread safety: a function of its argument. Errors: none.
#pragma once

#include <grpc/grpc_security_constants.h>
#include <grpcpp/grpcpp.h>

#include <set>
#include <string>

namespace waypost::control {

/// The common name, and the DNS names, addresses and URIs of a client's certificate. Empty: it has
/// none, or has shown no certificate, because it came over a unix socket or without TLS.
inline std::set<std::string> NamesOf(const grpc::AuthContext& peer) {
  std::set<std::string> names;
  if (!peer.IsPeerAuthenticated()) return names;
  for (const char* property : {GRPC_X509_CN_PROPERTY_NAME, GRPC_X509_SAN_PROPERTY_NAME}) {
    for (const grpc::string_ref& name : peer.FindPropertyValues(property)) {
      if (!name.empty()) names.emplace(name.data(), name.size());
    }
  }
  return names;
}

}  // namespace waypost::control
