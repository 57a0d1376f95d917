#include "dnsd/serve/lookahead.h"

#include <utility>

#include "dnsd/base/prefetch.h"
#include "dnsd/serve/steered.h"

namespace waypost::serve {
namespace {

/// The index of so many zones is in the cache anyhow, and so are they.
constexpr size_t kFewZones = 64;

}  // namespace

void Lookahead::Ahead::Begin(std::span<const uint8_t> octets, const IpAddress& sender) noexcept {
  message = octets.data();
  is_query = wire::ParseQuery(octets, query);
  from = sender;
  hint.query = &query;
  hint.served = nullptr;
  hint.node = nullptr;
  hint.steered = nullptr;
  steered = nullptr;
}

void Lookahead::Ahead::TakeClient(bool is_subnet) noexcept {
  const wire::ClientSubnet& subnet = query.edns.subnet;
  hint.client.address = is_subnet ? subnet.address : from;
  hint.client.source_length = is_subnet ? subnet.source_length : from.bits();
}

const Hint& Lookahead::HintOf(size_t place, std::span<const uint8_t> message) const noexcept {
  if (place >= kMostQueries) return Hint::kNothing;
  const Ahead& ahead = ahead_[place];
  return ahead.message == message.data() && ahead.is_query ? ahead.hint : Hint::kNothing;
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
    for (const Ahead& ahead : all) Prefetch(ahead.hint.served);
    for (const Ahead& ahead : all) {
      if (ahead.hint.served != nullptr) zone::PrefetchFields(ahead.hint.served->zone.get());
    }
  }
  for (Ahead& ahead : all) LoadSlot(ahead);
  for (Ahead& ahead : all) LoadNode(ahead);
  for (Ahead& ahead : all) LoadParts(ahead, *snapshot);
  for (Ahead& ahead : all) LoadContent(ahead);
  if (snapshot->steering == nullptr || snapshot->steering->records.empty()) return;
  for (const Ahead& ahead : all) LoadLeaf(ahead, *snapshot->clients);
  for (Ahead& ahead : all) Locate(ahead, *snapshot->clients);
  for (Ahead& ahead : all) LoadDecision(ahead, *snapshot);
}

void Lookahead::LoadIndex(const Ahead& ahead, const Snapshot& snapshot) noexcept {
  if (ahead.has_name()) snapshot.index->Prefetch(ahead.query.qname());
}

void Lookahead::FindZone(Ahead& ahead, const Snapshot& snapshot) noexcept {
  if (!ahead.has_name()) return;
  const Snapshot::LikelyZone likely = snapshot.FindLikelyZone(ahead.query.qname());
  ahead.hint.served = likely.zone;
  ahead.origin_octets = likely.origin_octets;
}

void Lookahead::LoadSlot(Ahead& ahead) noexcept {
  if (ahead.hint.served == nullptr) return;
  const zone::Zone* const zone = ahead.hint.served->zone.get();
  // Of a zone that holds the name, so many octets can only be those at the name's end.
  if (zone == nullptr || zone->origin().wire().size() != ahead.origin_octets) {
    ahead.hint.served = nullptr;
  } else {
    ahead.hash = zone->PrefetchSlot(ahead.query.qname());
  }
}

void Lookahead::LoadNode(Ahead& ahead) noexcept {
  Hint& hint = ahead.hint;
  if (hint.served != nullptr) hint.node = hint.served->zone->PrefetchNode(ahead.hash);
}

void Lookahead::LoadParts(Ahead& ahead, const Snapshot& snapshot) noexcept {
  if (ahead.hint.node == nullptr) return;
  const zone::Node& node = *ahead.hint.node;
  Prefetch(node.owner().data());
  Prefetch(node.rrsets().data());
  if (!node.steered().any()) return;
  Prefetch(&ahead.hint.served->steered[node.steered().slot]);
  ahead.TakeClient(ahead.query.edns.subnet.tells_client() && ahead.hint.served->ecs);
  snapshot.clients->PrefetchIndex(ahead.hint.client.address);
}

void Lookahead::LoadContent(Ahead& ahead) noexcept {
  Hint& hint = ahead.hint;
  if (hint.node == nullptr) return;
  const zone::Node& node = *hint.node;
  if (!zone::EqualsLowered(node.owner(), ahead.query.qname())) {
    hint.node = nullptr;
    return;
  }
  if (!node.rrsets().empty()) Touch(node.rrsets().front().records);
  if (!node.steered().any()) return;
  ahead.steered = hint.served->steered[node.steered().slot];
  Prefetch(ahead.steered);
}

void Lookahead::LoadLeaf(const Ahead& ahead, const geo::ClientMap& clients) noexcept {
  if (ahead.steered != nullptr) clients.PrefetchLeaf(ahead.hint.client.address);
}

void Lookahead::Locate(Ahead& ahead, const geo::ClientMap& clients) noexcept {
  if (ahead.steered == nullptr) return;
  // The policy can be read only now; such a client is found without the help of the steps before.
  if (!ahead.steered->ecs) ahead.TakeClient(false);
  Hint& hint = ahead.hint;
  hint.steered = ahead.steered;
  hint.client.located = clients.Find(hint.client.address);
}

void Lookahead::LoadDecision(const Ahead& ahead, const Snapshot& snapshot) noexcept {
  if (ahead.hint.steered == nullptr) return;
  const steer::Record& record = *ahead.hint.steered;
  Prefetch(record.chain.get());
  Prefetch(record.candidates.get());
  const uint32_t class_id = ahead.hint.client.located.class_id;
  const steer::Want want = WantOf(ahead.query.qtype, record);
  const steer::Front* const front =
      snapshot.fronts == nullptr ? nullptr : snapshot.fronts->Find(record, want, class_id);
  // Where a front is remembered the class is needed only while some pool is down.
  front == nullptr ? snapshot.clients->TouchClass(class_id) : front->Touch();
}

}  // namespace waypost::serve
