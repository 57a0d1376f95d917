#include "dnsd/control/updates.h"

#include <algorithm>

#include "dnsd/config/overlay.h"
#include "dnsd/config/peers.h"
#include "dnsd/wire/octets.h"
#include "dnsd/zone/rdata_text.h"
#include "dnsd/zone/wire_names.h"

namespace waypost::control {
namespace {

std::shared_ptr<v1::Resource> ResourceFor(const transfer::RrsetChange& change,
                                          const std::string& view) {
  auto resource = std::make_shared<v1::Resource>();
  v1::Rrset& rrset = *resource->mutable_rrset();
  rrset.set_name(transfer::NameText(change.owner));
  rrset.set_type(zone::TypeName(change.type));
  rrset.set_ttl(change.ttl);
  rrset.set_view(view);
  for (const std::string& rdata : change.rdata) {
    rrset.add_records(zone::RdataText(change.type, zone::AsView(rdata)));
  }
  return resource;
}

constexpr size_t kSerialFromEnd = 20;

bool IsSameButSerial(std::string_view a, std::string_view b) {
  const size_t at = a.size() - kSerialFromEnd;
  return a.size() == b.size() && a.substr(0, at) == b.substr(0, at) &&
         a.substr(at + 4) == b.substr(at + 4);
}

/// What stands for this SOA: where only the serial is raised, the other fields stay the master
/// file's, unless an update has set them.
transfer::RrsetChange SoaFor(const transfer::RrsetChange& change, const zone::Zone& zone,
                             const v1::Resource* current) {
  const zone::RrSet& served = *zone.apex().Find(zone::kSoa);
  const auto rdata = served.rdata().subspan(2);
  const bool is_set = current != nullptr && config::SaysSoa(current->rrset(), rdata);
  const bool raises =
      change.ttl == served.ttl && IsSameButSerial(change.rdata.front(), zone::AsText(rdata));
  transfer::RrsetChange soa = change;
  if (raises && !is_set) {
    const std::string_view numbers = change.rdata.front();
    const auto* const serial = zone::AsView(numbers.substr(numbers.size() - kSerialFromEnd)).data();
    soa.rdata = {config::SerialOnly(wire::ReadU32(serial))};
  }
  return soa;
}

}  // namespace

UpdateTarget TargetOf(const UpdateOrder& order, const config::Built& built) {
  if (built.views == nullptr) return {config::FindZone(built, order.origin, nullptr), ""};
  const ViewClient client{order.from, order.asked, order.key};
  if (const config::BuiltView* view = built.views->FindByKey(client)) {
    return {config::FindZone(built, order.origin, view), view->name};
  }
  const config::BuiltZone* zone = config::FindZone(built, order.origin, nullptr);
  if (zone == nullptr) zone = config::FindZone(built, order.origin, built.views->Find(client));
  return {zone, zone == nullptr ? "" : zone->extras->view};
}

transfer::MayChange PermissionsOf(const UpdateOrder& order, const config::BuiltZone& zone) {
  std::vector<v1::UpdateRule> rules;
  for (const v1::UpdateRule& rule : zone.resource->zone().allow_update()) {
    if (config::AllowsSender(rule, order.from, order.key)) rules.push_back(rule);
  }
  if (rules.empty()) return nullptr;
  return [rules = std::move(rules), origin = zone.Origin()](std::string_view owner, uint16_t type) {
    const auto name = wire::Name::FromWire(owner);
    return name && std::any_of(rules.begin(), rules.end(), [&](const v1::UpdateRule& rule) {
             return config::AllowsChange(rule, *name, type, origin);
           });
  };
}

config::ResourceSet WithRrsets(const config::ResourceSet& current, const UpdateTarget& target,
                               const std::vector<transfer::RrsetChange>& changes) {
  config::ResourceSet next = current;
  for (const transfer::RrsetChange& change : changes) {
    auto resource = ResourceFor(change, target.view);
    const std::string id = config::IdOf(*resource);
    if (change.type == zone::kSoa) {
      const auto former = current.find(id);
      const v1::Resource* const said = former == current.end() ? nullptr : former->second.get();
      resource = ResourceFor(SoaFor(change, *target.zone->zone, said), target.view);
    }
    const bool is_of_file = !current.contains(id) ||
                            target.zone->extras->replaced.contains(config::RrsetKey(
                                zone::AsView(transfer::LoweredName(change.owner)), change.type));
    if (change.rdata.empty() && !is_of_file) {
      next.erase(id);
    } else {
      next[id] = std::move(resource);
    }
  }
  return next;
}

}  // namespace waypost::control
