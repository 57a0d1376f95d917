// The director's control API, a function a call. gRPC does not show through this header.
//
// Thread safety: one thread. Ownership: owns its connection, which is made by the first call.
// Errors: kUnreachable, kTimeout, kNotFound, kConflict, else kRefused; each message says what to do
// next where that is known.
#pragma once

#include <functional>
#include <memory>

#include "ctl/commands/exit_code.h"
#include "ctl/commands/server_address.h"
#include "waypost/v1/control.pb.h"
#include "waypost/v1/diagnose.pb.h"
#include "waypost/v1/registry.pb.h"
#include "waypost/v1/signal.pb.h"

namespace waypost::ctl {

class Client {
 public:
  /// What `options` leaves open is taken from `variables` (CompleteServerOptions), and only when a
  /// call needs it.
  Client(ServerOptions options, Variables variables);
  ~Client();

  Answer<v1::ApplyReply> Apply(const v1::ApplyRequest& request);
  Answer<v1::PlanReply> Plan(const v1::PlanRequest& request);
  Answer<v1::ListReply> List(const v1::ListRequest& request);
  Answer<v1::HistoryReply> History(const v1::HistoryRequest& request);
  Answer<v1::DiffReply> Diff(const v1::DiffRequest& request);
  Answer<v1::ApplyReply> Rollback(const v1::RollbackRequest& request);

  Answer<v1::ApplyReply> SetWeight(const v1::SetWeightRequest& request);
  Answer<v1::ApplyReply> SetOverride(const v1::SetOverrideRequest& request);
  Answer<v1::ApplyReply> ClearOverride(const v1::ClearOverrideRequest& request);
  Answer<v1::FailbackReply> Failback(const v1::FailbackRequest& request);
  Answer<v1::LoadReply> Load(const v1::LoadRequest& request);
  Answer<v1::RefreshZoneReply> RefreshZone(const v1::RefreshZoneRequest& request);

  Answer<v1::RegisterReply> Register(const v1::RegisterRequest& request);
  Answer<v1::RenewReply> Renew(const v1::RenewRequest& request);
  Answer<v1::DeregisterReply> Deregister(const v1::DeregisterRequest& request);
  Answer<v1::ListLeasesReply> ListLeases(const v1::ListLeasesRequest& request);

  Answer<v1::SetSignalReply> SetSignal(const v1::SetSignalRequest& request);
  Answer<v1::ListSignalsReply> ListSignals(const v1::ListSignalsRequest& request);
  Answer<v1::SetLoadReply> SetLoad(const v1::SetLoadRequest& request);

  Answer<v1::StatusReply> Status();
  Answer<v1::ExplainReply> Explain(const v1::ExplainRequest& request);
  Answer<v1::WhyReply> Why(const v1::WhyRequest& request);
  /// Until the server ends the stream, which is kUnreachable unless it did so in order. The timeout
  /// does not apply.
  Answer<void> Watch(const std::function<void(const v1::Event&)>& on_event);

  /// Until the conclusion, which is the last event; the request has a deadline of its own.
  Answer<void> Diagnose(const v1::DiagnoseRequest& request,
                        const std::function<void(const v1::DiagnoseEvent&)>& on_event);

  Answer<v1::ImportLatencyReply> ImportLatency(const v1::ImportLatencyRequest& request);
  Answer<v1::ShowLatencyReply> ShowLatency(const v1::ShowLatencyRequest& request);

 private:
  class Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace waypost::ctl
