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

zone::RrsetValue Read(const v1::Rrset& rrset, Problems& problems) {
  zone::MasterFile read = zone::ParseMasterText(TextOf(rrset), wire::Name(), "");
  for (const Problem& problem : read.problems) {
    problems.push_back({"", 0, ObjectOf(rrset), "records", problem.fact, problem.is_warning});
  }
  const wire::Name owner = wire::Name::Parse(rrset.name()).value();
  zone::RrsetValue value{
      std::string(owner.wire()), *zone::ParseType(rrset.type()), rrset.ttl(), {}};
  for (const auto& entry : read.records.entries()) {
    value.rdata.emplace_back(zone::AsText(entry.rdata_bytes()));
  }
  return value;
}

uint32_t SerialOf(std::string_view soa) {
  return wire::ReadU32(zone::AsView(soa).data() + soa.size() - kSerialFromEnd);
}

/// The SOA with the newer serial (RFC 1982), the master file's or the Rrset's.
zone::RrsetValue NewerSoa(zone::RrsetValue in_file, const zone::RrsetValue& said) {
  for (std::string& soa : in_file.rdata) {
    for (const std::string& other : said.rdata) {
      const uint32_t serial = SerialOf(other);
      if (static_cast<int32_t>(serial - SerialOf(soa)) <= 0) continue;
      if (other == SerialOnly(serial)) {
        wire::WriteU32(reinterpret_cast<uint8_t*>(soa.data()) + soa.size() - kSerialFromEnd,
                       serial);
      } else {
        soa = other;
        in_file.ttl = said.ttl;
      }
    }
  }
  return in_file;
}

bool IsReplaced(uint16_t type, const zone::SteeredOwner& by) {
  if (type == zone::kCname || by.types.Has(type)) return true;
  return by.types.Has(zone::kCname) && zone::kAddressTypes.Has(type);
}

void Add(const zone::Records::Entry& entry, zone::Records& out) {
  out.Add(zone::NameAt(entry.owner), entry.type, entry.ttl, entry.rdata_bytes(), entry.line);
}

/// Precondition: CheckRrset finds nothing.
std::string KeyOf(const v1::Rrset& rrset) {
  const wire::Name owner = wire::Name::Parse(rrset.name())->Lowered();
  return RrsetKey(zone::AsView(owner.wire()), *zone::ParseType(rrset.type()));
}

void Add(const zone::RrsetValue& rrset, zone::Records& out) {
  for (const std::string& rdata : rrset.rdata) {
    out.Add(zone::AsView(rrset.owner), rrset.type, rrset.ttl, zone::AsView(rdata));
  }
}

/// Of the same owner and type as what is there, if there is something.
void Append(const zone::Records::Entry& entry, zone::RrsetValue& rrset) {
  if (rrset.rdata.empty()) {
    rrset = {std::string(zone::AsText(zone::NameAt(entry.owner))), entry.type, entry.ttl, {}};
  }
  rrset.ttl = std::min(rrset.ttl, entry.ttl);
  rrset.rdata.emplace_back(zone::AsText(entry.rdata_bytes()));
}

}  // namespace

Overlay Merge(Overlay overlay, const std::set<std::string, std::less<>>& gone,
              const Overlay& more) {
  const auto place_of = [&overlay](std::string_view id) {
    return std::partition_point(overlay.begin(), overlay.end(),
                                [id](const auto& resource) { return IdOf(*resource) < id; });
  };
  for (const std::string& id : gone) {
    const auto at = place_of(id);
    if (at != overlay.end() && IdOf(**at) == id) overlay.erase(at);
  }
  for (const auto& resource : more) overlay.insert(place_of(IdOf(*resource)), resource);
  return overlay;
}

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
  const zone::RrsetValue said = Read(rrset, problems);
  return said.rdata.size() == 1 && said.rdata.front() == zone::AsText(soa);
}

std::string RrsetKey(zone::NameView lowered_owner, uint16_t type) {
  std::string key(zone::AsText(lowered_owner));
  key += static_cast<char>(type >> 8);
  key += static_cast<char>(type);
  return key;
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

std::optional<zone::RrsetValue> LayOne(const v1::Rrset& rrset, const zone::RrsetValue* in_file,
                                       Problems& problems) {
  zone::RrsetValue said = Read(rrset, problems);
  if (said.type != zone::kSoa) return said;
  if (in_file == nullptr) return std::nullopt;
  return NewerSoa(*in_file, said);
}

Overlaid LayOver(zone::Records base, const Overlay& overlay, Problems& problems) {
  if (overlay.empty()) return {std::move(base), {}};
  std::map<std::string, const v1::Rrset*> rrsets;
  for (const auto& resource : overlay) {
    Problems own;
    CheckRrset(resource->rrset(), own);
    // Validate tells of what is wrong.
    if (own.empty()) rrsets.emplace(KeyOf(resource->rrset()), &resource->rrset());
  }
  Overlaid out{std::move(base), {}};
  out.records.EraseIf([&](const zone::Records::Entry& entry) {
    const zone::LoweredName owner(zone::NameAt(entry.owner));
    const std::string key = RrsetKey(owner.view(), entry.type);
    if (!rrsets.contains(key)) return false;
    Append(entry, out.replaced[key]);
    return true;
  });
  out.records.SetFile("");
  for (const auto& [key, rrset] : rrsets) {
    const auto in_file = out.replaced.find(key);
    const auto laid =
        LayOne(*rrset, in_file == out.replaced.end() ? nullptr : &in_file->second, problems);
    if (laid) Add(*laid, out.records);
  }
  return out;
}

}  // namespace waypost::config
