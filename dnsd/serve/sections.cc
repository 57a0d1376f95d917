#include "dnsd/serve/sections.h"

#include <algorithm>
#include <array>

#include "dnsd/serve/additional.h"
#include "dnsd/wire/octets.h"

namespace waypost::serve {
namespace {

using wire::Section;
using zone::NameView;

// RFC 8482 section 4.2 names the content; the TTL is an hour as for other data that hardly changes.
constexpr std::array<uint8_t, 11> kHinfo = {0, 9, 7, 'R', 'F', 'C', '8', '4', '8', '2', 0};
constexpr uint32_t kHinfoTtl = 3600;
constexpr uint16_t kTypeHinfo = 13;

}  // namespace

bool AddRequired(Exchange& x, Section section, NameView owner,
                 const wire::Records& records) noexcept {
  const bool fits = x.writer.Add(section, owner, records);
  if (!fits) x.writer.SetTruncated();
  return fits;
}

bool AddAlias(Exchange& x, NameView owner, NameView target, uint32_t ttl_s) noexcept {
  std::array<uint8_t, 2 + wire::kMaxNameOctets> packed;
  wire::WriteU16(packed.data(), static_cast<uint16_t>(target.size()));
  std::ranges::copy(target, packed.begin() + 2);
  return AddRequired(x, Section::kAnswer, owner,
                     {.type = zone::kCname,
                      .count = 1,
                      .ttl_s = ttl_s,
                      .rdata = {packed.data(), 2 + target.size()}});
}

void AddAnswer(Exchange& x, const zone::Zone& zone, NameView owner,
               const zone::RrSet& rrset) noexcept {
  if (AddRequired(x, Section::kAnswer, owner, AsRecords(rrset))) {
    AddTargets(x, zone, owner, rrset);
  }
}

void AddReferral(Exchange& x, const zone::Zone& zone, const zone::Node& node) noexcept {
  const zone::RrSet& servers = *node.Find(zone::kNs);
  if (!AddRequired(x, Section::kAuthority, node.owner(), AsRecords(servers))) return;
  AddGlue(x, zone, zone::LoweredName(node.owner()).view(), servers);
}

void AddNegative(Exchange& x, const zone::Zone& zone, uint32_t ttl_limit_s) noexcept {
  const zone::Node& apex = zone.apex();
  wire::Records soa = AsRecords(*apex.Find(zone::kSoa));
  soa.ttl_s = std::min(zone.negative_ttl(), ttl_limit_s);
  AddRequired(x, Section::kAuthority, apex.owner(), soa);
}

const zone::RrSet* SmallestRrset(const zone::Node& node) noexcept {
  const auto smallest = std::ranges::min_element(
      node.rrsets(), {}, [](const zone::RrSet& rrset) { return rrset.rdata().size(); });
  return smallest == node.rrsets().end() ? nullptr : &*smallest;
}

void AddHinfo(Exchange& x, NameView owner) noexcept {
  AddRequired(x, Section::kAnswer, owner,
              {.type = kTypeHinfo, .count = 1, .ttl_s = kHinfoTtl, .rdata = kHinfo});
}

}  // namespace waypost::serve
