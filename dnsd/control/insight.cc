#include "dnsd/control/insight.h"

#include <fmt/format.h>

#include <algorithm>

#include "dnsd/control/change_set.h"
#include "dnsd/control/explanation.h"
#include "dnsd/control/secondary_status.h"
#include "dnsd/control/status.h"
#include "dnsd/control/stored_resources.h"

namespace waypost::control {
namespace {

constexpr uint32_t kDefaultHistory = 20;
constexpr uint32_t kMaxHistory = 10000;

int64_t UnixSeconds(Wall time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

Insight::Insight(const store::Store& store, const Changes& changes, const Journal& journal,
                 Publisher& publisher, GeoKeeper& geo, const Refresher& refresher,
                 const Webhooks& webhooks, const Clock& clock)
    : store_(store),
      changes_(changes),
      journal_(journal),
      publisher_(publisher),
      geo_(geo),
      refresher_(refresher),
      webhooks_(webhooks),
      clock_(clock),
      started_(clock.Now()) {}

Status Insight::Describe(v1::StatusReply& reply) {
  const auto serving = publisher_.serving();
  const auto atlas = geo_.atlas();
  publisher_.OnControl([&](const liveness::Verdicts& verdicts, const EvidenceDesk& desk) {
    TellStatus(*serving, verdicts, desk, *atlas, clock_.Now(), reply);
  });
  reply.set_uptime_s(static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::seconds>(clock_.Now() - started_).count()));
  TellSecondaries(reply);
  webhooks_.TellStatus(reply);
  for (v1::ZoneStatus& zone : *reply.mutable_zones()) {
    const auto depth = journal_.DepthOf(zone.origin());
    if (!depth) continue;
    zone.set_journal_from(depth->oldest_serial);
    zone.set_journal_versions(depth->versions);
  }
  for (const std::string& zone : changes_.zones_set_aside()) {
    reply.add_warnings(
        fmt::format("zone \"{}\": its file has errors (see the log, or `waypostctl zone check`); "
                    "what was served before is served on",
                    zone));
  }
  if (!store_.writable()) {
    reply.add_warnings("the store cannot be written: what was committed is served, changes fail");
  }
  return {};
}

void Insight::TellSecondaries(v1::StatusReply& reply) const {
  for (v1::ZoneStatus& zone : *reply.mutable_zones()) {
    const auto facts = refresher_.FactsOf(zone.origin());
    if (!facts) continue;
    *zone.mutable_secondary() = ToProto(*facts, clock_.Now());
    const std::string warning = WarningOf(zone.origin(), zone.secondary());
    if (!warning.empty()) reply.add_warnings(warning);
  }
}

Status Insight::Explain(const v1::ExplainRequest& request, v1::ExplainReply& reply) {
  const auto today = publisher_.serving();
  const auto atlas = geo_.atlas();
  if (request.revision() == 0 || request.revision() == today->revision) {
    return control::Explain(request, {*today->snapshot, *atlas, geo_.latency(), clock_.WallNow()},
                            reply);
  }
  const auto resources = ResourcesAt(request.revision());
  if (!resources) return tl::unexpected(resources.error());
  const config::BuildResult past = config::Build(*resources, today->built.get());
  if (!past.built) {
    return Fail(ErrorCode::kInvalid,
                fmt::format("revision {} can no longer be built", request.revision()));
  }
  const bool same_words = past.built->steering->vocabulary == today->built->steering->vocabulary;
  auto clients = same_words ? today->snapshot->clients
                            : atlas->Compile(past.built->steering->vocabulary, geo_.latency());
  const auto snapshot =
      MakeSnapshot(request.revision(), *past.built, std::move(clients), today.get());
  snapshot->board = publisher_.BoardIfServed(*past.built);
  return control::Explain(request, {*snapshot, *atlas, geo_.latency(), clock_.WallNow()}, reply);
}

Status Insight::Why(const v1::WhyRequest& request, v1::WhyReply& reply) {
  const auto serving = publisher_.serving();
  const auto& endpoints = serving->built->steering->topology.endpoints;
  publisher_.OnControl([&](const liveness::Verdicts& verdicts, const EvidenceDesk& desk) {
    for (steer::EndpointIndex i = 0; i < endpoints.size(); ++i) {
      const std::string& id = endpoints[i].id;
      if (id != request.endpoint() && id.substr(id.find('/') + 1) != request.endpoint()) continue;
      TellEvidence(endpoints[i], i, *serving, verdicts, desk, clock_.Now(), *reply.add_endpoints());
    }
  });
  if (!reply.endpoints().empty()) return {};
  return Fail(ErrorCode::kNotFound, fmt::format("there is no endpoint \"{}\"", request.endpoint()));
}

Result<config::ResourceSet> Insight::ResourcesAt(uint64_t revision) {
  if (revision == 0) return publisher_.serving()->built->resources;
  const auto content = store_.Read(revision);
  if (!content) return tl::unexpected(content.error());
  return FromContent(*content);
}

Status Insight::List(const v1::ListRequest& request, v1::ListReply& reply) {
  const auto resources = ResourcesAt(request.revision());
  if (!resources) return tl::unexpected(resources.error());
  reply.set_revision(request.revision() == 0 ? publisher_.serving()->revision : request.revision());
  for (const auto& [id, resource] : *resources) {
    if (!request.kind().empty() && config::KindOf(*resource) != request.kind()) continue;
    if (!request.name().empty() && config::NameOf(*resource) != request.name()) continue;
    *reply.add_resources() = *resource;
  }
  if (!request.name().empty() && reply.resources().empty()) {
    return Fail(ErrorCode::kNotFound,
                fmt::format("there is no {} \"{}\"", request.kind(), request.name()));
  }
  return {};
}

Status Insight::History(const v1::HistoryRequest& request, v1::HistoryReply& reply) {
  const uint32_t limit =
      request.limit() == 0 ? kDefaultHistory : std::min(request.limit(), kMaxHistory);
  const auto revisions = store_.History(request.before(), limit);
  if (!revisions) return tl::unexpected(revisions.error());
  for (const store::RevisionOutline& revision : *revisions)
    *reply.add_revisions() = ToProto(revision);
  return {};
}

Status Insight::Diff(const v1::DiffRequest& request, v1::DiffReply& reply) {
  const auto from = ResourcesAt(request.from());
  if (!from) return tl::unexpected(from.error());
  const auto to = ResourcesAt(request.to());
  if (!to) return tl::unexpected(to.error());
  for (const ResourceChange& change : Difference(*from, *to)) {
    *reply.add_changes() = ToProto(change);
  }
  return {};
}

Status Insight::ShowLatency(const v1::ShowLatencyRequest& request, v1::ShowLatencyReply& reply) {
  const geo::LatencyTable table = geo_.latency();
  const int64_t now_s = UnixSeconds(clock_.WallNow());
  const auto tell = [now_s](const auto& key, const geo::LatencyEntry& entry, v1::LatencyRow& row) {
    row.set_client(key.first);
    row.set_region(key.second);
    row.set_rtt_ms(entry.rtt_ms);
    row.set_witness(entry.witness);
    row.set_age_s(static_cast<uint64_t>(std::max<int64_t>(0, now_s - entry.measured_at_s)));
  };
  for (const auto& [key, entry] : table.rows()) {
    if (request.client().empty() || key.first == request.client())
      tell(key, entry, *reply.add_rows());
  }
  for (const auto& [key, entry] : table.regions()) {
    v1::LatencyRow* row = reply.add_regions();
    tell(key, entry, *row);
    row->set_client("region:" + key.first);
  }
  return {};
}

}  // namespace waypost::control
