// Dynamic updates from any sender: as raw octets, and put together of owners, types, classes and
// RDATA that the zone has something to say about. Whatever comes in:
//
// - an rcode other than NOERROR changes nothing;
// - what changes lies in the zone, and the SOA is there with a newer serial, once;
// - the zone keeps its SOA and an NS, and no CNAME gets company;
// - no two changes are about one RRset.
#include "dnsd/transfer/update.h"

#include <array>
#include <cstdlib>
#include <map>
#include <set>
#include <span>
#include <string>

#include "dnsd/transfer/message.h"
#include "dnsd/wire/octets.h"
#include "dnsd/zone/builder.h"
#include "dnsd/zone/wire_names.h"
#include "tests/support/dns_message.h"

namespace waypost::transfer {
namespace {

using namespace std::string_literals;

void Require(bool holds) {
  if (!holds) std::abort();
}

const zone::Zone& TheZone() {
  static const auto zone =
      zone::LoadZoneText(
          "$TTL 300\n@ SOA ns admin 7 1h 15m 1w 5m\n@ NS ns\n@ NS ns2\nns A 192.0.2.1\n"
          "www A 192.0.2.2\nwww A 192.0.2.3\nalias CNAME www\n*.w TXT a\nsub NS ns.sub\n"
          "ns.sub A 192.0.2.4\n",
          wire::Name::Parse("example.com").value(), "fuzz",
          std::vector<zone::SteeredOwner>{
              {.owner = wire::Name::Parse("geo.example.com").value(), .types = {zone::kA}}})
          .zone;
  return *zone;
}

constexpr std::array kOwners = {"example.com",     "www.example.com", "alias.example.com",
                                "WWW.Example.Com", "geo.example.com", "new.example.com",
                                "x.w.example.com", "sub.example.com", "example.org"};
constexpr std::array<uint16_t, 10> kTypes = {1, 2, 5, 6, 16, 28, 39, 255, 251, 65280};
constexpr std::array<uint16_t, 4> kClasses = {1, 254, 255, 3};

class Input {
 public:
  explicit Input(std::span<const uint8_t> octets) : octets_(octets) {}
  bool is_empty() const { return at_ >= octets_.size(); }
  uint8_t Octet() { return is_empty() ? 0 : octets_[at_++]; }

 private:
  std::span<const uint8_t> octets_;
  size_t at_ = 0;
};

std::string RdataFor(uint16_t type, Input& input) {
  const auto last = static_cast<char>(input.Octet() % 5);
  switch (type) {
    case 1:
      return "\xC0\0\2"s + last;
    case 2:
    case 5:
    case 39:
      return test::WireName(kOwners[input.Octet() % kOwners.size()]);
    case 6:
      return test::WireName("ns.example.com") + test::WireName("admin.example.com") + "\0\0\0"s +
             last + std::string(16, '\1');
    case 28:
      return std::string(15, '\0') + last;
    default:
      return "\1"s + last;
  }
}

Rr RecordFrom(Input& input) {
  Rr rr;
  rr.owner = test::WireName(kOwners[input.Octet() % kOwners.size()]);
  rr.type = kTypes[input.Octet() % kTypes.size()];
  rr.record_class = kClasses[input.Octet() % kClasses.size()];
  const uint8_t form = input.Octet();
  rr.ttl = form % 3 == 0 ? 0 : form;
  // ReadMessage refuses what is to be added without RDATA.
  if (form % 2 == 0 || rr.record_class == 1) rr.rdata = RdataFor(rr.type, input);
  return rr;
}

Message Assemble(Input& input) {
  Message update;
  for (uint8_t left = input.Octet() % 4; left > 0; --left) {
    update.answer.push_back(RecordFrom(input));
  }
  while (!input.is_empty()) update.authority.push_back(RecordFrom(input));
  return update;
}

uint32_t SerialOf(const RrsetChange& soa) {
  const auto* const octets = reinterpret_cast<const uint8_t*>(soa.rdata.front().data());
  return wire::ReadU32(octets + soa.rdata.front().size() - 20);
}

/// The types at a name after the changes.
std::set<uint16_t> TypesAfter(const std::string& owner,
                              const std::map<std::pair<std::string, uint16_t>, bool>& changed) {
  std::set<uint16_t> types;
  if (const zone::Node* node = TheZone().FindExact(zone::AsView(owner))) {
    for (const zone::RrSet& set : node->rrsets()) types.insert(set.type);
  }
  for (const auto& [key, is_there] : changed) {
    if (key.first != owner) continue;
    if (is_there) {
      types.insert(key.second);
    } else {
      types.erase(key.second);
    }
  }
  return types;
}

void Check(const Message& update) {
  const auto result = ApplyUpdate(TheZone(), update, [](auto, auto) { return true; });
  if (result.rcode != 0) return Require(result.changes.empty());
  if (result.changes.empty()) return;
  const std::string apex = LoweredName(TheZone().origin().wire());
  std::map<std::pair<std::string, uint16_t>, bool> changed;
  bool has_serial = false;
  for (const RrsetChange& change : result.changes) {
    const std::string owner = LoweredName(change.owner);
    Require(zone::IsAtOrBelow(zone::AsView(owner), zone::AsView(apex)));
    Require(changed.emplace(std::pair(owner, change.type), !change.rdata.empty()).second);
    if (change.type != zone::kSoa) continue;
    Require(owner == apex && change.rdata.size() == 1);
    has_serial = static_cast<int32_t>(SerialOf(change) - TheZone().serial()) > 0;
  }
  Require(has_serial);
  const std::set<uint16_t> at_apex = TypesAfter(apex, changed);
  Require(at_apex.contains(zone::kSoa) && at_apex.contains(zone::kNs));
  for (const auto& [key, is_there] : changed) {
    const std::set<uint16_t> types = TypesAfter(key.first, changed);
    Require(!types.contains(zone::kCname) || types.size() == 1);
  }
}

}  // namespace
}  // namespace waypost::transfer

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace waypost::transfer;
  const std::span<const uint8_t> octets(data, size);
  if (size > 0 && data[0] % 2 == 0) {
    if (const auto message = ReadMessage(octets.subspan(1))) Check(*message);
  } else if (size > 0) {
    Input input(octets.subspan(1));
    Check(Assemble(input));
  }
  return 0;
}
