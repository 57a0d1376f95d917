#include "dnsd/control/serving.h"

#include <string>
#include <utility>

#include "dnsd/control/served_views.h"

namespace waypost::control {
namespace {

using config::BuiltZone;
using zone::ZoneIndex;

class ZoneTable {
 public:
  ZoneTable(SharedVector<serve::ServedZone>& zones, ZoneIndex& index)
      : zones_(zones), index_(index) {}

  void Put(const BuiltZone& zone, const steer::Steering& steering) {
    const wire::Name origin = zone.Origin();
    uint32_t position = index_.FindExact(origin);
    if (position == ZoneIndex::kNone) {
      position = static_cast<uint32_t>(zones_.size());
      index_.Add(origin);
      zones_.push_back({});
    }
    zones_.Own(position) = Served(zone, steering);
  }

  void Remove(const wire::Name& origin) {
    const uint32_t position = index_.FindExact(origin);
    index_.Remove(position);
    if (position + 1 != zones_.size()) zones_.Own(position) = zones_.back();
    zones_.pop_back();
  }

 private:
  SharedVector<serve::ServedZone>& zones_;
  ZoneIndex& index_;
};

/// What was found out before stays true as long as what it was found out of stays.
std::shared_ptr<const steer::FrontTable> FrontsOf(const serve::Snapshot& snapshot,
                                                  const Serving* former) {
  if (snapshot.steering == nullptr || snapshot.clients == nullptr) return nullptr;
  const bool stays = former != nullptr && former->snapshot->steering == snapshot.steering &&
                     former->snapshot->clients == snapshot.clients;
  if (stays) return former->snapshot->fronts;
  return std::make_shared<steer::FrontTable>(*snapshot.steering, *snapshot.clients);
}

}  // namespace

std::shared_ptr<serve::Snapshot> MakeSnapshot(uint64_t revision, const config::Built& built,
                                              std::shared_ptr<const geo::ClientMap> clients,
                                              const Serving* former) {
  static const config::Built kNothing;
  const config::Built& before = former == nullptr ? kNothing : *former->built;
  auto snapshot = std::make_shared<serve::Snapshot>();
  snapshot->revision = revision;
  snapshot->steering = built.steering;
  snapshot->clients = std::move(clients);
  snapshot->fronts = FrontsOf(*snapshot, former);
  ZoneIndex index;
  if (former != nullptr) {
    snapshot->zones = former->snapshot->zones;
    index = *former->snapshot->index;
  }
  ZoneTable table(snapshot->zones, index);
  SharedMap<BuiltZone>::Compare(
      before.zones, built.zones,
      [&](const std::string&, const BuiltZone* gone, const BuiltZone* zone) {
        if (!(zone == nullptr ? gone : zone)->extras->view.empty()) return;
        if (zone == nullptr) return table.Remove(gone->Origin());
        table.Put(*zone, *built.steering);
      });
  if (before.steering != built.steering) {
    for (const std::string& origin : built.steered_zones) {
      const BuiltZone& zone = built.zones.at(origin);
      if (zone.extras->view.empty()) table.Put(zone, *built.steering);
    }
  }
  snapshot->views = ViewsOf(built);
  snapshot->index = std::make_shared<ZoneIndex>(std::move(index));
  return snapshot;
}

}  // namespace waypost::control
