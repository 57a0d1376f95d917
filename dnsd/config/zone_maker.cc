#include "dnsd/config/zone_maker.h"

#include <algorithm>
#include <iterator>

#include "dnsd/config/scalar.h"
#include "dnsd/wire/octets.h"
#include "dnsd/zone/builder.h"
#include "dnsd/zone/master_file.h"

namespace waypost::config {
namespace {

bool IsSame(const zone::SteeredOwner& owner, const steer::Record& record) {
  return owner.owner == record.name && owner.types == record.types;
}

bool IsSameText(const v1::Zone& a, const v1::Zone& b) {
  return &a == &b || (a.origin() == b.origin() && a.text() == b.text());
}

zone::MasterFile BaseOf(const v1::Zone& zone, const wire::Name& origin, const Parts& parts) {
  if (parts.content != nullptr) return {WithoutSteered(*parts.content, parts.laid.owners), {}};
  return zone::ParseMasterText(zone.text(), origin, zone.file());
}

std::optional<uint32_t> SerialOf(const zone::Records& records) {
  constexpr size_t kFromEnd = 20;
  for (const zone::Records::Entry& entry : records.entries()) {
    const auto rdata = entry.rdata_bytes();
    if (entry.type == zone::kSoa && rdata.size() > kFromEnd)
      return wire::ReadU32(rdata.data() + rdata.size() - kFromEnd);
  }
  return std::nullopt;
}

bool HasErrors(const Problems& problems) {
  return std::any_of(problems.begin(), problems.end(),
                     [](const Problem& problem) { return !problem.is_warning; });
}

}  // namespace

void NameTheZone(const std::string& name, const char* field, Problems& problems) {
  for (Problem& problem : problems) {
    if (!problem.file.empty()) continue;
    const std::string line = problem.line == 0 ? "" : "line " + std::to_string(problem.line) + ": ";
    const std::string object = problem.object.empty() ? "" : problem.object + ": ";
    problem = {.object = "zone " + Quoted(name),
               .field = field,
               .fact = line + object + problem.fact,
               .is_warning = problem.is_warning};
  }
}

std::vector<zone::SteeredOwner> OwnersOf(const BuiltZone& zone, const steer::Steering& steering) {
  std::vector<zone::SteeredOwner> owners;
  for (const uint32_t index : zone.steered) {
    const steer::Record& record = steering.records[index];
    owners.push_back({record.name, record.types, record.view});
  }
  return owners;
}

bool IsSameBase(const BuiltZone& before, const steer::Steering& steering, const v1::Zone& zone,
                const Parts& parts) {
  const v1::Zone& declared = before.resource->zone();
  if (!IsSameText(declared, zone) || IsSecondary(declared) != IsSecondary(zone)) return false;
  if (before.extras->content != parts.content) return false;
  const std::vector<zone::SteeredOwner>& owners = parts.laid.owners;
  return std::equal(owners.begin(), owners.end(), before.steered.begin(), before.steered.end(),
                    [&](const zone::SteeredOwner& owner, uint32_t record) {
                      return IsSame(owner, steering.records[record]);
                    });
}

void FillZone(const std::string& name, const v1::Zone& zone, const Parts& parts, BuiltZone& out,
              Problems& problems) {
  const auto origin = wire::Name::Parse(zone.origin());
  if (!origin) return;  // Validate says so
  out.extras.Set(&ZoneExtras::content, parts.content);
  if (parts.content == nullptr && zone.text().empty()) return;
  zone::MasterFile read = BaseOf(zone, *origin, parts);
  const bool is_sound = !HasErrors(read.problems);
  out.base_serial = SerialOf(read.records);
  Overlaid overlaid = LayOver(std::move(read.records), parts.laid.rrsets, problems);
  zone::BuiltZone loaded = zone::BuildZone(*origin, std::move(overlaid.records), parts.laid.owners);
  Problems found = zone::Together(std::move(read.problems), std::move(loaded.problems));
  NameTheZone(name, parts.content == nullptr ? "text" : "content", found);
  std::move(found.begin(), found.end(), std::back_inserter(problems));
  out.zone = is_sound ? std::move(loaded.zone) : nullptr;
  out.extras.Set(&ZoneExtras::replaced, std::move(overlaid.replaced));
}

}  // namespace waypost::config
