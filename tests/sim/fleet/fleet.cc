#include "tests/sim/fleet/fleet.h"

#include <fmt/format.h>

#include <algorithm>

#include "tests/sim/declared.h"

namespace waypost::sim {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTick{50};  // as of the directors' control thread
constexpr size_t kVantageRegions = 5;

std::string DeclaredIn(const FleetSize& size) {
  std::string text = fmt::format(
      "kind: Monitor\nname: web\ntcp: {{port: 80}}\ninterval: {}ms\ntimeout: {}ms\n{}---\n",
      size.interval.count(), std::min<int64_t>(2000, size.interval.count() / 2),
      size.watchers > 0 ? fmt::format("vantages: {}\n", size.watchers) : "");
  for (size_t pool = 0; pool < size.pools; ++pool) {
    text += fmt::format(
        "kind: Region\nname: r{0}\n---\nkind: Pool\nname: p{0}\nregion: r{0}\nmonitor: web\n"
        "endpoints:\n",
        pool);
    for (size_t i = 0; i < size.endpoints_per_pool; ++i) {
      text += fmt::format("- {{address: 10.{}.{}.{}}}\n", pool, i / 250, i % 250 + 1);
    }
    text += "---\n";
  }
  return text;
}

}  // namespace

Fleet::Fleet(const FleetSize& size)
    : size_(size), built_(Build(DeclaredIn(size))), cost_since_(clock_.Now()) {
  for (size_t i = 0; i < size.directors; ++i) {
    desks_.push_back(std::make_unique<Desk>(clock_, *built_));
  }
  for (size_t i = 0; i < size.vantages; ++i) {
    outposts_.push_back(std::make_unique<Outpost>(clock_, fmt::format("v{}", i),
                                                  fmt::format("r{}", i % kVantageRegions), i + 1));
    for (const auto& desk : desks_) outposts_.back()->Connect(*desk);
  }
}

void Fleet::Step() {
  clock_.Advance(kStep);
  for (const auto& outpost : outposts_) outpost->Step(dead_);
  if (clock_.Now().time_since_epoch() % kTick >= kStep) return;
  for (const auto& desk : desks_) desk->Tick();
}

void Fleet::Run(milliseconds time) {
  for (const Steady end = clock_.Now() + time; clock_.Now() < end;) Step();
}

void Fleet::Set(size_t pool, bool up) {
  const auto& topology = built_->steering->topology;
  for (const steer::Endpoint& endpoint : topology.endpoints) {
    if (endpoint.pool != pool) continue;
    if (up) {
      dead_.erase(endpoint.address);
    } else {
      dead_.insert(endpoint.address);
    }
  }
}

bool Fleet::Holds(const Desk& desk, size_t pool, bool up) const {
  const auto& shape = desk.board().layout().pools[pool];
  const auto wanted = up ? liveness::Standing::kUp : liveness::Standing::kDown;
  for (uint32_t i = shape.first; i < shape.first + shape.v4 + shape.v6; ++i) {
    if (desk.board().endpoint(i).standing != wanted) return false;
  }
  return true;
}

milliseconds Fleet::RunUntil(size_t pool, bool up, milliseconds limit) {
  const Steady began = clock_.Now();
  while (clock_.Now() - began < limit) {
    const bool all = std::all_of(desks_.begin(), desks_.end(),
                                 [&](const auto& desk) { return Holds(*desk, pool, up); });
    if (all) break;
    Step();
  }
  return std::chrono::duration_cast<milliseconds>(clock_.Now() - began);
}

Cost Fleet::TakeCost() {
  static constexpr double kNanosecondsPerMs = 1e6;
  Cost sum;
  for (const auto& desk : desks_) {
    sum.octets_in += static_cast<double>(desk->octets_in());
    sum.octets_out += static_cast<double>(desk->octets_out());
    sum.cpu_ms += static_cast<double>(desk->cpu().count()) / kNanosecondsPerMs;
  }
  const double seconds = std::chrono::duration<double>(clock_.Now() - cost_since_).count();
  const double share = 1 / (seconds * static_cast<double>(desks_.size()));
  const Cost cost{(sum.octets_in - taken_.octets_in) * share,
                  (sum.octets_out - taken_.octets_out) * share,
                  (sum.cpu_ms - taken_.cpu_ms) * share};
  taken_ = sum;
  cost_since_ = clock_.Now();
  return cost;
}

size_t Fleet::MostAssigned() const { return desks_.front()->MostAssigned(); }

}  // namespace waypost::sim
