#include "dnsd/control/changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>
#include <utility>

#include "dnsd/config/scalar.h"
#include "dnsd/control/key_files.h"
#include "dnsd/control/loading.h"
#include "dnsd/control/messages.h"
#include "dnsd/control/serials.h"
#include "dnsd/control/stored_resources.h"
#include "waypost/v1/state.pb.h"

namespace waypost::control {
namespace {

constexpr const char* kLatencyKey = "latency";
// Rcodes of updates (RFC 2136 section 2.2).
constexpr uint16_t kServFail = 2;
constexpr uint16_t kRefused = 5;
constexpr uint16_t kNotAuth = 9;
/// Times between regions below this differ by noise, not by path.
constexpr double kRttNoiseMs = 2.0;

bool HasError(const Problems& problems) {
  return std::any_of(problems.begin(), problems.end(),
                     [](const Problem& p) { return !p.is_warning; });
}

/// As problems name them.
std::set<std::string> Touched(const std::vector<ResourceChange>& changes) {
  std::set<std::string> touched;
  for (const ResourceChange& change : changes) {
    if (change.after != nullptr) touched.insert(config::Describe(*change.after));
  }
  return touched;
}

/// Warnings about what this change does not touch were told when that was changed.
void DropOldWarnings(const std::vector<ResourceChange>& changes, Problems& problems) {
  if (problems.empty()) return;
  const std::set<std::string> touched = Touched(changes);
  std::erase_if(problems, [&touched](const Problem& p) {
    return p.is_warning && !p.object.empty() && !touched.contains(p.object);
  });
}

/// The change's own problems and those of building it, with their places in files.
Problems Located(const ChangeSet& change, Problems built) {
  config::Locate(built, change.sources);
  built.insert(built.begin(), change.problems.begin(), change.problems.end());
  return built;
}

/// A secret that cannot be read is an error of the change that declares its key; later changes do
/// not wait for it.
Problems KeyProblems(const config::ResourceSet& resources,
                     const std::vector<ResourceChange>& changes) {
  Problems problems;
  LoadKeys(resources, problems);
  if (problems.empty()) return problems;
  const std::set<std::string> touched = Touched(changes);
  std::erase_if(problems, [&](const Problem& p) { return !touched.contains(p.object); });
  return problems;
}

/// Appends errors that are not yet there.
void AddNews(Problems& problems, const Problems& more) {
  std::set<std::string> known;
  for (const Problem& problem : problems) known.insert(problem.ToString());
  std::copy_if(more.begin(), more.end(), std::back_inserter(problems), [&](const Problem& problem) {
    return !problem.is_warning && known.insert(problem.ToString()).second;
  });
}

/// Zones whose files could not be read.
Faults UnreadIn(const config::Parsed& parsed) {
  Faults faults;
  for (const config::ParsedResource& one : parsed.resources) {
    const std::string& why = one.resource.zone().faults();
    if (!why.empty()) faults[config::NameOf(one.resource)] = why;
  }
  return faults;
}

bool HasSound(const config::Built& built, const std::string& zone) {
  const auto found = built.zones.find(zone);
  return found != built.zones.end() && found->second.resource->zone().faults().empty();
}

bool HasSound(const config::Built& built) {
  return std::any_of(built.zones.begin(), built.zones.end(), [](const auto& entry) {
    return entry.second.resource->zone().faults().empty();
  });
}

int64_t UnixSeconds(Wall time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

Status Changes::Start(const config::Contents& contents, const config::ListersByZone& listers) {
  const auto content = store_.Read(0);
  if (!content) return tl::unexpected(content.error());
  const auto resources = FromContent(*content);
  if (!resources) return tl::unexpected(resources.error());
  auto known_files = file_memory_.Open();
  if (!known_files) return tl::unexpected(known_files.error());
  known_files_ = *std::move(known_files);
  const auto latency = store_.GetState(kLatencyKey);
  if (!latency) return tl::unexpected(latency.error());
  if (latency->has_value()) {
    auto table = geo::LatencyTable::Parse(**latency);
    if (!table) return tl::unexpected(std::move(table.error()).In("state \"latency\""));
    geo_.SetLatency(*std::move(table));
  }
  config::Built before;
  before.listing = config::ListedBefore(listers);
  config::BuildResult result = config::Build(*resources, &before, contents);
  if (!result.built && !contents.empty()) {
    config::Contents sound = contents;
    for (const auto& [origin, why] : result.faulty_zones) sound.erase(origin);
    result = config::Build(*resources, &before, sound);
  }
  if (!result.built && !result.faulty_zones.empty()) {
    // What a former version of this program took may be an error now.
    const Faults faults = result.faulty_zones;
    config::ResourceSet sound = *resources;
    SetAside(faults, {}, sound);
    result = config::Build(sound, &before, contents);
    if (result.built) TellFaulty(faults);
  }
  if (!result.built) {
    return Fail(ErrorCode::kInvalid,
                "the stored configuration cannot be served: " + Summary(result.problems));
  }
  ReloadKeys(*resources);
  Publish(store_.current(), result.built);
  if (observer_) observer_(built_);
  return {};
}

void Changes::TellFaulty(const Faults& faults) {
  for (const auto& [zone, why] : faults) {
    events_.Publish({{}, "zone", "zone/" + zone, "is answered SERVFAIL: " + why});
  }
}

std::string Changes::ListedBy(const std::string& origin) const {
  const auto zone = built_->zones.find(origin);
  return zone == built_->zones.end() ? "" : zone->second.extras->listed_by;
}

std::map<std::string, Problems> Changes::Refill(const config::Contents& contents) {
  auto [built, refused] = config::Refill(*built_, contents);
  const bool is_listing_new = built->listing != built_->listing;  // zones came, went, or were reset
  if (is_listing_new) TellIgnored(*built_, *built);
  for (const auto& [origin, content] : contents) {
    const auto zone = built->zones.find(origin);
    if (zone != built->zones.end() && config::IsSecondary(zone->second.resource->zone())) continue;
    refused[origin] = {{.object = "zone " + config::Quoted(origin), .fact = "has no primaries"}};
  }
  config::ResourceSet raised = built_->resources;
  if (!RaiseSerials(*built_, *built, raised)) {
    Publish(store_.current(), std::move(built));
    if (is_listing_new && observer_) observer_(built_);
    return refused;
  }
  v1::Intent intent;
  intent.set_author("secondary");
  intent.set_reason("serials above those that were served");
  if (const auto done = Install({}, std::move(built), intent); !done) {
    for (const auto& [origin, content] : contents) {
      refused[origin] = {
          {.object = "zone " + config::Quoted(origin), .fact = done.error().message}};
    }
  }
  return refused;
}

void Changes::TellIgnored(const config::Built& before, const config::Built& now) {
  const auto told = config::IgnoredMembers({before.resources, before.listing.get()});
  const std::set<std::string> known(told.begin(), told.end());
  for (std::string& words : config::IgnoredMembers({now.resources, now.listing.get()})) {
    if (!known.contains(words)) events_.Publish({{}, "catalog", "catalog", std::move(words)});
  }
}

Result<LoadReport> Changes::Load(const std::vector<std::string>& paths,
                                 const std::vector<std::string>& zones) {
  config::KnownFiles files = std::exchange(known_files_, {});
  auto some = zones.empty() ? std::nullopt : ParseZones(paths, zones, files);
  const bool is_all = !some.has_value();
  auto report = CommitFiles(is_all ? ParseFiles(paths, files) : *std::move(some), is_all, files);
  // Until all is well, everything is to be read again.
  if (report && !report->refused) known_files_ = std::move(files);
  return report;
}

Result<LoadReport> Changes::CommitFiles(config::Parsed parsed, bool is_all,
                                        config::KnownFiles& files) {
  LoadReport report;
  report.problems = parsed.problems;
  report.refused = HasError(report.problems);
  if (report.refused) return report;
  const auto former = file_memory_.Recall(parsed, is_all);
  if (!former) return tl::unexpected(former.error());
  Faults faults = UnreadIn(parsed);
  const Problems zone_problems = std::move(parsed.zone_problems);
  Wish wish = WishOf(std::move(parsed), *former, built_->resources);
  auto built = BuildSoundZones(wish.change, faults, report);
  report.problems.insert(report.problems.begin(), zone_problems.begin(), zone_problems.end());
  report.refused = built == nullptr;
  if (report.refused) return report;
  const auto changes = Difference(built_->resources, wish.change.resources);
  DropOldWarnings(changes, report.problems);
  v1::Intent intent;
  intent.set_author("files");
  intent.set_reason("loaded from files");
  const auto installed = Install(changes, std::move(built), intent);
  if (!installed) return tl::unexpected(installed.error());
  const Statements news = NewsOf(wish, faults, built_->resources, *former);
  if (Status noted = file_memory_.Write(news, *former); !noted) {
    return tl::unexpected(noted.error());
  }
  for (const auto& [id, statement] : wish.statements) files.suspects.erase(id);
  // They are tried again, for it may be something else that made them faulty.
  for (const auto& [zone, why] : faults) files.suspects.insert("zone/" + zone);
  NoteSetAside(wish, is_all, report);
  return report;
}

void Changes::NoteSetAside(const Wish& wish, bool is_all, const LoadReport& report) {
  const std::lock_guard lock(mutex_);
  std::set<std::string> aside(report.zones_set_aside.begin(), report.zones_set_aside.end());
  if (!is_all) {
    std::set<std::string> read;
    for (const auto& [id, statement] : wish.statements) read.insert(id);
    std::copy_if(zones_set_aside_.begin(), zones_set_aside_.end(),
                 std::inserter(aside, aside.end()),
                 [&read](const std::string& zone) { return !read.contains("zone/" + zone); });
  }
  zones_set_aside_.assign(aside.begin(), aside.end());
}

std::shared_ptr<const config::Built> Changes::BuildSoundZones(ChangeSet& change, Faults& faults,
                                                              LoadReport& report) const {
  SetAside(faults, built_->resources, change.resources);
  config::BuildResult result = config::Build(change.resources, built_.get());
  report.problems = Located(change, std::move(result.problems));
  if (HasError(change.problems)) return nullptr;
  if (!result.faulty_zones.empty()) {
    faults.insert(result.faulty_zones.begin(), result.faulty_zones.end());
    SetAside(faults, built_->resources, change.resources);
    result = config::Build(change.resources, built_.get());
    AddNews(report.problems, Located(change, std::move(result.problems)));
  }
  for (const auto& [zone, why] : faults) {
    const bool was_sound = HasSound(*built_, zone);
    (was_sound ? report.zones_set_aside : report.zones_faulty).push_back(zone);
  }
  const bool is_served = result.built != nullptr && (faults.empty() || HasSound(*result.built));
  return is_served ? result.built : nullptr;
}

std::vector<std::string> Changes::zones_set_aside() const {
  const std::lock_guard lock(mutex_);
  return zones_set_aside_;
}

Status Changes::Apply(const v1::ApplyRequest& request, v1::ApplyReply& reply) {
  if (Status status = CheckExpected(request.intent()); !status) return status;
  return Commit(ApplyTo(built_->resources, request), request.intent(), reply);
}

Result<uint64_t> Changes::Replace(config::ResourceSet resources, const v1::Intent& intent) {
  v1::ApplyReply reply;
  if (Status status = Commit({std::move(resources), {}, {}}, intent, reply); !status) {
    return tl::unexpected(std::move(status.error()));
  }
  for (const v1::Problem& problem : reply.problems()) {
    if (!problem.warning()) {
      return Fail(ErrorCode::kInvalid, FromProto(problem).ToString());
    }
  }
  return reply.revision();
}

Status Changes::Rollback(const v1::RollbackRequest& request, v1::ApplyReply& reply) {
  const auto content = store_.Read(request.revision());
  if (!content) return tl::unexpected(content.error());
  v1::Intent intent = request.intent();
  intent.set_reason(fmt::format("roll back to revision {}{}{}", request.revision(),
                                intent.reason().empty() ? "" : ": ", intent.reason()));
  return CommitSet(FromContent(*content), intent, reply);
}

Status Changes::SetWeight(const v1::SetWeightRequest& request, v1::ApplyReply& reply) {
  return CommitSet(WithWeight(built_->resources, request), request.intent(), reply);
}

Status Changes::SetOverride(const v1::SetOverrideRequest& request, v1::ApplyReply& reply) {
  return CommitSet(WithOverride(built_->resources, request.override()), request.intent(), reply);
}

Status Changes::ClearOverride(const v1::ClearOverrideRequest& request, v1::ApplyReply& reply) {
  return CommitSet(WithoutOverride(built_->resources, request.target()), request.intent(), reply);
}

uint16_t Changes::Update(const UpdateOrder& order) {
  const UpdateTarget target = TargetOf(order, *built_);
  const config::BuiltZone* const zone = target.zone;
  if (zone == nullptr) return kNotAuth;
  const transfer::MayChange may = PermissionsOf(order, *zone);
  if (may == nullptr) return kRefused;
  if (zone->zone == nullptr) return kServFail;
  const auto result = transfer::ApplyUpdate(*zone->zone, order.message, may);
  if (result.rcode != 0 || result.changes.empty()) return result.rcode;
  v1::Intent intent;
  intent.set_author(order.key.empty() ? order.from.ToString() : order.key);
  intent.set_reason(fmt::format("dynamic update of {} from {}",
                                config::Scoped{order.origin, target.view}.ToString(),
                                order.from.ToString()));
  v1::ApplyReply reply;
  ChangeSet change{WithRrsets(built_->resources, target, result.changes), {}, {}};
  const Status status = Commit(std::move(change), intent, reply);
  if (status && reply.published()) return 0;
  std::string why = status ? "" : status.error().message;
  for (const v1::Problem& problem : reply.problems()) {
    if (!problem.warning()) why += FromProto(problem).ToString() + "; ";
  }
  events_.Publish({{}, "update", "zone/" + order.origin, "refused: " + why});
  return status ? kRefused : kServFail;
}

Status Changes::CheckExpected(const v1::Intent& intent) const {
  if (!intent.has_expected_revision() || intent.expected_revision() == store_.current()) return {};
  return Fail(ErrorCode::kConflict, fmt::format("expected revision {}, but the current one is {}",
                                                intent.expected_revision(), store_.current()));
}

Status Changes::CommitSet(Result<config::ResourceSet> next, const v1::Intent& intent,
                          v1::ApplyReply& reply) {
  if (!next) return tl::unexpected(std::move(next.error()));
  if (Status status = CheckExpected(intent); !status) return status;
  return Commit({*std::move(next), {}, {}}, intent, reply);
}

Status Changes::Commit(ChangeSet change, const v1::Intent& intent, v1::ApplyReply& reply) {
  reply.set_revision(store_.current());
  const auto changes = Difference(built_->resources, change.resources);
  config::BuildResult result = config::Build(change.resources, built_.get());
  Problems key_problems = KeyProblems(change.resources, changes);
  std::move(key_problems.begin(), key_problems.end(), std::back_inserter(result.problems));
  Problems problems = Located(change, std::move(result.problems));
  DropOldWarnings(changes, problems);
  for (const Problem& problem : problems) *reply.add_problems() = ToProto(problem);
  if (HasError(problems)) return {};
  const auto installed = Install(changes, std::move(result.built), intent);
  if (!installed) return tl::unexpected(installed.error());
  for (const ResourceChange& one : *installed) *reply.add_changes() = ToProto(one);
  reply.set_published(true);
  reply.set_revision(store_.current());
  return {};
}

Result<std::vector<ResourceChange>> Changes::Install(std::vector<ResourceChange> changes,
                                                     std::shared_ptr<const config::Built> built,
                                                     const v1::Intent& intent) {
  config::ResourceSet raised = built->resources;
  if (RaiseSerials(*built_, *built, raised)) {
    changes = Difference(built_->resources, raised);
    built = config::Build(raised, built.get()).built;
    if (!built) return Fail(ErrorCode::kInternal, "a raised serial breaks its zone");
  }
  ReloadKeys(built->resources);
  if (changes.empty()) return changes;
  const auto revision =
      store_.Commit({ToStoreChanges(changes), intent.author(), intent.reason(), {}});
  if (!revision) return tl::unexpected(revision.error());
  Publish(revision->number, std::move(built));
  if (observer_) observer_(built_);
  events_.Publish(
      {{},
       "revision",
       fmt::format("revision/{}", revision->number),
       fmt::format("{} change{} by {}{}{}", changes.size(), changes.size() == 1 ? "" : "s",
                   intent.author(), intent.reason().empty() ? "" : ": ", intent.reason()),
       revision->number});
  return changes;
}

void Changes::Publish(uint64_t revision, std::shared_ptr<const config::Built> built) {
  auto before = std::exchange(built_, std::move(built));
  publisher_.Publish(revision, built_, geo_.Clients(built_->steering->vocabulary));
  transfers_.Announce(std::move(before), built_, revision);
}

void Changes::ReloadKeys(const config::ResourceSet& resources) {
  Problems problems;
  transfers_.SetKeys(LoadKeys(resources, problems));
  for (const Problem& problem : problems) {
    events_.Publish({{}, "transfer", problem.object, problem.ToString() + "; it is not used"});
  }
}

void Changes::PublishClients() {
  publisher_.PublishClients(geo_.Clients(built_->steering->vocabulary));
}

Status Changes::ImportLatency(const v1::ImportLatencyRequest& request,
                              v1::ImportLatencyReply& reply) {
  geo::LatencyTable table = geo_.latency();
  if (request.replace()) table.ClearRows();
  const int64_t now_s = UnixSeconds(clock_.WallNow());
  for (const v1::LatencyRow& row : request.rows()) {
    if (!built_->resources.contains("region/" + row.region())) {
      return Fail(ErrorCode::kInvalid,
                  fmt::format("{} -> {}: there is no such region", row.client(), row.region()));
    }
    const geo::LatencyEntry entry{row.rtt_ms(), now_s - static_cast<int64_t>(row.age_s()),
                                  "import"};
    if (Status status = table.Set(row.client(), row.region(), entry); !status) return status;
  }
  if (Status status = KeepLatency(table); !status) return status;
  reply.set_rows(static_cast<uint64_t>(request.rows_size()));
  events_.Publish({{},
                   "geo",
                   "latency",
                   fmt::format("{} measured times imported by {}", request.rows_size(),
                               request.intent().author())});
  return {};
}

Status Changes::KeepLatency(const geo::LatencyTable& table) {
  if (Status status = store_.PutState(kLatencyKey, table.Serialize(), true); !status) return status;
  geo_.SetLatency(table);
  PublishClients();
  return {};
}

void Changes::RefreshGeo() {
  const auto changed = geo_.Refresh();
  if (!changed) {
    events_.Publish(
        {{}, "geo", "geo", "the changed database is not used: " + changed.error().message});
  } else if (*changed) {
    PublishClients();
    events_.Publish({{}, "geo", "geo", "a changed database was compiled and is in use"});
  }
}

void Changes::RefreshRegionRtts() {
  const auto seen =
      publisher_.OnControl([](auto&, const EvidenceDesk& desk) { return desk.region_rtts(); });
  geo::LatencyTable table = geo_.latency();
  bool moved = false;
  for (const auto& [pair, rtt_ms] : seen) {
    const auto known = table.regions().find(pair);
    const double before = known == table.regions().end() ? 0 : known->second.rtt_ms;
    if (std::abs(rtt_ms - before) <= std::max(kRttNoiseMs, before / 5)) continue;
    table.SetRegionRtt(pair.first, pair.second,
                       {rtt_ms, UnixSeconds(clock_.WallNow()), "vantage in " + pair.first});
    moved = true;
  }
  if (!moved) return;
  if (Status status = KeepLatency(table); !status) {
    events_.Publish(
        {{}, "geo", "latency", "times between regions are not kept: " + status.error().message});
  }
}

Status Changes::Compact(std::chrono::hours age) {
  const auto forgotten = store_.Compact(clock_.WallNow() - age);
  if (!forgotten) return tl::unexpected(forgotten.error());
  return {};
}

}  // namespace waypost::control
