#include "dnsd/control/metrics.h"

#include <fmt/format.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <map>

namespace waypost::control {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<std::pair<std::string, std::string>>;

class Family {
 public:
  Family(const std::string& name, const std::string& help, MetricType type)
      : family_{name, help, type, {}} {}

  void Add(double value, const Labels& labels = {}) {
    ClientMetric& metric = AddMetric(labels);
    if (family_.type == MetricType::Counter) {
      metric.counter.value = value;
    } else {
      metric.gauge.value = value;
    }
  }
  ClientMetric& AddMetric(const Labels& labels) {
    ClientMetric& metric = family_.metric.emplace_back();
    for (const auto& [name, value] : labels) metric.label.push_back({name, value});
    return metric;
  }
  MetricFamily Take() && { return std::move(family_); }

 private:
  MetricFamily family_;
};

Family CounterFamily(const std::string& name, const std::string& help) {
  return {name, help, MetricType::Counter};
}
Family GaugeFamily(const std::string& name, const std::string& help) {
  return {name, help, MetricType::Gauge};
}

std::string TypeName(uint16_t type) {
  static const std::map<uint16_t, std::string> kNames = {
      {1, "A"},       {2, "NS"},     {5, "CNAME"}, {6, "SOA"},  {12, "PTR"},
      {15, "MX"},     {16, "TXT"},   {28, "AAAA"}, {33, "SRV"}, {43, "DS"},
      {48, "DNSKEY"}, {65, "HTTPS"}, {255, "ANY"}, {0, "other"}};
  return kNames.at(type);
}

std::string RcodeName(size_t rcode) {
  constexpr std::array<const char*, 11> kNames = {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",
                                                  "NOTIMP",  "REFUSED", "YXDOMAIN", "YXRRSET",
                                                  "NXRRSET", "NOTAUTH", "NOTZONE"};
  if (rcode < kNames.size()) return kNames[rcode];
  if (rcode == 16) return "BADVERS";
  return rcode == 23 ? "BADCOOKIE" : fmt::format("{}", rcode);
}

constexpr std::array<const char*, serve::kTransports> kTransportNames = {"udp", "tcp", "tls"};

void AddTraffic(const serve::Figures& figures, std::vector<MetricFamily>& all) {
  Family queries =
      CounterFamily("waypost_queries_total", "DNS queries received, by transport and type.");
  Family responses =
      CounterFamily("waypost_responses_total", "DNS responses sent, by transport and rcode.");
  Family truncated = CounterFamily("waypost_truncated_total", "Responses with TC set.");
  for (size_t t = 0; t < serve::kTransports; ++t) {
    for (size_t i = 0; i < serve::kCountedTypes.size(); ++i) {
      queries.Add(static_cast<double>(figures.queries[t][i]),
                  {{"transport", kTransportNames[t]}, {"type", TypeName(serve::kCountedTypes[i])}});
    }
    for (size_t rcode = 0; rcode < figures.responses[t].size(); ++rcode) {
      if (figures.responses[t][rcode] == 0 && rcode > 5) continue;
      responses.Add(static_cast<double>(figures.responses[t][rcode]),
                    {{"transport", kTransportNames[t]}, {"rcode", RcodeName(rcode)}});
    }
    truncated.Add(static_cast<double>(figures.truncated[t]), {{"transport", kTransportNames[t]}});
  }
  for (Family* family : {&queries, &responses, &truncated})
    all.push_back(std::move(*family).Take());
}

void AddSimple(const MetricsInput& input, std::vector<MetricFamily>& all) {
  const serve::Figures& f = input.figures;
  const auto counter = [&all](const char* name, const char* help, uint64_t value) {
    Family family = CounterFamily(name, help);
    family.Add(static_cast<double>(value));
    all.push_back(std::move(family).Take());
  };
  const auto gauge = [&all](const char* name, const char* help, double value) {
    Family family = GaugeFamily(name, help);
    family.Add(value);
    all.push_back(std::move(family).Take());
  };
  gauge("waypost_leases", "Registered endpoints.", static_cast<double>(input.leases));
  counter("waypost_leases_expired_total", "Registered endpoints whose leases ran out.",
          input.leases_expired);
  counter("waypost_dropped_malformed_total",
          "Packets not answered: shorter than a header, or replies.", f.dropped_malformed);
  counter("waypost_send_errors_total", "Replies that the kernel did not take.", f.send_errors);
  counter("waypost_cookies_good_total", "Queries whose server cookie proved their address.",
          f.cookies_good);
  counter("waypost_cookies_bad_total", "Queries with a server cookie that proved nothing.",
          f.cookies_bad);
  counter("waypost_unproven_total", "Queries turned away because cookies are required.",
          f.unproven);
  counter("waypost_rate_limited_dropped_total", "Answers over the rate limit, not sent.",
          f.rate_dropped);
  counter("waypost_rate_limited_slipped_total", "Answers over the rate limit, sent as bare TC.",
          f.rate_slipped);
  counter("waypost_access_refused_total", "Queries refused by an access list.", f.access_refused);
  counter("waypost_ignored_total", "Datagrams from port 0 or from this server itself.", f.ignored);
  counter("waypost_bad_fronts_total", "Messages of trusted fronts without a good PROXY header.",
          f.bad_fronts);
  counter("waypost_xdp_bad_frames_total",
          "Frames that XDP handed over and that hold no whole datagram of an honest sender.",
          f.bad_frames);
  counter("waypost_xdp_lost_total", "Frames that XDP had no room for.", f.lost_frames);
  counter("waypost_tls_failures_total", "Connections whose handshake or encryption failed.",
          f.tls_failures);
  counter("waypost_ecs_queries_total", "Queries with a client subnet.", f.ecs_queries);
  counter("waypost_decisions_total", "Answers decided by a policy.", f.decisions);
  counter("waypost_tcp_accepted_total", "TCP connections accepted.", f.tcp_accepted);
  counter("waypost_tcp_refused_total", "TCP connections refused over the limit.", f.tcp_refused);
  counter("waypost_tcp_evicted_total", "Idle TCP connections closed to make room for new ones.",
          f.tcp_evicted);
  counter("waypost_tcp_timeouts_total", "TCP connections closed for idleness.", f.tcp_timeouts);
  gauge("waypost_tcp_connections", "TCP connections open.", static_cast<double>(f.tcp_connections));
  counter("waypost_verdict_changes_total", "Verdicts that changed.", input.verdict_changes);
  counter("waypost_state_write_failures_total", "Times the last verdicts could not be written.",
          input.state_write_failures);
  counter("waypost_refused_tasks_total",
          "Evidence refused because the control thread was too busy.", input.refused_tasks);
  counter("waypost_transfer_dropped_total",
          "Transfers, updates and signed queries not looked at because too many waited.",
          input.transfer_dropped);
  gauge("waypost_revision", "Revision of the configuration that is served.",
        static_cast<double>(input.status.revision()));
  gauge("waypost_board_epoch", "Changes of the liveness board.",
        static_cast<double>(input.status.epoch()));
  gauge("waypost_uptime_seconds", "Since the start.", static_cast<double>(input.status.uptime_s()));
  gauge("waypost_store_writable", "1 if the last write to the store succeeded.",
        input.store_writable ? 1 : 0);
  gauge("waypost_geo_prefixes", "Client prefixes in the compiled map.",
        static_cast<double>(input.status.geo().prefixes()));
  gauge("waypost_geo_build_timestamp_seconds", "When the oldest geo database was built; 0: none.",
        static_cast<double>(input.status.geo().build_epoch_s()));
}

void AddDecisions(const MetricsInput& input, std::vector<MetricFamily>& all) {
  Family outcomes = CounterFamily("waypost_decision_outcomes_total", "Decisions by outcome.");
  constexpr std::array<const char*, 5> kOutcomes = {"answered", "all-down", "none", "fenced",
                                                    "no-family"};
  for (size_t i = 0; i < kOutcomes.size(); ++i) {
    outcomes.Add(static_cast<double>(input.figures.outcomes[i]), {{"outcome", kOutcomes[i]}});
  }
  all.push_back(std::move(outcomes).Take());

  Family answers = CounterFamily("waypost_answers_total", "Steered answers by pool and region.");
  for (const auto& [pool, slot] : input.pool_slots) {
    const uint64_t count =
        slot < input.figures.answers_by_slot.size() ? input.figures.answers_by_slot[slot] : 0;
    answers.Add(static_cast<double>(count),
                {{"pool", pool}, {"region", input.pool_regions.at(pool)}});
  }
  all.push_back(std::move(answers).Take());

  Family time("waypost_decision_seconds", "Time of one decision; one in 256 is timed.",
              MetricType::Histogram);
  ClientMetric& metric = time.AddMetric({});
  uint64_t total = 0;
  for (size_t i = 0; i < input.figures.decision_time_log2_ns.size(); ++i) {
    total += input.figures.decision_time_log2_ns[i];
    metric.histogram.bucket.push_back({total, static_cast<double>(uint64_t{1} << i) * 1e-9});
  }
  metric.histogram.sample_count = total;
  metric.histogram.sample_sum = static_cast<double>(input.figures.decision_time_sum_ns) * 1e-9;
  all.push_back(std::move(time).Take());
}

void AddHealth(const v1::StatusReply& status, std::vector<MetricFamily>& all) {
  Family endpoints = GaugeFamily("waypost_endpoints", "Endpoints by pool, region and standing.");
  for (const v1::PoolStatus& pool : status.pools()) {
    std::map<std::string, int> standings;
    for (const v1::EndpointStatus& endpoint : pool.endpoints()) ++standings[endpoint.standing()];
    for (const auto& [standing, count] : standings) {
      endpoints.Add(count,
                    {{"pool", pool.name()}, {"region", pool.region()}, {"standing", standing}});
    }
  }
  Family connected =
      GaugeFamily("waypost_vantage_connected", "1 while a vantage's stream is open.");
  Family silence =
      GaugeFamily("waypost_vantage_silence_seconds", "Since a vantage's last sign of life.");
  Family assigned = GaugeFamily("waypost_vantage_assigned", "Targets that a vantage shall watch.");
  for (const v1::VantageStatus& vantage : status.vantages()) {
    const Labels labels = {{"vantage", vantage.name()}, {"region", vantage.region()}};
    connected.Add(vantage.connected() ? 1 : 0, labels);
    silence.Add(static_cast<double>(vantage.silence_ms()) / 1000, labels);
    assigned.Add(vantage.assigned(), labels);
  }
  for (Family* family : {&endpoints, &connected, &silence, &assigned})
    all.push_back(std::move(*family).Take());
}

void AddLoads(const v1::StatusReply& status, std::vector<MetricFamily>& all) {
  Family used = GaugeFamily("waypost_pool_load", "What a pool has to do, where it is known.");
  Family capacity = GaugeFamily("waypost_pool_capacity", "What it can, in the same unit.");
  for (const v1::PoolStatus& pool : status.pools()) {
    if (!pool.has_load()) continue;
    const Labels labels = {{"pool", pool.name()}, {"region", pool.region()}};
    used.Add(pool.load().used(), labels);
    capacity.Add(pool.load().capacity(), labels);
  }
  for (Family* family : {&used, &capacity}) all.push_back(std::move(*family).Take());
}

void AddAutomations(const v1::StatusReply& status, std::vector<MetricFamily>& all) {
  Family kept = GaugeFamily("waypost_automation_held_percent",
                            "Clients that are still answered a pool which is down, by the bound "
                            "that holds it back.");
  Family budget = GaugeFamily("waypost_automation_budget_percent",
                              "Share of the covered weight that may move now.");
  Family regions =
      GaugeFamily("waypost_automation_regions_on", "Covered regions with a pool in use.");
  for (const v1::AutomationStatus& automation : status.automations()) {
    const Labels labels = {{"automation", automation.name()}, {"mode", automation.mode()}};
    budget.Add(automation.budget_percent(), labels);
    regions.Add(automation.regions_on(), labels);
    for (const v1::HeldMove& move : automation.held()) {
      kept.Add(move.kept_percent(), {{"automation", automation.name()},
                                     {"pool", move.pool()},
                                     {"region", move.region()},
                                     {"bound", move.bound()}});
    }
  }
  Family region = GaugeFamily("waypost_region_up", "Of regions with a health of their own.");
  for (const v1::RegionStatus& told : status.regions()) {
    if (!told.state().empty()) region.Add(told.state() == "up" ? 1 : 0, {{"region", told.name()}});
  }
  Family signals = GaugeFamily("waypost_signal_state", "1 for the state that counts.");
  for (const v1::SignalStatus& signal : status.signals()) {
    signals.Add(1, {{"signal", signal.name()}, {"state", signal.state()}});
  }
  for (Family* family : {&kept, &budget, &regions, &region, &signals})
    all.push_back(std::move(*family).Take());
}

void AddWebhooks(const v1::StatusReply& status, std::vector<MetricFamily>& all) {
  Family waiting = GaugeFamily("waypost_webhook_waiting", "Events that wait to be delivered.");
  Family open = GaugeFamily("waypost_webhook_open", "1 while the circuit is open.");
  Family delivered = CounterFamily("waypost_webhook_delivered_total", "Events delivered.");
  Family failures = CounterFamily("waypost_webhook_failures_total", "Tries that failed.");
  Family dropped = CounterFamily("waypost_webhook_dropped_total",
                                 "Events given up, or dropped because too many waited.");
  for (const v1::WebhookStatus& webhook : status.webhooks()) {
    const Labels labels = {{"webhook", webhook.name()}};
    waiting.Add(static_cast<double>(webhook.waiting()), labels);
    open.Add(webhook.state() == "open" ? 1 : 0, labels);
    delivered.Add(static_cast<double>(webhook.delivered()), labels);
    failures.Add(static_cast<double>(webhook.failures()), labels);
    dropped.Add(static_cast<double>(webhook.dropped()), labels);
  }
  for (Family* family : {&waiting, &open, &delivered, &failures, &dropped})
    all.push_back(std::move(*family).Take());
}

void AddSecondaries(const MetricsInput& input, std::vector<MetricFamily>& all) {
  Family zones = GaugeFamily("waypost_secondary_zones", "Zones with primaries, by state.");
  std::map<std::string, int> counts;
  double soonest = -1;
  for (const v1::ZoneStatus& zone : input.status.zones()) {
    if (!zone.has_secondary()) continue;
    ++counts[zone.secondary().state()];
    if (!zone.secondary().has_expires_in_ms()) continue;
    const double seconds = static_cast<double>(zone.secondary().expires_in_ms()) / 1000;
    if (soonest < 0 || seconds < soonest) soonest = seconds;
  }
  for (const auto& [state, count] : counts) zones.Add(count, {{"state", state}});
  Family expiry = GaugeFamily("waypost_secondary_soonest_expiry_seconds",
                              "Until the next zone expires if no primary confirms it.");
  if (soonest >= 0) expiry.Add(soonest);
  Family checks = CounterFamily("waypost_secondary_checks_total",
                                "Questions to primaries whether there is news.");
  checks.Add(static_cast<double>(input.secondary.checks));
  Family transfers =
      CounterFamily("waypost_secondary_transfers_total", "Zones transferred in, by kind.");
  transfers.Add(static_cast<double>(input.secondary.whole_transfers), {{"kind", "axfr"}});
  transfers.Add(static_cast<double>(input.secondary.incremental_transfers), {{"kind", "ixfr"}});
  Family failures =
      CounterFamily("waypost_secondary_failures_total", "Checks that failed, by layer.");
  for (size_t i = 0; i < transfer::kLayers; ++i) {
    failures.Add(static_cast<double>(input.secondary.failures[i]),
                 {{"layer", std::string(NameOf(static_cast<transfer::Layer>(i)))}});
  }
  Family expired = CounterFamily("waypost_secondary_expired_total", "Zones given up.");
  expired.Add(static_cast<double>(input.secondary.expired));
  Family unkept = CounterFamily("waypost_secondary_unkept_total",
                                "Transferred zones that are served but could not be stored.");
  unkept.Add(static_cast<double>(input.unkept_zones));
  for (Family* family : {&zones, &expiry, &checks, &transfers, &failures, &expired, &unkept})
    all.push_back(std::move(*family).Take());
}

void AddEvidence(const MetricsInput& input, std::vector<MetricFamily>& all) {
  Family streams =
      CounterFamily("waypost_vantage_streams_total", "Streams that a vantage has opened.");
  Family reports = CounterFamily("waypost_vantage_reports_total",
                                 "Reports of a vantage, those that only say it lives included.");
  for (const VantageFacts& vantage : input.vantages) {
    const Labels labels = {{"vantage", vantage.name}, {"region", vantage.region}};
    streams.Add(static_cast<double>(vantage.streams), labels);
    reports.Add(static_cast<double>(vantage.reports), labels);
  }
  Family underwatched =
      GaugeFamily("waypost_endpoints_underwatched",
                  "Endpoints that fewer vantages watch than their monitors ask for.");
  underwatched.Add(static_cast<double>(input.underwatched));
  Family dropped =
      CounterFamily("waypost_evidence_dropped_total", "Evidence that was not used, by reason.");
  const std::pair<const char*, uint64_t> reasons[] = {
      {"unknown-endpoint", input.dropped.unknown_endpoints},
      {"late", input.dropped.late},
      {"too-many-vantages", input.dropped.excess_vantages}};
  for (const auto& [reason, count] : reasons) {
    dropped.Add(static_cast<double>(count), {{"reason", reason}});
  }
  for (Family* family : {&streams, &reports, &underwatched, &dropped})
    all.push_back(std::move(*family).Take());
}

}  // namespace

std::string MetricsText(const MetricsInput& input) {
  std::vector<MetricFamily> all;
  Family build = GaugeFamily("waypost_build_info", "Always 1; version and region are labels.");
  build.Add(1, {{"version", WAYPOST_VERSION}, {"region", input.region}});
  all.push_back(std::move(build).Take());
  AddTraffic(input.figures, all);
  AddSimple(input, all);
  AddDecisions(input, all);
  AddHealth(input.status, all);
  AddLoads(input.status, all);
  AddAutomations(input.status, all);
  AddWebhooks(input.status, all);
  AddEvidence(input, all);
  AddSecondaries(input, all);
  std::erase_if(all, [](const MetricFamily& family) { return family.metric.empty(); });
  return prometheus::TextSerializer().Serialize(all);
}

}  // namespace waypost::control
