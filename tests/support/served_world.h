// A world of steering (world.h) with zones laid around it, as the snapshot that workers answer
// from: the real zones and the real decision function, with clients and health that tests write by
// hand.
//
//   ServedWorld served;
//   served.world.AddRegion(...); ...
//   served.AddZone("example.com", "www A 192.0.2.1\n");
//   const serve::Snapshot& snapshot = served.Build();
//
// Thread safety: one thread until Build; then the snapshot may be read by any. Ownership: the
// snapshot points into this object. Errors: end the test with an exception.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "dnsd/serve/snapshot.h"
#include "dnsd/zone/builder.h"
#include "tests/support/world.h"

namespace waypost::test {

class ServedWorld {
 public:
  World world;

  /// A SOA and a name server are added to `text`, and the world's records at or below the origin
  /// are laid over it.
  void AddZone(const std::string& origin, const std::string& text, bool ecs = true) {
    zones_.push_back({wire::Name::Parse(origin).value(), text, ecs});
  }

  const serve::Snapshot& Build() {
    world.Build();
    snapshot_.steering = Borrowed(world.world().steering);
    snapshot_.clients = Borrowed(world.world().clients);
    snapshot_.board = Borrowed(&world.board());
    snapshot_.pool_slots.resize(world.steering().topology.pools.size());
    std::vector<wire::Name> origins;
    for (const DeclaredZone& zone : zones_) {
      snapshot_.zones.push_back(BuildZone(zone));
      origins.push_back(zone.origin);
    }
    snapshot_.index = std::make_shared<zone::ZoneIndex>(zone::ZoneIndex::Build(origins));
    return snapshot_;
  }

  /// From now on decisions are taken from what was found out before. Preconditions: built, and all
  /// clients are there.
  void RememberFronts() {
    snapshot_.fronts =
        std::make_shared<steer::FrontTable>(world.steering(), *world.world().clients);
  }

 private:
  struct DeclaredZone {
    wire::Name origin;
    std::string text;
    bool ecs = true;
  };

  template <typename T>
  static std::shared_ptr<T> Borrowed(T* pointer) {
    return std::shared_ptr<T>(std::shared_ptr<void>(), pointer);
  }

  serve::ServedZone BuildZone(const DeclaredZone& declared) const {
    serve::ServedZone served{.ecs = declared.ecs};
    std::vector<zone::SteeredOwner> owners;
    for (const steer::Record& record : world.steering().records) {
      if (!record.name.IsAtOrBelow(declared.origin)) continue;
      owners.push_back({record.name, record.types});
      served.steered.push_back(&record);
    }
    const auto built = zone::LoadZoneText(
        "$TTL 3600\n@ SOA ns1 admin 1 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n" +
            declared.text,
        declared.origin, declared.origin.ToString(), owners);
    for (const Problem& problem : built.problems) {
      if (!problem.is_warning) throw std::runtime_error(problem.ToString());
    }
    served.zone = built.zone;
    return served;
  }

  std::vector<DeclaredZone> zones_;
  serve::Snapshot snapshot_;
};

}  // namespace waypost::test
