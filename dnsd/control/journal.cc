#include "dnsd/control/journal.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "dnsd/control/stored_resources.h"

namespace waypost::control {
namespace {

using transfer::ZoneImage;

bool IsTransferred(const config::BuiltZone& zone) {
  return !zone.resource->zone().allow_transfer().empty();
}

/// RFC 1982 section 3.2.
bool IsNewer(uint32_t serial, uint32_t than) { return static_cast<int32_t>(serial - than) > 0; }

bool IsSame(const ZoneImage& a, const ZoneImage& b) {
  return a.zone == b.zone && a.fallbacks == b.fallbacks;
}

}  // namespace

/// Configurations of former revisions, each built once; null where that is not possible any more.
class Journal::Past {
 public:
  Past(const store::Store& store, const config::Built& now) : store_(store), now_(now) {}

  std::optional<ZoneVersion> Find(const std::string& name, uint64_t revision) {
    const auto [built, is_new] = known_.try_emplace(revision);
    if (is_new) built->second = Build(revision);
    if (built->second == nullptr) return std::nullopt;
    const auto zone = built->second->zones.find(name);
    if (zone == built->second->zones.end() || zone->second.zone == nullptr) return std::nullopt;
    return ZoneVersion{zone->second, *built->second};
  }

 private:
  std::shared_ptr<const config::Built> Build(uint64_t revision) const {
    const auto content = store_.Read(revision);
    if (!content) return nullptr;
    const auto resources = FromContent(*content);
    return resources ? config::Build(*resources, &now_).built : nullptr;
  }

  const store::Store& store_;
  const config::Built& now_;
  std::map<uint64_t, std::shared_ptr<const config::Built>> known_;
};

void Journal::Follow(std::shared_ptr<const config::Built> built, uint64_t revision) {
  static const config::Built kNothing;
  if (built_ == nullptr) {
    LoadAll();
    ForgetOthers(*built);
  }
  Past past(store_, *built);
  SharedMap<config::BuiltZone>::Compare(
      built_ == nullptr ? kNothing.zones : built_->zones, built->zones,
      [&](const std::string& name, const config::BuiltZone*, const config::BuiltZone* zone) {
        if (zone == nullptr || !IsTransferred(*zone)) return Forget(name);
        if (zone->zone != nullptr) Follow(name, {*zone, *built}, revision, past);
      });
  built_ = std::move(built);
}

Journal::Log& Journal::LogOf(const std::string& name) {
  return logs_.try_emplace(name, Log{JournalChain(store_, name, limits_), nullptr, {}})
      .first->second;
}

void Journal::LoadAll() {
  const Status visited =
      store_.VisitJournals([&](const std::string& name, uint64_t number, std::string_view value) {
        LogOf(name).chain.Take(number, value);
        return true;
      });
  if (!visited) events_.Publish({{}, "journal", "journal", visited.error().message});
}

void Journal::ForgetOthers(const config::Built& built) {
  std::vector<std::string> others;
  for (const auto& [name, log] : logs_) {
    const auto zone = built.zones.find(name);
    if (zone == built.zones.end() || !IsTransferred(zone->second)) others.push_back(name);
  }
  for (const std::string& name : others) Forget(name);
}

void Journal::Forget(const std::string& name) {
  const auto log = logs_.find(name);
  if (log == logs_.end()) return;
  BeginAnew(log->second, name, "");
  logs_.erase(log);
}

void Journal::Follow(const std::string& name, const ZoneVersion& now, uint64_t revision,
                     Past& past) {
  Log& log = LogOf(name);
  if (log.image == nullptr) return Begin(log, name, now, revision, past);
  const bool is_surely_same = log.image->zone == now.zone.zone && now.zone.steered.empty();
  if (!is_surely_same) Advance(log, name, {built_->zones.at(name), *built_}, now, revision);
}

void Journal::Begin(Log& log, const std::string& name, const ZoneVersion& now, uint64_t revision,
                    Past& past) {
  log.image = ImageOf(now.zone, *now.built.steering);
  if (log.chain.is_empty()) return;
  log.digest = transfer::DigestOf(*log.image);
  if (*log.digest == log.chain.end_digest()) return TellDepth(name, log.chain);
  const auto before = past.Find(name, log.chain.end_revision());
  if (before) {
    auto image = ImageOf(before->zone, *before->built.steering);
    if (transfer::DigestOf(*image) == log.chain.end_digest()) {
      log.image = std::move(image);
      log.digest = log.chain.end_digest();
      return Advance(log, name, *before, now, revision);
    }
  }
  BeginAnew(log, name, "does not end at what is served");
}

void Journal::Advance(Log& log, const std::string& name, const ZoneVersion& before,
                      const ZoneVersion& now, uint64_t revision) {
  auto image = ImageOf(now.zone, *now.built.steering);
  if (IsSame(*log.image, *image)) return;
  if (!log.digest) log.digest = transfer::DigestOf(*log.image);
  const auto owners = ChangedOwners(before, now);
  const auto step = owners ? transfer::DifferenceAt(*log.image, *image, *owners, limits_.max_octets)
                           : transfer::DifferenceOf(*log.image, *image, limits_.max_octets);
  const bool is_newer = IsNewer(image->serial(), log.image->serial());
  log.image = std::move(image);
  if (!is_newer) return BeginAnew(log, name, "the serial did not become newer");
  if (!step) return BeginAnew(log, name, "a change is larger than a journal may be");
  Append(log, name, *step, revision);
}

void Journal::Append(Log& log, const std::string& name, const transfer::Difference& step,
                     uint64_t revision) {
  const Status kept = log.chain.Append(step, *log.digest, revision);
  log.digest = transfer::DigestAfter(*log.digest, step);
  if (!kept) events_.Publish({{}, "journal", "zone/" + name, kept.error().message, revision});
  TellDepth(name, log.chain);
}

void Journal::BeginAnew(Log& log, const std::string& name, const std::string& why) {
  const bool had_steps = !log.chain.is_empty();
  const Status cleared = log.chain.Clear();
  log.digest.reset();
  TellDepth(name, log.chain);
  if (!cleared) events_.Publish({{}, "journal", "zone/" + name, cleared.error().message});
  if (had_steps && !why.empty()) {
    events_.Publish({{}, "journal", "zone/" + name, "the journal begins anew: " + why});
  }
}

std::optional<Journal::Steps> Journal::Since(const std::string& name, uint32_t serial) {
  const auto log = logs_.find(name);
  if (log == logs_.end()) return std::nullopt;
  auto steps = log->second.chain.Since(serial);
  if (!steps) return std::nullopt;
  return Steps{log->second.image, std::move(steps->differences), steps->records};
}

void Journal::TellDepth(const std::string& name, const JournalChain& chain) {
  const std::lock_guard lock(mutex_);
  if (chain.is_empty()) {
    depths_.erase(name);
  } else {
    depths_[name] = {chain.oldest_serial(), chain.versions(), chain.octets()};
  }
}

std::optional<JournalDepth> Journal::DepthOf(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = depths_.find(name);
  return found == depths_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace waypost::control
