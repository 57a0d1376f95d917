#include "tests/sim/month.h"

#include <algorithm>
#include <utility>

namespace waypost::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr GdnsdSettings kQuickGdnsd{20, 10, 10, seconds(2), seconds(1)};

bool IsSince(const Truth& truth, bool up, Steady before) {
  return truth.up == up && truth.since <= before;
}

}  // namespace

// Complaints.

void Account::Note(const std::vector<bool>& up, std::optional<uint32_t> answer,
                   const std::vector<Truth>& world, Steady before) {
  for (size_t i = 0; i < up_.size(); ++i) {
    if (up_[i] && !up[i] && IsSince(world[i], true, before)) ++complaints_.false_downs;
  }
  up_ = up;
  if (answer) NoteAnswer(*answer, world, before);
}

void Account::NoteAnswer(uint32_t answer, const std::vector<Truth>& world, Steady before) {
  ++complaints_.answers;
  bool is_any_up = false;
  for (size_t i = 0; i < world.size(); ++i) is_any_up |= asked_for_[i] && world[i].up;
  if (!world[answer].up && is_any_up) ++complaints_.dead;
  const auto former = std::exchange(region_, regions_[answer]);
  if (!former || *former >= *region_) return;
  ++complaints_.failovers;
  for (size_t i = 0; i < world.size(); ++i) {
    if (!asked_for_[i] || regions_[i] != *former || !IsSince(world[i], true, before)) continue;
    ++complaints_.false_failovers;
    return;
  }
}

// gdnsd.

Gdnsd::Gdnsd(const GdnsdSettings& settings, std::vector<size_t> regions,
             std::vector<bool> asked_for)
    : settings_(settings),
      regions_(std::move(regions)),
      asked_for_(std::move(asked_for)),
      services_(regions_.size(), GdnsdService(settings)),
      next_(regions_.size()),
      account_(regions_, asked_for_) {}

void Gdnsd::Step(const std::vector<Truth>& world, const Vantage& eyes, uint32_t lost_per_million,
                 Steady now) {
  std::vector<bool> up;
  for (size_t i = 0; i < services_.size(); ++i) {
    if (now >= next_[i]) {
      const bool is_lost = random_.Below(1'000'000) < lost_per_million;
      services_[i].Add(world[i].up && eyes.Reaches(i, now) && !is_lost);
      next_[i] = now + settings_.interval;
    }
    up.push_back(services_[i].up());
  }
  account_.Note(up, Answer(), world, now - settings_.interval * settings_.up_thresh);
}

std::optional<uint32_t> Gdnsd::Answer() {
  std::vector<uint32_t> best;
  for (uint32_t i = 0; i < services_.size(); ++i) {
    if (!asked_for_[i] || !services_[i].up()) continue;
    if (best.empty() || regions_[i] == regions_[best[0]]) best.push_back(i);
  }
  if (best.empty()) return std::nullopt;
  return best[random_.Below(best.size())];
}

// The month.

Scenario Month::ScenarioOf(uint64_t seed, milliseconds length, milliseconds interval) {
  Scenario scenario;
  scenario.seed = seed;
  scenario.length = length;
  scenario.check_every = minutes(1);
  scenario.pools.assign(kRegions, 3);
  scenario.vantages.assign(3, Character::kHonest);
  scenario.regions = 3;
  scenario.noisy = true;
  scenario.timeout = std::min(interval / 2, milliseconds(2000));
  scenario.rule.interval = interval;
  scenario.rule.rise = 2;
  scenario.rule.fall = 3;
  scenario.rule.staleness = std::max(interval * 3 + scenario.timeout, milliseconds(3000));
  Faults& faults = scenario.faults;
  faults.endpoint_flip = milliseconds(0);
  faults.release = milliseconds(0);
  faults.connection_loss = hours(1);
  faults.partition = hours(2);
  faults.vantage_crash = hours(24);
  faults.director_restart = hours(48);
  faults.standstill = hours(24);
  faults.duplicate = minutes(10);
  faults.max_delay = milliseconds(200);
  faults.max_drift_per_mille = 1;
  faults.lost_per_million = 1000;
  return scenario;
}

Month::Month(const Scenario& scenario)
    : Simulation(scenario, MakeProduction),
      world_random_(scenario.seed),
      lost_per_million_(scenario.faults.lost_per_million),
      endpoints_(world().size()),
      account_(Regions(), HasA()),
      gdnsd_({}, Regions(), HasA()),
      quick_gdnsd_(kQuickGdnsd, Regions(), HasA()) {}

std::vector<size_t> Month::Regions() const {
  std::vector<size_t> regions;
  for (const auto& endpoint : built().steering->topology.endpoints) {
    regions.push_back(endpoint.pool);
  }
  return regions;
}

std::vector<bool> Month::HasA() const {
  std::vector<bool> has_a;
  for (const auto& endpoint : built().steering->topology.endpoints) {
    has_a.push_back(endpoint.address.is_v4());
  }
  return has_a;
}

/// True: it went down just now.
bool Month::StepOne(Failing& one, milliseconds mean_up, milliseconds longest_down) {
  if (!one.up) {
    one.up = now() >= one.until;
    return false;
  }
  if (!Happens(world_random_, mean_up)) return false;
  one = {false, now() + longest_down / 12 + UpTo(world_random_, longest_down)};
  return true;
}

void Month::StepWorld() {
  for (Failing& region : regions_) {
    if (StepOne(region, hours(24), hours(1))) ++region_failures_;
  }
  const auto& endpoints = built().steering->topology.endpoints;
  for (size_t i = 0; i < endpoints_.size(); ++i) {
    StepOne(endpoints_[i], hours(24), minutes(30));
    SetTruth(i, endpoints_[i].up && regions_[endpoints[i].pool].up);
  }
  StepBad();
}

/// Between two bad times there is time for what was said falsely to be taken back.
void Month::StepBad() {
  Station& station = stations()[bad_];
  const bool was_calm = calm_.up;
  if (StepOne(calm_, hours(1), hours(2))) {
    ++bad_times_;
    bad_ = world_random_.Below(stations().size());
    BeBad(stations()[bad_], calm_.until);
  } else if (!was_calm && calm_.up) {
    station.vantage.Become(Character::kHonest);
    station.vantage.Cut({});
  }
}

void Month::BeBad(Station& station, Steady until) {
  switch (world_random_.Below(5)) {
    case 0:
      return station.vantage.Blind(until);
    case 1: {
      const size_t region = world_random_.Below(kRegions);
      std::vector<bool> cut;
      for (const auto& endpoint : built().steering->topology.endpoints) {
        cut.push_back(endpoint.pool == region);
      }
      return station.vantage.Cut(std::move(cut));
    }
    case 2:
      return station.vantage.Become(Character::kSaysUp);
    case 3:
      return station.vantage.Become(Character::kSaysDown);
    default:
      return station.vantage.Become(Character::kRandom);
  }
}

void Month::Observe() {
  std::vector<bool> up;
  for (uint32_t i = 0; i < world().size(); ++i) {
    const liveness::Standing standing = director(0).standing(i);
    up.push_back(standing != liveness::Standing::kDown &&
                 standing != liveness::Standing::kStaleDown &&
                 standing != liveness::Standing::kLastDown);
  }
  account_.Note(up, director(0).Answer("active.example.test"), world(), now() - Bound());
  gdnsd_.Step(world(), stations()[0].vantage, lost_per_million_, now());
  quick_gdnsd_.Step(world(), stations()[0].vantage, lost_per_million_, now());
}

}  // namespace waypost::sim
