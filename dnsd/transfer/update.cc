#include "dnsd/transfer/update.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "dnsd/wire/header.h"
#include "dnsd/wire/octets.h"
#include "dnsd/zone/rdata_text.h"
#include "dnsd/zone/record_head.h"
#include "dnsd/zone/wire_names.h"

namespace waypost::transfer {
namespace {

constexpr uint16_t kNoError = 0;
constexpr uint16_t kFormErr = 1;
constexpr uint16_t kNxDomain = 3;
constexpr uint16_t kRefused = 5;
constexpr uint16_t kYxDomain = 6;
constexpr uint16_t kYxRrset = 7;
constexpr uint16_t kNxRrset = 8;
constexpr uint16_t kNotZone = 10;
constexpr size_t kSoaNumbers = 20;
/// Address and protocol.
constexpr size_t kWksKeyOctets = 5;

/// Types for questions and meta-data only (RFC 6895 section 3.1); OPT among them.
bool IsMeta(uint16_t type) {
  return type == 0 || type == zone::kOpt || (type >= 128 && type <= 255);
}

struct Set {
  std::string owner;
  uint32_t ttl = 0;
  std::vector<std::string> rdata;

  bool Has(uint16_t type, const std::string& one) const { return Find(type, one) != rdata.end(); }
  std::vector<std::string>::const_iterator Find(uint16_t type, const std::string& one) const {
    const std::string wanted = CanonicalRdata(type, one);
    return std::find_if(rdata.begin(), rdata.end(), [&](const std::string& other) {
      return CanonicalRdata(type, other) == wanted;
    });
  }
};

using Key = std::pair<std::string, uint16_t>;  // lowered owner, type

uint32_t SerialIn(const std::string& soa) {
  return wire::ReadU32(reinterpret_cast<const uint8_t*>(soa.data()) + soa.size() - kSoaNumbers);
}

/// RFC 1982 section 3.2.
bool IsNewer(uint32_t serial, uint32_t than) { return static_cast<int32_t>(serial - than) > 0; }

/// The zone with the changes so far laid over it.
class Draft {
 public:
  explicit Draft(const zone::Zone& zone) : zone_(zone), apex_(LoweredName(zone.origin().wire())) {}

  bool IsApex(const std::string& owner) const { return owner == apex_; }
  bool IsInZone(const std::string& owner) const {
    return zone::IsAtOrBelow(zone::AsView(owner), zone::AsView(apex_));
  }
  bool IsSteered(const std::string& owner, uint16_t type) const {
    const zone::Node* node = zone_.FindExact(zone::AsView(owner));
    return node != nullptr && node->steered().types.Has(type);
  }
  bool HasSteered(const std::string& owner) const {
    const zone::Node* node = zone_.FindExact(zone::AsView(owner));
    return node != nullptr && node->steered().any();
  }

  std::optional<Set> Find(const std::string& owner, uint16_t type) const {
    const auto changed = changed_.find({owner, type});
    if (changed != changed_.end()) return changed->second;
    return Original(owner, type);
  }
  std::set<uint16_t> TypesAt(const std::string& owner) const {
    std::set<uint16_t> types;
    if (const zone::Node* node = zone_.FindExact(zone::AsView(owner))) {
      for (const zone::RrSet& set : node->rrsets()) types.insert(set.type);
    }
    for (auto it = changed_.lower_bound({owner, 0}); it != changed_.end(); ++it) {
      if (it->first.first != owner) break;
      if (it->second) {
        types.insert(it->first.second);
      } else {
        types.erase(it->first.second);
      }
    }
    return types;
  }
  void Put(const std::string& owner, uint16_t type, std::optional<Set> set) {
    if (set && set->rdata.empty()) set = std::nullopt;
    changed_[{owner, type}] = std::move(set);
  }

  /// What is not as it was.
  std::map<Key, std::optional<Set>> Changed() const {
    std::map<Key, std::optional<Set>> changed;
    for (const auto& [key, set] : changed_) {
      if (!IsSame(set, Original(key.first, key.second))) changed.emplace(key, set);
    }
    return changed;
  }
  const std::string& apex() const { return apex_; }

 private:
  static bool IsSame(const std::optional<Set>& a, const std::optional<Set>& b) {
    if (a.has_value() != b.has_value()) return false;
    return !a || (a->ttl == b->ttl && std::is_permutation(a->rdata.begin(), a->rdata.end(),
                                                          b->rdata.begin(), b->rdata.end()));
  }
  std::optional<Set> Original(const std::string& owner, uint16_t type) const {
    const zone::Node* node = zone_.FindExact(zone::AsView(owner));
    const zone::RrSet* found = node == nullptr ? nullptr : node->Find(type);
    if (found == nullptr) return std::nullopt;
    Set set{std::string(zone::AsText(node->owner())), found->ttl, {}};
    for (auto rest = found->rdata(); !rest.empty();) {
      const size_t octets = wire::ReadU16(rest.data());
      set.rdata.emplace_back(zone::AsText(rest.subspan(2, octets)));
      rest = rest.subspan(2 + octets);
    }
    return set;
  }

  const zone::Zone& zone_;
  const std::string apex_;
  std::map<Key, std::optional<Set>> changed_;  // unset: gone
};

// ---- RFC 2136 section 3.2: prerequisites ----

uint16_t CheckPattern(const Draft& draft, const Rr& rr, const std::string& owner) {
  if (!rr.rdata.empty()) return kFormErr;
  const bool wants_any = rr.record_class == kClassAny;
  if (rr.type == zone::kAny) {
    const bool is_used = draft.HasSteered(owner) || !draft.TypesAt(owner).empty();
    if (is_used == wants_any) return kNoError;
    return wants_any ? kNxDomain : kYxDomain;
  }
  const bool exists = draft.IsSteered(owner, rr.type) || draft.Find(owner, rr.type).has_value();
  if (exists == wants_any) return kNoError;
  return wants_any ? kNxRrset : kYxRrset;
}

uint16_t CheckPrerequisites(const Draft& draft, const Message& update) {
  std::map<Key, Set> wanted;
  for (const Rr& rr : update.answer) {
    const std::string owner = LoweredName(rr.owner);
    if (rr.ttl != 0) return kFormErr;
    if (!draft.IsInZone(owner)) return kNotZone;
    if (rr.record_class == wire::kClassIn) {
      Set& set = wanted[{owner, rr.type}];
      if (!set.Has(rr.type, rr.rdata)) set.rdata.push_back(rr.rdata);
      continue;
    }
    if (rr.record_class != kClassAny && rr.record_class != kClassNone) return kFormErr;
    const uint16_t rcode = CheckPattern(draft, rr, owner);
    if (rcode != kNoError) return rcode;
  }
  for (const auto& [key, set] : wanted) {
    const auto found = draft.Find(key.first, key.second);
    const uint16_t type = key.second;
    const bool is_equal =
        found && found->rdata.size() == set.rdata.size() &&
        std::all_of(set.rdata.begin(), set.rdata.end(),
                    [&](const std::string& one) { return found->Has(type, one); });
    if (!is_equal) return kNxRrset;
  }
  return kNoError;
}

// ---- RFC 2136 section 3.4.1: prescan ----

bool IsWellFormed(const Rr& rr) {
  const bool is_any = rr.type == zone::kAny;
  switch (rr.record_class) {
    case wire::kClassIn:
      return !IsMeta(rr.type) && zone::IsRdata(rr.type, zone::AsView(rr.rdata));
    case kClassAny:
      return rr.ttl == 0 && rr.rdata.empty() && (is_any || !IsMeta(rr.type));
    case kClassNone:
      return rr.ttl == 0 && !IsMeta(rr.type) && zone::IsRdata(rr.type, zone::AsView(rr.rdata));
    default:
      return false;
  }
}

uint16_t Prescan(const Draft& draft, const Message& update, const MayChange& may) {
  for (const Rr& rr : update.authority) {
    if (!draft.IsInZone(LoweredName(rr.owner))) return kNotZone;
    if (!IsWellFormed(rr)) return kFormErr;
  }
  for (const Rr& rr : update.authority) {
    const std::string owner = LoweredName(rr.owner);
    if (draft.IsSteered(owner, rr.type)) return kRefused;
    if (rr.type != zone::kAny && !may(owner, rr.type)) return kRefused;
  }
  return kNoError;
}

// ---- RFC 2136 section 3.4.2: the changes ----

/// A CNAME has few beside it; what would break that is silently ignored, as the RFC wants.
bool KeepsCnameAlone(const Draft& draft, const std::string& owner, uint16_t type) {
  if (zone::GoesBesideCname(type)) return true;
  const std::set<uint16_t> types = draft.TypesAt(owner);
  if (type != zone::kCname) return types.count(zone::kCname) == 0;
  return !draft.HasSteered(owner) && std::all_of(types.begin(), types.end(), [](uint16_t other) {
    return other == zone::kCname || zone::GoesBesideCname(other);
  });
}

/// What an added record stands instead of: those types have one record (for DNAME: RFC 6672 section
/// 5.2), and WKS one for each address and protocol.
void MakeRoom(Set& set, const Rr& rr) {
  if (rr.type == zone::kSoa || rr.type == zone::kCname || rr.type == zone::kDname) {
    set.rdata.clear();
  } else if (rr.type == zone::kWks) {
    std::erase_if(set.rdata, [&rr](const std::string& other) {
      return other.compare(0, kWksKeyOctets, rr.rdata, 0, kWksKeyOctets) == 0;
    });
  }
}

void AddRr(Draft& draft, const Rr& rr, const std::string& owner) {
  if (!KeepsCnameAlone(draft, owner, rr.type)) return;
  Set set = draft.Find(owner, rr.type).value_or(Set{rr.owner, 0, {}});
  if (rr.type == zone::kSoa) {
    const bool replaces =
        draft.IsApex(owner) && IsNewer(SerialIn(rr.rdata), SerialIn(set.rdata.front()));
    if (!replaces) return;
  }
  MakeRoom(set, rr);
  set.ttl = rr.ttl > zone::kMaxTtl ? 0 : rr.ttl;  // of the whole set (RFC 2181 sections 5.2 and 8)
  if (!set.Has(rr.type, rr.rdata)) set.rdata.push_back(rr.rdata);
  draft.Put(owner, rr.type, std::move(set));
}

void DeleteRrset(Draft& draft, const std::string& owner, uint16_t type) {
  const bool is_kept = draft.IsApex(owner) && (type == zone::kSoa || type == zone::kNs);
  if (!is_kept) draft.Put(owner, type, std::nullopt);
}

void DeleteRr(Draft& draft, const Rr& rr, const std::string& owner) {
  auto set = draft.Find(owner, rr.type);
  if (!set || rr.type == zone::kSoa) return;
  const auto found = set->Find(rr.type, rr.rdata);
  if (found == set->rdata.end()) return;
  const bool is_last_ns = rr.type == zone::kNs && draft.IsApex(owner) && set->rdata.size() == 1;
  if (is_last_ns) return;
  set->rdata.erase(found);
  draft.Put(owner, rr.type, std::move(set));
}

void Apply(Draft& draft, const Rr& rr) {
  const std::string owner = LoweredName(rr.owner);
  if (rr.record_class == wire::kClassIn) return AddRr(draft, rr, owner);
  if (rr.record_class == kClassNone) return DeleteRr(draft, rr, owner);
  if (rr.type != zone::kAny) return DeleteRrset(draft, owner, rr.type);
  for (const uint16_t type : draft.TypesAt(owner)) DeleteRrset(draft, owner, type);
}

/// The next serial, unless the update brought one.
void RaiseSerial(Draft& draft) {
  Set soa = *draft.Find(draft.apex(), zone::kSoa);
  auto* const octets = reinterpret_cast<uint8_t*>(soa.rdata.front().data());
  uint8_t* const at = octets + soa.rdata.front().size() - kSoaNumbers;
  const uint32_t next = wire::ReadU32(at) + 1;
  wire::WriteU32(at, next == 0 ? 1 : next);
  draft.Put(draft.apex(), zone::kSoa, std::move(soa));
}

}  // namespace

UpdateResult ApplyUpdate(const zone::Zone& zone, const Message& update, const MayChange& may) {
  Draft draft(zone);
  if (const uint16_t rcode = CheckPrerequisites(draft, update); rcode != kNoError) return {rcode};
  if (const uint16_t rcode = Prescan(draft, update, may); rcode != kNoError) return {rcode};
  for (const Rr& rr : update.authority) Apply(draft, rr);
  auto changed = draft.Changed();
  for (const auto& [key, set] : changed) {
    if (!may(key.first, key.second)) return {kRefused};
  }
  if (changed.empty()) return {kNoError};
  if (changed.count({draft.apex(), zone::kSoa}) == 0) RaiseSerial(draft);
  UpdateResult result;
  for (auto& [key, set] : draft.Changed()) {
    result.changes.push_back(set ? RrsetChange{set->owner, key.second, set->ttl, set->rdata}
                                 : RrsetChange{key.first, key.second, 0, {}});
  }
  return result;
}

}  // namespace waypost::transfer
