// Who may call what over the network, by the names of their certificates.
//
// Everybody whom the authority certified may be the vantage of his name (vantage_name.h), unless
// vantages are listed, and register endpoints where a pool allows him (registry.h). All else needs
// to be in one of the lists; what is not named here, only operators may call.
//
// Thread safety: immutable. Errors: none.
#pragma once

#include <grpcpp/security/auth_metadata_processor.h>

#include <memory>
#include <set>
#include <string>
#include <string_view>

namespace waypost::control {

struct Access {
  using Names = std::set<std::string>;

  Names operators;   // all; empty: everybody may do everything
  Names readers;     // look at everything, change nothing
  Names signallers;  // tell signals and loads
  Names vantages;    // vote; empty: everybody

  /// `method` as gRPC names it: /waypost.v1.Traffic/SetWeight.
  bool Allows(std::string_view method, const Names& names) const;
};

/// Refuses calls before a service hears of them.
std::shared_ptr<grpc::AuthMetadataProcessor> MakeGatekeeper(Access access);

}  // namespace waypost::control
