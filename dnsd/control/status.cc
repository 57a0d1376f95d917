#include "dnsd/control/status.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "dnsd/control/automation_status.h"
#include "dnsd/control/certificate_warning.h"
#include "dnsd/liveness/reason.h"
#include "dnsd/liveness/standing.h"

namespace waypost::control {
namespace {

using liveness::Standing;

/// A connected vantage says something at least once a second.
constexpr auto kSilence = std::chrono::seconds(3);

uint64_t Milliseconds(std::chrono::nanoseconds age) {
  return static_cast<uint64_t>(std::max<int64_t>(0, age.count() / 1'000'000));
}

std::string MonitorName(const config::Built& built, steer::EndpointIndex index) {
  const auto monitor = config::MonitorFor(built, index);
  return monitor ? monitor->name() : "";
}

std::string QuorumWords(const v1::Monitor& monitor) {
  constexpr std::string_view kQuorums[] = {"majority", "majority", "any", "all", "count"};
  std::string words(kQuorums[std::clamp<int>(monitor.quorum(), 0, 4)]);
  if (monitor.quorum() == v1::QUORUM_COUNT) words = fmt::format("{}", monitor.quorum_count());
  if (monitor.voters() == v1::VOTERS_REGIONS) words += " of regions";
  return words;
}

void TellRegions(const Serving& serving, const liveness::Verdicts& verdicts,
                 v1::StatusReply& reply) {
  const steer::Topology& topology = serving.built->steering->topology;
  const liveness::Board& board = *serving.snapshot->board;
  for (size_t r = 0; r < topology.regions.size(); ++r) {
    v1::RegionStatus* region = reply.add_regions();
    region->set_name(topology.regions[r].name);
    uint32_t drained = 0;
    for (steer::EndpointIndex i = 0; i < topology.endpoints.size(); ++i) {
      if (topology.pools[topology.endpoints[i].pool].region != r) continue;
      const Standing standing = board.endpoint(i).standing;
      region->set_endpoints(region->endpoints() + 1);
      region->set_endpoints_up(region->endpoints_up() + (liveness::CountsAsUp(standing) ? 1 : 0));
      if (standing == Standing::kDrained) ++drained;
    }
    region->set_drained(drained > 0 && drained == region->endpoints());
    if (const auto state = verdicts.RegionState(static_cast<uint32_t>(r))) {
      region->set_state(state->up ? "up" : "down");
      region->set_why(state->why);
    }
  }
}

/// Nothing where it is not known.
template <typename Message>
void TellLoad(const liveness::Load& load, Message& message) {
  if (!load.is_known()) return;
  message.mutable_load()->set_used(load.used);
  message.mutable_load()->set_capacity(load.capacity);
}

void TellPools(const Serving& serving, const liveness::Verdicts& verdicts, Steady now,
               v1::StatusReply& reply) {
  const steer::Topology& topology = serving.built->steering->topology;
  const std::vector<std::string> held = verdicts.Held();
  for (const steer::Pool& pool : topology.pools) {
    v1::PoolStatus* status = reply.add_pools();
    status->set_name(pool.name);
    status->set_region(topology.regions[pool.region].name);
    status->set_weight(pool.weight);
    const auto index = static_cast<uint32_t>(&pool - topology.pools.data());
    TellLoad(serving.snapshot->board->load(index), *status);
    for (steer::EndpointIndex i = pool.first; i < pool.first + pool.v4 + pool.v6; ++i) {
      *status->add_endpoints() = StatusOf(topology.endpoints[i], i, serving, verdicts, now);
    }
    for (const std::string& id : held) {
      const size_t slash = id.rfind('/');
      if (id.substr(slash + 1) == pool.name) status->add_held_by(id.substr(0, slash));
    }
  }
}

void TellVantages(const EvidenceDesk& desk, const liveness::Verdicts& verdicts, Steady now,
                  v1::StatusReply& reply) {
  for (const VantageFacts& facts : desk.Vantages()) {
    v1::VantageStatus* vantage = reply.add_vantages();
    vantage->set_name(facts.name);
    vantage->set_region(facts.region);
    vantage->set_version(facts.version);
    vantage->set_connected(facts.connected);
    vantage->set_asn(facts.asn);
    vantage->set_suspended(verdicts.Suspended(facts.name));
    if (!vantage->suspended().empty()) {
      reply.add_warnings(fmt::format("votes of vantage \"{}\" are suspended: {}", facts.name,
                                     vantage->suspended()));
    }
    vantage->set_silence_ms(Milliseconds(now - facts.last_heard));
    vantage->set_assigned(facts.assigned);
    vantage->set_targets(facts.targets);
    vantage->set_targets_down(facts.targets_down);
    if (!facts.connected)
      reply.add_warnings(fmt::format("vantage \"{}\" is not connected", facts.name));
    if (facts.connected && now - facts.last_heard > kSilence) {
      reply.add_warnings(fmt::format("vantage \"{}\" is silent for {} s", facts.name,
                                     Milliseconds(now - facts.last_heard) / 1000));
    }
  }
  for (const liveness::WatchPlan::Lack& lack : desk.Lacks()) {
    const std::string others =
        lack.targets > 1 ? fmt::format(" and {} other endpoints", lack.targets - 1) : "";
    reply.add_warnings(fmt::format("vantage \"{}\" cannot look at {}{}, others do it instead: {}",
                                   lack.vantage, lack.endpoint, others, lack.why));
  }
  if (const size_t count = desk.Underwatched(); count > 0) {
    reply.add_warnings(fmt::format(
        "{} endpoints are watched by fewer vantages than their monitors ask for", count));
  }
}

void TellZones(const Serving& serving, v1::StatusReply& reply) {
  for (const auto& [origin, built] : serving.built->zones) {
    v1::ZoneStatus* zone = reply.add_zones();
    zone->set_origin(origin);
    zone->set_steered(built.steered.size());
    zone->set_listed_by(built.extras->listed_by);
    if (built.zone == nullptr) {
      const std::string& faults = built.resource->zone().faults();
      reply.add_warnings(
          faults.empty() ? fmt::format("zone \"{}\" has no data: SERVFAIL is answered", origin)
                         : fmt::format("zone \"{}\": its file has errors, SERVFAIL is answered: {}",
                                       origin, faults));
      continue;
    }
    zone->set_serial(built.zone->serial());
    zone->set_names(built.zone->name_count());
    zone->set_records(built.zone->record_count());
  }
}

void TellGeo(const Serving& serving, const geo::Atlas& atlas, v1::GeoStatus& status) {
  int64_t oldest = std::numeric_limits<int64_t>::max();
  for (const geo::DatabaseInfo& database : atlas.databases()) {
    status.add_databases(database.path);
    oldest = std::min(oldest, database.build_epoch_s);
    if (!database.attribution.empty()) status.set_attribution(database.attribution);
  }
  status.set_build_epoch_s(status.databases().empty() ? 0 : oldest);
  status.set_prefixes(serving.snapshot->clients->prefix_count());
  status.set_classes(serving.snapshot->clients->class_count());
}

void TellWarnings(const Serving& serving, const liveness::Verdicts& verdicts, Steady now,
                  v1::StatusReply& reply) {
  for (const v1::PoolStatus& pool : reply.pools()) {
    const auto up =
        std::count_if(pool.endpoints().begin(), pool.endpoints().end(), [](const auto& e) {
          return e.standing() != "down" && e.standing() != "stale-down" &&
                 e.standing() != "last-down" && e.standing() != "forced-down" &&
                 e.standing() != "drained" && e.standing() != "short" && e.standing() != "held";
        });
    if (up == 0 && pool.endpoints_size() > 0) {
      reply.add_warnings(fmt::format("pool \"{}\" has no endpoint that is up", pool.name()));
    }
  }
  const auto& endpoints = serving.built->steering->topology.endpoints;
  for (steer::EndpointIndex i = 0; i < endpoints.size(); ++i) {
    const std::string& id = endpoints[i].id;
    const std::string trouble = verdicts.Report(id, now).path_trouble;
    if (!trouble.empty()) reply.add_warnings(fmt::format("{}: {}", id, trouble));
    std::string certificate = CertificateWarning(*serving.built, i, verdicts.Votes(id, now));
    if (!certificate.empty()) reply.add_warnings(std::move(certificate));
  }
}

}  // namespace

std::string_view StandingName(Standing standing) {
  constexpr std::string_view kNames[liveness::kStandings] = {
      "unmonitored", "up",        "down",        "stale-up", "stale-down", "no-data", "last-up",
      "last-down",   "forced-up", "forced-down", "drained",  "panic",      "short",   "held"};
  return kNames[static_cast<size_t>(standing)];
}

v1::EndpointStatus StatusOf(const steer::Endpoint& endpoint, steer::EndpointIndex index,
                            const Serving& serving, const liveness::Verdicts& verdicts,
                            Steady now) {
  const liveness::EndpointReport report = verdicts.Report(endpoint.id, now);
  v1::EndpointStatus status;
  status.set_address(endpoint.cname.is_root() ? endpoint.address.ToString()
                                              : endpoint.cname.ToString());
  status.set_weight(endpoint.weight);
  status.set_standing(std::string(StandingName(report.standing)));
  status.set_monitor(MonitorName(*serving.built, index));
  status.set_reason(report.reason);
  if (report.since) status.set_age_ms(Milliseconds(now - *report.since));
  status.set_votes_up(report.votes_up);
  status.set_votes_down(report.votes_down);
  status.set_votes_stale(report.votes_stale);
  if (report.layer != 0) status.set_layer(std::string(liveness::LayerName(report.layer)));
  if (report.ramp != liveness::Temper::kWhole) {
    status.set_ramp_percent(std::max(1U, report.ramp * 100U / liveness::Temper::kWhole));
  }
  status.set_fault(std::string(liveness::FaultName(report.fault)));
  TellLoad(report.load, status);
  return status;
}

void TellStatus(const Serving& serving, const liveness::Verdicts& verdicts,
                const EvidenceDesk& desk, const geo::Atlas& atlas, Steady now,
                v1::StatusReply& reply) {
  reply.set_version(WAYPOST_VERSION);
  reply.set_revision(serving.revision);
  reply.set_epoch(serving.snapshot->board->epoch());
  TellRegions(serving, verdicts, reply);
  TellPools(serving, verdicts, now, reply);
  TellVantages(desk, verdicts, now, reply);
  TellAutomations(verdicts, now, reply);
  TellSignals(verdicts, now, reply);
  TellZones(serving, reply);
  const config::Built& built = *serving.built;
  for (std::string& words : config::IgnoredMembers({built.resources, built.listing.get()})) {
    reply.add_warnings(std::move(words));
  }
  TellGeo(serving, atlas, *reply.mutable_geo());
  for (const auto& [id, resource] : serving.built->resources) {
    if (resource->has_override()) *reply.add_overrides() = resource->override();
  }
  TellWarnings(serving, verdicts, now, reply);
}

void TellEvidence(const steer::Endpoint& endpoint, steer::EndpointIndex index,
                  const Serving& serving, const liveness::Verdicts& verdicts,
                  const EvidenceDesk& desk, Steady now, v1::EndpointEvidence& evidence) {
  evidence.set_endpoint(endpoint.id);
  *evidence.mutable_status() = StatusOf(endpoint, index, serving, verdicts, now);
  if (const auto monitor = config::MonitorFor(*serving.built, index)) {
    evidence.set_quorum(QuorumWords(*monitor));
    evidence.set_vantages(monitor->vantages());
  }
  for (std::string& name : desk.WatchersOf(endpoint.id)) evidence.add_watched_by(std::move(name));
  for (const liveness::VoteReport& vote : verdicts.Votes(endpoint.id, now)) {
    v1::Vote* told = evidence.add_votes();
    told->set_vantage(vote.vantage);
    told->set_counted(vote.counted);
    told->set_why(vote.why);
    told->set_age_ms(Milliseconds(now - vote.evidence.observed));
    v1::Observation* seen = told->mutable_observation();
    seen->set_sequence(vote.evidence.sequence);
    seen->set_opinion(static_cast<v1::Opinion>(vote.evidence.opinion));
    seen->set_opinion_age_us(Milliseconds(now - vote.evidence.opinion_since) * 1000);
    seen->set_failed_layer(static_cast<v1::Layer>(vote.evidence.failed_layer));
    seen->set_detail(vote.evidence.detail);
    seen->set_fault(static_cast<v1::Fault>(vote.evidence.fault));
    seen->set_warning(vote.evidence.warning);
    seen->set_contrary(vote.evidence.contrary);
    seen->mutable_measured()->set_loss_percent(vote.evidence.loss_percent);
    seen->mutable_measured()->set_rtt_us(vote.evidence.rtt_us);
    seen->mutable_measured()->set_jitter_us(vote.evidence.jitter_us);
    seen->mutable_phases()->set_connect_us(vote.evidence.connect_us);
    seen->mutable_phases()->set_tls_us(vote.evidence.tls_us);
    seen->mutable_phases()->set_first_byte_us(vote.evidence.first_byte_us);
    seen->mutable_phases()->set_total_us(vote.evidence.total_us);
    seen->set_certificate_expires_in_s(vote.evidence.certificate_expires_in_s);
    TellLoad(vote.evidence.load, *seen);
  }
}

}  // namespace waypost::control
