#include "dnsd/serve/lookahead.h"

#include <algorithm>
#include <utility>

#include "dnsd/base/prefetch.h"
#include "dnsd/wire/edns.h"
#include "dnsd/wire/header.h"
#include "dnsd/wire/octet_words.h"

namespace waypost::serve {
namespace {

using NameOctets = std::array<uint8_t, wire::kMaxNameOctets>;

/// The name behind the header, lowered; empty: there is none.
std::span<const uint8_t> NameOf(std::span<const uint8_t> query, NameOctets& lowered) noexcept {
  if (query.size() <= wire::kHeaderOctets) return {};
  const auto rest = query.subspan(wire::kHeaderOctets);
  const size_t limit = std::min(rest.size(), lowered.size());
  size_t at = 0;
  // Longer "labels" would have their lengths lowered, too.
  while (at < limit && rest[at] != 0 && rest[at] <= wire::kMaxLabelOctets) {
    at += size_t{1} + rest[at];
  }
  if (at >= limit || rest[at] != 0) return {};
  wire::LowerOctets(rest.data(), at + 1, lowered.data());
  return std::span(lowered).first(at + 1);
}

/// The address of a client subnet that is the first option of an OPT right behind the question, as
/// resolvers send it; else the sender's.
IpAddress ClientOf(std::span<const uint8_t> query, size_t name_octets,
                   const IpAddress& from) noexcept {
  constexpr size_t kTypeAndClass = 4, kOptOctets = 11, kOptionHead = 8;
  constexpr uint8_t kOptBegins[] = {0, 0, wire::kTypeOpt};
  constexpr uint8_t kSubnetCode = 8, kFamilyIpv4 = 1;
  const size_t at = wire::kHeaderOctets + name_octets + kTypeAndClass;
  if (query.size() < at + kOptOctets + kOptionHead) return from;
  const auto opt = query.subspan(at);
  const auto option = opt.subspan(kOptOctets);
  if (!std::ranges::equal(opt.first(sizeof kOptBegins), kOptBegins)) return from;
  if (option[0] != 0 || option[1] != kSubnetCode || option[5] != kFamilyIpv4) return from;
  uint8_t address[4] = {};
  const auto given = option.subspan(kOptionHead);
  std::ranges::copy(given.first(std::min(given.size(), sizeof address)), address);
  return IpAddress::FromBytes(IpFamily::kV4, address);
}

}  // namespace

void Lookahead::Load(const Snapshot& snapshot) noexcept {
  const auto all = std::span(ahead_).first(std::exchange(count_, 0));
  if (all.size() < kFewestQueries) return;
  for (Ahead& ahead : all) LoadSlot(ahead, snapshot);
  for (Ahead& ahead : all) LoadNode(ahead);
  for (Ahead& ahead : all) LoadParts(ahead, snapshot);
  for (const Ahead& ahead : all) LoadContent(ahead, snapshot);
  if (snapshot.clients == nullptr) return;
  for (Ahead& ahead : all) Locate(ahead, snapshot);
}

void Lookahead::LoadSlot(Ahead& ahead, const Snapshot& snapshot) noexcept {
  NameOctets lowered;
  const auto name = NameOf(ahead.query, lowered);
  if (name.empty()) return;
  ahead.name_octets = name.size();
  ahead.served = snapshot.FindZone(name, nullptr).zone;
  if (ahead.served == nullptr || ahead.served->zone == nullptr) {
    ahead.served = nullptr;
  } else {
    ahead.hash = ahead.served->zone->PrefetchSlot(name);
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
  ahead.client = ClientOf(ahead.query, ahead.name_octets, ahead.client);
  if (snapshot.clients != nullptr) snapshot.clients->PrefetchIndex(ahead.client);
}

void Lookahead::LoadContent(const Ahead& ahead, const Snapshot& snapshot) noexcept {
  if (ahead.node == nullptr) return;
  const zone::Node& node = *ahead.node;
  if (!node.rrsets().empty()) Prefetch(node.rrsets().front().records);
  if (!node.steered().any()) return;
  Prefetch(ahead.served->steered[node.steered().slot]);
  if (snapshot.clients != nullptr) snapshot.clients->PrefetchLeaf(ahead.client);
}

void Lookahead::Locate(Ahead& ahead, const Snapshot& snapshot) noexcept {
  if (ahead.node == nullptr || !ahead.node->steered().any() || !ahead.client.is_v4()) return;
  ahead.located = snapshot.clients->Find(ahead.client);
  ahead.is_located = true;
  snapshot.clients->PrefetchClass(ahead.located.class_id);
}

}  // namespace waypost::serve
