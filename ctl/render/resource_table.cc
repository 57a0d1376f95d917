#include "ctl/render/resource_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

#include "ctl/render/table.h"
#include "ctl/render/units.h"
#include "ctl/render/words.h"
#include "dnsd/config/render.h"

namespace waypost::render {
namespace {

// What the schema says holds where a field is not set.
constexpr uint32_t kDefaultWeight = 100;

std::string DurationOr(bool is_set, const google::protobuf::Duration& duration,
                       const char* otherwise) {
  return is_set ? config::FormatDuration(duration) : otherwise;
}

std::string NumberOr(uint32_t number, uint32_t otherwise) {
  return std::to_string(number == 0 ? otherwise : number);
}

std::string LabelsOf(const v1::Region& region) {
  std::vector<std::string> labels;
  for (const auto& [key, value] : region.labels()) labels.push_back(key + "=" + value);
  std::sort(labels.begin(), labels.end());
  return Join(labels);
}

std::vector<Cell> RegionRow(const v1::Resource& resource) {
  const v1::Region& region = resource.region();
  const v1::Location& at = region.location();
  return {region.name(),
          region.has_location() ? fmt::format("{:.2f}, {:.2f}", at.latitude(), at.longitude()) : "",
          at.country(), region.capacity() > 0 ? fmt::format("{}", region.capacity()) : "",
          LabelsOf(region)};
}

std::string HttpProbeWords(const char* scheme, const v1::HttpProbe& probe, uint32_t default_port) {
  return fmt::format("{} :{}{}", scheme, NumberOr(probe.port(), default_port),
                     probe.path().empty() ? "/" : probe.path());
}

std::string CombinedWords(const v1::CombinedProbe& combined) {
  const std::string monitors = Join(combined.monitors(), " ");
  const auto count = static_cast<uint32_t>(combined.monitors_size());
  return fmt::format("{} of {}", NumberOr(combined.at_least(), count), monitors);
}

std::string ProbeWords(const v1::Monitor& monitor) {
  switch (monitor.probe_case()) {
    case v1::Monitor::kHttp:
      return HttpProbeWords("http", monitor.http(), 80);
    case v1::Monitor::kHttps:
      return HttpProbeWords("https", monitor.https(), 443);
    case v1::Monitor::kTcp:
      return fmt::format("tcp :{}", monitor.tcp().port());
    case v1::Monitor::kTls:
      return fmt::format("tls :{}", monitor.tls().port());
    case v1::Monitor::kUdp:
      return fmt::format("udp :{}", monitor.udp().port());
    case v1::Monitor::kDns:
      return fmt::format("dns {} {}", monitor.dns().name(),
                         monitor.dns().type().empty() ? "A" : monitor.dns().type());
    case v1::Monitor::kIcmp:
      return "icmp";
    case v1::Monitor::kGrpc:
      return fmt::format("grpc{} :{}", monitor.grpc().watch() ? " watch" : "",
                         monitor.grpc().port());
    case v1::Monitor::kHeld:
      return fmt::format("held :{}", monitor.held().port());
    case v1::Monitor::kCommand:
      return "command " + monitor.command().name();
    case v1::Monitor::kCombined:
      return CombinedWords(monitor.combined());
    case v1::Monitor::PROBE_NOT_SET:
      break;
  }
  return "";
}

std::vector<Cell> MonitorRow(const v1::Resource& resource) {
  const v1::Monitor& monitor = resource.monitor();
  return {monitor.name(),
          ProbeWords(monitor),
          DurationOr(monitor.has_interval(), monitor.interval(), "5s"),
          DurationOr(monitor.has_timeout(), monitor.timeout(), "2s"),
          NumberOr(monitor.rise(), 2),
          NumberOr(monitor.fall(), 3),
          WordOf(monitor.quorum())};
}

std::string EndpointWords(const v1::Pool& pool) {
  std::vector<std::string> endpoints;
  for (const v1::Endpoint& endpoint : pool.endpoints()) {
    endpoints.push_back(endpoint.cname().empty() ? endpoint.address() : endpoint.cname());
    if (endpoint.has_weight()) endpoints.back() += fmt::format(" ({})", endpoint.weight());
  }
  return Join(endpoints);
}

std::vector<Cell> PoolRow(const v1::Resource& resource) {
  const v1::Pool& pool = resource.pool();
  return {pool.name(), pool.region(), pool.monitor(),
          std::to_string(pool.has_weight() ? pool.weight() : kDefaultWeight), EndpointWords(pool)};
}

std::vector<Cell> NetworkRow(const v1::Resource& resource) {
  const v1::Network& network = resource.network();
  std::vector<std::string> labels;
  for (const v1::NetworkEntry& entry : network.entries()) {
    labels.push_back(entry.label().empty() ? network.name() : entry.label());
  }
  std::sort(labels.begin(), labels.end());
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  return {network.name(), std::to_string(network.entries_size()), Join(labels)};
}

std::string StepWords(const v1::Policy& policy) {
  std::vector<std::string> steps;
  for (const v1::Step& step : policy.steps()) steps.push_back(WordOf(step));
  if (!steps.empty()) return Join(steps, " > ");
  if (policy.preset() == v1::PRESET_ACTIVE_ACTIVE) return "preset active_active";
  return policy.preset() == v1::PRESET_ACTIVE_PASSIVE ? "preset active_passive" : "";
}

std::vector<Cell> PolicyRow(const v1::Resource& resource) {
  const v1::Policy& policy = resource.policy();
  return {policy.name(), WordOf(policy.on_all_down()), WordOf(policy.on_no_data_yet()),
          WordOf(policy.on_stale()), StepWords(policy)};
}

std::string Of(const std::string& name, const std::string& view) {
  return view.empty() ? name : name + "@" + view;
}

std::vector<Cell> RecordRow(const v1::Resource& resource) {
  const v1::Record& record = resource.record();
  std::vector<std::string> types;
  for (const int type : record.types()) types.push_back(WordOf(static_cast<v1::RecordType>(type)));
  const std::string ttl = DurationOr(record.ttl().has_min(), record.ttl().min(), "5s") + " to " +
                          DurationOr(record.ttl().has_max(), record.ttl().max(), "60s");
  return {Of(record.name(), record.view()), Join(types), record.policy(), ttl,
          Join(record.pools())};
}

std::vector<Cell> ZoneRow(const v1::Resource& resource) {
  const v1::Zone& zone = resource.zone();
  const auto lines = std::count(zone.text().begin(), zone.text().end(), '\n');
  std::vector<std::string> primaries;
  for (const v1::Peer& peer : zone.primaries()) primaries.push_back(peer.address());
  return {Of(zone.origin(), zone.view()), std::to_string(lines),
          zone.has_ecs() && !zone.ecs() ? "off" : "on",
          primaries.empty() ? zone.file() : "from " + Join(primaries)};
}

std::vector<Cell> OverrideRow(const v1::Resource& resource) {
  const v1::Override& override = resource.override();
  return {override.target(), WordsOf(override),
          override.has_until() ? FormatTime(override.until()) : "removed", override.reason()};
}

std::vector<Cell> KeyRow(const v1::Resource& resource) {
  const v1::Key& key = resource.key();
  return {key.name(), WordOf(key.algorithm()), key.secret_file()};
}

std::vector<Cell> RrsetRow(const v1::Resource& resource) {
  const v1::Rrset& rrset = resource.rrset();
  return {Of(rrset.name(), rrset.view()), rrset.type(), std::to_string(rrset.ttl()),
          rrset.records().empty() ? "(none)" : Join(rrset.records(), " | ")};
}

std::string RuleWords(const v1::ViewRule& rule) {
  std::vector<std::string> words;
  if (!rule.key().empty()) words.push_back("key " + rule.key());
  if (!rule.addresses().empty()) words.push_back("address " + Join(rule.addresses(), " "));
  if (!rule.networks().empty()) words.push_back("network " + Join(rule.networks(), " "));
  return Join(words, " and ");
}

std::vector<Cell> ViewRow(const v1::Resource& resource) {
  const v1::View& view = resource.view();
  std::vector<std::string> rules;
  for (const v1::ViewRule& rule : view.match()) rules.push_back(RuleWords(rule));
  return {view.name(), view.own_zones_only() ? "its own zones" : "and the zones of all",
          Join(rules, " | ")};
}

std::vector<Cell> RegistrationRow(const v1::Resource& resource) {
  const v1::Registration& registration = resource.registration();
  const uint32_t port = registration.endpoint().port();
  return {registration.pool() + "/" + registration.endpoint().address(),
          port == 0 ? "" : std::to_string(port), config::FormatDuration(registration.lease()),
          Clean(registration.client())};
}

std::string BoundsOf(const v1::Automation& automation) {
  std::vector<std::string> bounds;
  if (automation.max_shift() > 0)
    bounds.push_back(fmt::format("{} % a minute", automation.max_shift()));
  if (automation.min_regions() > 0)
    bounds.push_back(fmt::format("{} regions on", automation.min_regions()));
  if (automation.has_cool_down())
    bounds.push_back("cool-down " + config::FormatDuration(automation.cool_down()));
  if (automation.has_headroom())
    bounds.push_back(fmt::format("headroom {} %", automation.headroom()));
  return Join(bounds);
}

std::vector<Cell> AutomationRow(const v1::Resource& resource) {
  const v1::Automation& automation = resource.automation();
  std::vector<std::string> covered(automation.pools().begin(), automation.pools().end());
  for (const std::string& region : automation.regions()) covered.push_back("region " + region);
  return {automation.name(), BoundsOf(automation), covered.empty() ? "all pools" : Join(covered)};
}

std::vector<Cell> SignalRow(const v1::Resource& resource) {
  const v1::Signal& signal = resource.signal();
  constexpr std::array<const char*, 4> kExpiry = {"unknown", "unknown", "up", "down"};
  return {signal.name(), DurationOr(signal.has_lease(), signal.lease(), "60s"),
          kExpiry[static_cast<size_t>(std::clamp<int>(signal.on_expiry(), 0, 3))]};
}

std::vector<Cell> WebhookRow(const v1::Resource& resource) {
  const v1::Webhook& webhook = resource.webhook();
  constexpr std::array<const char*, 4> kFormats = {"json", "json", "slack", "pagerduty"};
  return {webhook.name(), kFormats[static_cast<size_t>(std::clamp<int>(webhook.format(), 0, 3))],
          Clean(webhook.url()), webhook.events().empty() ? "(default)" : Join(webhook.events())};
}

struct KindTable {
  v1::Resource::KindCase kind;
  const char* plural;
  std::vector<Column> columns;
  std::function<std::vector<Cell>(const v1::Resource&)> row;
};

const std::array<KindTable, 15>& KindTables() {
  constexpr Align kRight = Align::kRight;
  static const std::array<KindTable, 15> tables{{
      {v1::Resource::kRegion,
       "Regions",
       {{"NAME"}, {"LOCATION"}, {"COUNTRY"}, {"CAPACITY", kRight}, {"LABELS"}},
       RegionRow},
      {v1::Resource::kMonitor,
       "Monitors",
       {{"NAME"}, {"PROBE"}, {"INTERVAL"}, {"TIMEOUT"}, {"RISE"}, {"FALL"}, {"QUORUM"}},
       MonitorRow},
      {v1::Resource::kPool,
       "Pools",
       {{"NAME"}, {"REGION"}, {"MONITOR"}, {"WEIGHT", kRight}, {"ENDPOINTS"}},
       PoolRow},
      {v1::Resource::kNetwork, "Networks", {{"NAME"}, {"ENTRIES", kRight}, {"LABELS"}}, NetworkRow},
      {v1::Resource::kPolicy,
       "Policies",
       {{"NAME"}, {"ALL DOWN"}, {"NO DATA YET"}, {"STALE"}, {"STEPS"}},
       PolicyRow},
      {v1::Resource::kRecord,
       "Records",
       {{"NAME"}, {"TYPES"}, {"POLICY"}, {"TTL"}, {"POOLS"}},
       RecordRow},
      {v1::Resource::kZone, "Zones", {{"ORIGIN"}, {"LINES", kRight}, {"ECS"}, {"SOURCE"}}, ZoneRow},
      {v1::Resource::kOverride,
       "Overrides",
       {{"TARGET"}, {"STATE"}, {"UNTIL"}, {"REASON"}},
       OverrideRow},
      {v1::Resource::kKey, "Keys", {{"NAME"}, {"ALGORITHM"}, {"SECRET FILE"}}, KeyRow},
      {v1::Resource::kRrset,
       "RRsets",
       {{"NAME"}, {"TYPE"}, {"TTL", kRight}, {"RECORDS"}},
       RrsetRow},
      {v1::Resource::kView, "Views", {{"NAME"}, {"SEES"}, {"CLIENTS"}}, ViewRow},
      {v1::Resource::kRegistration,
       "Registrations",
       {{"ENDPOINT"}, {"PORT", kRight}, {"LEASE", kRight}, {"CLIENT"}},
       RegistrationRow},
      {v1::Resource::kAutomation, "Automations", {{"NAME"}, {"BOUNDS"}, {"COVERS"}}, AutomationRow},
      {v1::Resource::kSignal, "Signals", {{"NAME"}, {"LEASE", kRight}, {"ON EXPIRY"}}, SignalRow},
      {v1::Resource::kWebhook, "Webhooks", {{"NAME"}, {"FORMAT"}, {"URL"}, {"EVENTS"}}, WebhookRow},
  }};
  return tables;
}

}  // namespace

std::string RenderResources(const std::vector<v1::Resource>& resources, const Style& style) {
  std::vector<std::pair<std::string, std::string>> sections;
  for (const KindTable& kind : KindTables()) {
    Table table(kind.columns);
    for (const v1::Resource& resource : resources) {
      if (resource.kind_case() == kind.kind) table.Add(kind.row(resource));
    }
    if (!table.empty()) sections.emplace_back(kind.plural, table.ToString(style));
  }
  if (sections.size() == 1) return sections.front().second;
  std::string text;
  for (const auto& [plural, table] : sections) {
    text += (text.empty() ? "" : "\n") + style.Paint(Tone::kStrong, plural) + "\n" + table;
  }
  return text;
}

}  // namespace waypost::render
