#include "dnsd/serve/lookahead.h"

#include <utility>

#include "dnsd/base/prefetch.h"

namespace waypost::serve {
namespace {

/// The index of so many zones is in the cache anyhow, and so are they.
constexpr size_t kFewZones = 64;

}  // namespace

void Lookahead::Ahead::Begin(std::span<const uint8_t> octets, const IpAddress& from) noexcept {
  message = octets.data();
  is_query = wire::ParseQuery(octets, query);
  is_located = false;
  client = from;
  served = nullptr;
  node = nullptr;
  steered = nullptr;
}

Hint Lookahead::HintOf(size_t place, std::span<const uint8_t> message) noexcept {
  if (place >= kMostQueries) return {};
  Ahead& ahead = ahead_[place];
  if (ahead.message != message.data() || !ahead.is_query) return {};
  return {&ahead.query, ahead.served, ahead.node, ahead.is_located ? &ahead.client : nullptr,
          ahead.located};
}

void Lookahead::Load(const Snapshot* snapshot) noexcept {
  const auto all = std::span(ahead_).first(std::exchange(count_, 0));
  if (snapshot == nullptr || all.size() < kFewestQueries) return;
  const bool has_many_zones = snapshot->zones.size() > kFewZones;
  if (has_many_zones) {
    for (const Ahead& ahead : all) LoadIndex(ahead, *snapshot);
  }
  for (Ahead& ahead : all) FindZone(ahead, *snapshot);
  if (has_many_zones) {
    for (const Ahead& ahead : all) Prefetch(ahead.served);
    for (const Ahead& ahead : all) {
      if (ahead.served != nullptr) zone::PrefetchFields(ahead.served->zone.get());
    }
  }
  for (Ahead& ahead : all) LoadSlot(ahead);
  for (Ahead& ahead : all) LoadNode(ahead);
  for (Ahead& ahead : all) LoadParts(ahead, *snapshot);
  for (Ahead& ahead : all) LoadContent(ahead, *snapshot);
  if (snapshot->clients == nullptr) return;
  for (Ahead& ahead : all) Locate(ahead, *snapshot);
}

void Lookahead::LoadIndex(const Ahead& ahead, const Snapshot& snapshot) noexcept {
  if (ahead.has_name()) snapshot.index->Prefetch(ahead.query.qname());
}

void Lookahead::FindZone(Ahead& ahead, const Snapshot& snapshot) noexcept {
  if (!ahead.has_name()) return;
  const Snapshot::LikelyZone likely = snapshot.FindLikelyZone(ahead.query.qname());
  ahead.served = likely.zone;
  ahead.origin_octets = likely.origin_octets;
}

void Lookahead::LoadSlot(Ahead& ahead) noexcept {
  if (ahead.served == nullptr) return;
  const zone::Zone* const zone = ahead.served->zone.get();
  // Of a zone that holds the name, so many octets can only be those at the name's end.
  if (zone == nullptr || zone->origin().wire().size() != ahead.origin_octets) {
    ahead.served = nullptr;
  } else {
    ahead.hash = zone->PrefetchSlot(ahead.query.qname());
  }
}

void Lookahead::LoadNode(Ahead& ahead) noexcept {
  if (ahead.served != nullptr) ahead.node = ahead.served->zone->PrefetchNode(ahead.hash);
}

void Lookahead::LoadParts(Ahead& ahead, const Snapshot& snapshot) noexcept {
  if (ahead.node == nullptr) return;
  const zone::Node& node = *ahead.node;
  Prefetch(node.owner().data());
  Prefetch(node.rrsets().data());
  if (!node.steered().any()) return;
  Prefetch(&ahead.served->steered[node.steered().slot]);
  const wire::ClientSubnet& subnet = ahead.query.edns.subnet;
  if (subnet.tells_client() && ahead.served->ecs) ahead.client = subnet.address;
  if (snapshot.clients != nullptr) snapshot.clients->PrefetchIndex(ahead.client);
}

void Lookahead::LoadContent(Ahead& ahead, const Snapshot& snapshot) noexcept {
  if (ahead.node == nullptr) return;
  const zone::Node& node = *ahead.node;
  if (!node.rrsets().empty()) Prefetch(node.rrsets().front().records);
  if (!node.steered().any()) return;
  ahead.steered = ahead.served->steered[node.steered().slot];
  Prefetch(ahead.steered);
  if (snapshot.clients != nullptr) snapshot.clients->PrefetchLeaf(ahead.client);
}

void Lookahead::Locate(Ahead& ahead, const Snapshot& snapshot) noexcept {
  if (ahead.steered == nullptr) return;
  Prefetch(ahead.steered->chain.get());
  Prefetch(ahead.steered->candidates.get());
  ahead.located = snapshot.clients->Find(ahead.client);
  ahead.is_located = true;
  snapshot.clients->PrefetchClass(ahead.located.class_id);
}

}  // namespace waypost::serve
