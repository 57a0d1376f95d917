#include "dnsd/base/view_map.h"

#include <algorithm>
#include <tuple>

namespace waypost {

bool ComesBefore(const ViewRule& a, const ViewRule& b) {
  if (a.key.empty() != b.key.empty()) return b.key.empty();
  if (a.asked.has_value() != b.asked.has_value()) return a.asked.has_value();
  return std::tie(a.key, a.asked, a.network) < std::tie(b.key, b.asked, b.network);
}

ViewMap::ViewMap(std::vector<ViewRule> rules) {
  std::sort(rules.begin(), rules.end(), ComesBefore);
  for (const ViewRule& rule : rules) Add(rule);
}

void ViewMap::Add(const ViewRule& rule) {
  const bool is_new =
      groups_.empty() || groups_.back().key != rule.key || groups_.back().asked != rule.asked;
  if (is_new) groups_.push_back({rule.key, rule.asked, kNone, {}});
  Group& group = groups_.back();
  if (!rule.network) {
    group.view = rule.view;
    return;
  }
  auto around = static_cast<uint32_t>(group.networks.size() - 1);
  while (around != kNone && !group.networks[around].prefix.Contains(rule.network->address)) {
    around = group.networks[around].around;
  }
  group.networks.push_back({*rule.network, rule.view, around});
}

uint32_t ViewMap::Find(const ViewClient& client) const noexcept {
  for (const Group& group : groups_) {
    if (!group.Covers(client)) continue;
    const uint32_t view = group.Find(client.address);
    if (view != kNone) return view;
  }
  return kNone;
}

uint32_t ViewMap::FindByKey(const ViewClient& client) const noexcept {
  for (const Group& group : groups_) {
    if (group.key.empty()) break;
    const uint32_t view = group.Covers(client) ? group.Find(client.address) : kNone;
    if (view != kNone) return view;
  }
  return kNone;
}

uint32_t ViewMap::Group::Find(const IpAddress& address) const noexcept {
  const auto next = std::upper_bound(
      networks.begin(), networks.end(), address,
      [](const IpAddress& a, const Network& network) { return a < network.prefix.address; });
  // What begins last before the address holds it, or something around that does.
  auto at = static_cast<uint32_t>(next - networks.begin() - 1);
  while (at != kNone && !networks[at].prefix.Contains(address)) at = networks[at].around;
  return at == kNone ? view : networks[at].view;
}

}  // namespace waypost
