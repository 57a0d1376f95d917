// What is going on, and why: answers to the operator's questions, from what is served and what the
// verdicts hold.
//
// Thread safety: all calls from any thread but the control thread; they only read. Errors:
// kNotFound, kInvalid.
#pragma once

#include "dnsd/base/clock.h"
#include "dnsd/base/result.h"
#include "dnsd/control/changes.h"
#include "dnsd/control/geo_keeper.h"
#include "dnsd/control/journal.h"
#include "dnsd/control/publisher.h"
#include "dnsd/control/refresher.h"
#include "dnsd/control/webhooks.h"
#include "dnsd/store/store.h"
#include "waypost/v1/control.pb.h"

namespace waypost::control {

class Insight {
 public:
  Insight(const store::Store& store, const Changes& changes, const Journal& journal,
          Publisher& publisher, GeoKeeper& geo, const Refresher& refresher,
          const Webhooks& webhooks, const Clock& clock);

  Status Describe(v1::StatusReply& reply);
  Status Explain(const v1::ExplainRequest& request, v1::ExplainReply& reply);
  Status Why(const v1::WhyRequest& request, v1::WhyReply& reply);

  Status List(const v1::ListRequest& request, v1::ListReply& reply);
  Status History(const v1::HistoryRequest& request, v1::HistoryReply& reply);
  Status Diff(const v1::DiffRequest& request, v1::DiffReply& reply);
  Status ShowLatency(const v1::ShowLatencyRequest& request, v1::ShowLatencyReply& reply);

  /// The resources of a revision; 0 is current.
  Result<config::ResourceSet> ResourcesAt(uint64_t revision);

 private:
  void TellSecondaries(v1::StatusReply& reply) const;

  const store::Store& store_;
  const Changes& changes_;
  const Journal& journal_;
  Publisher& publisher_;
  GeoKeeper& geo_;
  const Refresher& refresher_;
  const Webhooks& webhooks_;
  const Clock& clock_;
  const Steady started_;
};

}  // namespace waypost::control
