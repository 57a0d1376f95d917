#include "dnsd/config/overlay.h"

#include <algorithm>
#include <map>

#include "dnsd/config/scalar.h"
#include "dnsd/steer/reporter.h"
#include "dnsd/wire/octets.h"
#include "dnsd/zone/master_file.h"
#include "dnsd/zone/rdata_text.h"
#include "dnsd/zone/wire_names.h"
#include "dnsd/zone/zone.h"

namespace waypost::config {
namespace {

/// RFC 2181 section 8.
constexpr uint32_t kMaxTtl = 0x7FFFFFFF;
/// Where the serial stands, counted from the end of a SOA's RDATA.
constexpr size_t kSerialFromEnd = 20;

std::string ObjectOf(const v1::Rrset& rrset) {
  v1::Resource resource;
  *resource.mutable_rrset() = rrset;
  return Describe(resource);
}

bool IsOneLine(const std::string& text) {
  return text.find_first_of(std::string("\n\r\0", 3)) == std::string::npos;
}

/// A master file of this RRset alone.
std::string TextOf(const v1::Rrset& rrset) {
  std::string text;
  const std::string owner = rrset.name() == "." ? "." : rrset.name() + ".";
  for (const std::string& record : rrset.records()) {
    text += owner + " " + std::to_string(rrset.ttl()) + " IN " + rrset.type() + " " + record + "\n";
  }
  return text;
}

zone::Records Read(const v1::Rrset& rrset, Problems& problems) {
  zone::MasterFile read = zone::ParseMasterText(TextOf(rrset), wire::Name(), "");
  for (const Problem& problem : read.problems) {
    problems.push_back({"", 0, ObjectOf(rrset), "records", problem.fact, problem.is_warning});
  }
  return std::move(read.records);
}

uint32_t SerialOf(const zone::Records::Entry& soa) {
  const auto rdata = soa.rdata_bytes();
  return wire::ReadU32(rdata.data() + rdata.size() - kSerialFromEnd);
}

bool IsSame(std::span<const uint8_t> a, std::span<const uint8_t> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// The SOA with the newer serial (RFC 1982), the master file's or that of `other`.
void AddSoa(const zone::Records::Entry& base, const zone::Records& other, zone::Records& out) {
  std::vector<uint8_t> rdata(base.rdata_bytes().begin(), base.rdata_bytes().end());
  uint32_t ttl = base.ttl;
  for (const auto& entry : other.entries()) {
    const uint32_t serial = SerialOf(entry);
    if (static_cast<int32_t>(serial - SerialOf(base)) <= 0) continue;
    if (IsSame(entry.rdata_bytes(), zone::AsView(SerialOnly(serial)))) {
      wire::WriteU32(rdata.data() + rdata.size() - kSerialFromEnd, serial);
    } else {
      rdata.assign(entry.rdata_bytes().begin(), entry.rdata_bytes().end());
      ttl = entry.ttl;
    }
  }
  out.Add(zone::NameAt(base.owner), base.type, ttl, rdata, base.line);
}

bool IsReplaced(uint16_t type, const zone::SteeredOwner& by) {
  if (type == zone::kCname || by.types.Has(type)) return true;
  return by.types.Has(zone::kCname) && zone::kAddressTypes.Has(type);
}

void Add(const zone::Records::Entry& entry, zone::Records& out) {
  out.Add(zone::NameAt(entry.owner), entry.type, entry.ttl, entry.rdata_bytes(), entry.line);
}

}  // namespace

bool IsSameOverlay(const Overlay& a, const Overlay& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x == y || x->SerializeAsString() == y->SerializeAsString();
  });
}

std::string SerialOnly(uint32_t serial) {
  std::string rdata(2 + kSerialFromEnd, '\0');  // two names that are the root, and five numbers
  wire::WriteU32(reinterpret_cast<uint8_t*>(rdata.data()) + 2, serial);
  return rdata;
}

bool SaysSoa(const v1::Rrset& rrset, std::span<const uint8_t> soa) {
  Problems problems;
  const zone::Records said = Read(rrset, problems);
  return said.size() == 1 && IsSame(said.entries().front().rdata_bytes(), soa);
}

void CheckRrset(const v1::Rrset& rrset, Problems& problems) {
  const steer::Reporter report(&problems, ObjectOf(rrset));
  const auto name = wire::Name::Parse(rrset.name());
  if (rrset.name().empty()) report.Fail("name", "missing");
  if (!rrset.name().empty() && !name) report.Fail("name", name.error().message);
  if (name && rrset.name() != name->ToString()) {
    report.Fail("name", "must be written as " + Quoted(name->ToString()));
  }
  if (!zone::ParseType(rrset.type())) {
    report.Fail("type", Quoted(rrset.type()) + " is no type of record");
  }
  if (rrset.ttl() > kMaxTtl) report.Fail("ttl", "is above 2147483647 seconds");
  for (int i = 0; i < rrset.records_size(); ++i) {
    const std::string field = steer::Nth("records", static_cast<size_t>(i));
    if (!IsOneLine(rrset.records(i))) report.Fail(field, "is not one line of text");
  }
}

zone::Records WithoutSteered(const zone::Records& content,
                             const std::vector<zone::SteeredOwner>& owners) {
  std::map<std::string_view, const zone::SteeredOwner*> by_name;
  for (const zone::SteeredOwner& owner : owners) by_name.emplace(owner.owner.wire(), &owner);
  zone::Records out;
  for (const auto& entry : content.entries()) {
    const zone::LoweredName owner(zone::NameAt(entry.owner));
    const auto found = by_name.find(zone::AsText(owner.view()));
    if (found == by_name.end() || !IsReplaced(entry.type, *found->second)) Add(entry, out);
  }
  return out;
}

Overlaid LayOver(zone::Records base, const Overlay& overlay, Problems& problems) {
  if (overlay.empty()) return {std::move(base), {}};
  std::map<RrsetKey, zone::Records> sets;
  for (const auto& resource : overlay) {
    const v1::Rrset& rrset = resource->rrset();
    Problems own;
    CheckRrset(rrset, own);
    if (!own.empty()) continue;  // Validate says so
    const std::string owner(wire::Name::Parse(rrset.name())->Lowered().wire());
    sets.emplace(RrsetKey(owner, *zone::ParseType(rrset.type())), Read(rrset, problems));
  }
  Overlaid out{std::move(base), {}};
  zone::Records raised;
  out.records.EraseIf([&](const zone::Records::Entry& entry) {
    const zone::LoweredName owner(zone::NameAt(entry.owner));
    const auto set = sets.find({std::string(zone::AsText(owner.view())), entry.type});
    if (set == sets.end()) return false;
    out.replaced.insert(set->first);
    if (entry.type == zone::kSoa) AddSoa(entry, set->second, raised);
    return true;
  });
  out.records.SetFile("");
  for (const auto& entry : raised.entries()) Add(entry, out.records);
  for (const auto& [key, records] : sets) {
    if (key.second == zone::kSoa) continue;
    for (const auto& entry : records.entries()) Add(entry, out.records);
  }
  return out;
}

}  // namespace waypost::config
