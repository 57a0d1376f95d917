#include "dnsd/control/access.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dnsd/control/peer_names.h"

namespace waypost::control {
namespace {

constexpr std::array<std::string_view, 2> kVantages = {"/waypost.v1.Evidence/Stream",
                                                       "/waypost.v1.Diagnostics/Attend"};
constexpr std::array<std::string_view, 5> kEverybodys = {
    "/waypost.v1.Registry/Register", "/waypost.v1.Registry/Renew",
    "/waypost.v1.Registry/Deregister", "/grpc.health.v1.Health/Check",
    "/grpc.health.v1.Health/Watch"};
constexpr std::array<std::string_view, 11> kReaders = {
    "/waypost.v1.Configuration/Plan",    "/waypost.v1.Configuration/List",
    "/waypost.v1.Configuration/History", "/waypost.v1.Configuration/Diff",
    "/waypost.v1.Insight/Status",        "/waypost.v1.Insight/Explain",
    "/waypost.v1.Insight/Why",           "/waypost.v1.Insight/Watch",
    "/waypost.v1.Latency/ShowLatency",   "/waypost.v1.Registry/ListLeases",
    "/waypost.v1.Signals/ListSignals"};
constexpr std::array<std::string_view, 3> kSignallers = {"/waypost.v1.Signals/SetSignal",
                                                         "/waypost.v1.Signals/SetLoad",
                                                         "/waypost.v1.Signals/ListSignals"};

template <size_t n>
bool IsOneOf(const std::array<std::string_view, n>& methods, std::string_view method) {
  return std::find(methods.begin(), methods.end(), method) != methods.end();
}

bool IsIn(const Access::Names& list, const Access::Names& names) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return list.contains(name); });
}

class Gatekeeper final : public grpc::AuthMetadataProcessor {
 public:
  explicit Gatekeeper(Access access) : access_(std::move(access)) {}

  bool IsBlocking() const override { return false; }

  grpc::Status Process(const InputMetadata& metadata, grpc::AuthContext* peer, OutputMetadata*,
                       OutputMetadata*) override {
    const auto path = metadata.find(":path");
    const std::string_view method =
        path == metadata.end() ? std::string_view()
                               : std::string_view(path->second.data(), path->second.size());
    if (access_.Allows(method, NamesOf(*peer))) return grpc::Status::OK;
    return {grpc::StatusCode::PERMISSION_DENIED,
            fmt::format("this certificate may not call {}", method)};
  }

 private:
  const Access access_;
};

}  // namespace

bool Access::Allows(std::string_view method, const Names& names) const {
  if (IsOneOf(kVantages, method)) return vantages.empty() || IsIn(vantages, names);
  return operators.empty() || IsIn(operators, names) || IsOneOf(kEverybodys, method) ||
         (IsOneOf(kReaders, method) && IsIn(readers, names)) ||
         (IsOneOf(kSignallers, method) && IsIn(signallers, names));
}

std::shared_ptr<grpc::AuthMetadataProcessor> MakeGatekeeper(Access access) {
  return std::make_shared<Gatekeeper>(std::move(access));
}

}  // namespace waypost::control
