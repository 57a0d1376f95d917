// Any text as a master file, any bytes as questions to what it makes: no crash, no leak, no lookup
// that contradicts the zone's own nodes.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "dnsd/zone/builder.h"
#include "dnsd/zone/wire_names.h"

namespace {

using waypost::wire::Name;
using waypost::zone::Found;
using waypost::zone::Match;

void Require(bool holds) {
  if (!holds) std::abort();
}

/// RRsets must be whole: `count` records that fill the span.
void CheckNode(const waypost::zone::Node& node) {
  for (const waypost::zone::RrSet& rrset : node.rrsets()) {
    size_t at = 0;
    for (uint16_t i = 0; i < rrset.count; ++i) {
      Require(at + 2 <= rrset.rdata().size());
      at += 2 + static_cast<size_t>(rrset.rdata()[at] << 8 | rrset.rdata()[at + 1]);
    }
    Require(at == rrset.rdata().size());
  }
}

void Ask(const waypost::zone::Zone& zone, const Name& name) {
  const Name lowered = name.Lowered();
  const auto wire = waypost::zone::AsView(lowered.wire());
  const Found found = zone.Find(wire);
  Require((found.match == Match::kNone) == (found.node == nullptr));
  if (found.node != nullptr) CheckNode(*found.node);
  const waypost::zone::Node* const exact = zone.FindExact(wire);
  if (found.match == Match::kExact) Require(exact == found.node);
  if (exact == nullptr) return;
  CheckNode(*exact);
  Require(found.match == Match::kExact || found.match == Match::kDelegated);
}

}  // namespace

// ldns leaks a few octets of some records that it refuses.
extern "C" const char* __lsan_default_suppressions() { return "leak:libldns\n"; }

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Name origin = *Name::Parse("example");
  const waypost::zone::MasterFile file = waypost::zone::ParseMasterText(text, origin, "fuzz");
  std::vector<Name> questions = {origin, *Name::Parse("x.example"), *Name::Parse("*.a.example")};
  for (const auto& entry : file.records.entries()) {
    const auto owner = waypost::zone::NameAt(entry.owner);
    questions.push_back(*Name::FromWire(waypost::zone::AsText(owner)));
    if (questions.size() == 200) break;
  }
  // Most texts lack what every zone has, so it is put before them.
  const std::string whole =
      "$TTL 1\n@ SOA a b 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n" + std::string(text);
  const std::vector<waypost::zone::SteeredOwner> steered = {
      {*Name::Parse("x.example"), waypost::zone::kAddressTypes}};
  const auto built = waypost::zone::LoadZoneText(whole, origin, "fuzz", steered);
  for (const auto& problem : built.problems) Require(!problem.ToString().empty());
  if (built.zone == nullptr) return 0;
  for (const Name& name : questions) {
    if (name.IsAtOrBelow(origin)) Ask(*built.zone, name);
  }
  return 0;
}
