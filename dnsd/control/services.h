// The control API over gRPC: each service hands its calls to the executor that owns the matter.
//
// Thread safety: gRPC's threads call in. Ownership: everything given must outlive the service.
// Errors: as control.proto says.
#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/service_type.h>

#include <functional>
#include <memory>

#include "dnsd/control/changes.h"
#include "dnsd/control/diagnosis_desk.h"
#include "dnsd/control/event_bus.h"
#include "dnsd/control/insight.h"
#include "dnsd/control/refresher.h"
#include "dnsd/control/registry.h"
#include "dnsd/control/serial_executor.h"

namespace waypost::control {

/// What the services work on.
struct ServiceContext {
  SerialExecutor& builder;     // runs `changes`
  SerialExecutor& background;  // runs `insight` and everything slow that only reads
  Changes& changes;
  Insight& insight;
  Registry& registry;
  Publisher& publisher;
  GeoKeeper& geo;
  Refresher& refresher;
  EventBus& events;
  DiagnosisDesk& diagnoses;
  const Clock& clock;
  /// Loads the director's files again; runs on the builder.
  std::function<Status(const v1::LoadRequest&, v1::LoadReply&)> load;
};

std::unique_ptr<grpc::Service> MakeConfigurationService(const ServiceContext& context);
std::unique_ptr<grpc::Service> MakeTrafficService(const ServiceContext& context);
std::unique_ptr<grpc::Service> MakeInsightService(const ServiceContext& context);
std::unique_ptr<grpc::Service> MakeLatencyService(const ServiceContext& context);
std::unique_ptr<grpc::Service> MakeRegistryService(const ServiceContext& context);
std::unique_ptr<grpc::Service> MakeSignalService(const ServiceContext& context);
std::unique_ptr<grpc::Service> MakeEvidenceService(const ServiceContext& context);
std::unique_ptr<grpc::Service> MakeDiagnosticsService(const ServiceContext& context);

}  // namespace waypost::control
