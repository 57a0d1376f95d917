#include "dnsd/serve/answer.h"

#include <algorithm>
#include <array>

#include "dnsd/serve/alias_chain.h"
#include "dnsd/serve/sections.h"
#include "dnsd/serve/steered.h"

namespace waypost::serve {
namespace {

using wire::Rcode;
using zone::NameView;

/// What one name came to.
enum class Next : uint8_t { kDone, kFollow };

const ServedZone* FindZone(const Exchange& x, NameView name) noexcept {
  const ServedZone* found = nullptr;
  // A DS RRset at a cut belongs to the zone above (RFC 4035 section 3.1.4.1).
  if (x.query.qtype == zone::kDs && name.size() > 1) {
    found = x.snapshot.FindZone(zone::ParentOf(name), x.view).zone;
  }
  return found != nullptr ? found : x.snapshot.FindZone(name, x.view).zone;
}

/// Null also where the resolver may not ask. The zone inside may be null.
const ServedZone* FindOpenZone(Exchange& x, NameView name, bool is_hinted) noexcept {
  const ServedZone* served = is_hinted ? x.hint.served : FindZone(x, name);
  if (served == nullptr || served->Admits(x.resolver)) return served;
  x.is_prohibited = true;
  return nullptr;
}

/// Looking ahead has found the node of the name that was asked.
bool IsHinted(const Exchange& x) noexcept {
  const zone::Node* const node = x.hint.node;
  return node != nullptr && x.view == nullptr && x.query.qtype != zone::kDs && !node->is_cut() &&
         !node->is_occluded();
}

bool FollowsAliases(uint16_t qtype) noexcept {
  return qtype != zone::kCname && qtype != zone::kAny;
}

Next FollowAlias(const Exchange& x, AliasChain& chain, NameView target) noexcept {
  return FollowsAliases(x.query.qtype) && chain.Follow(target) ? Next::kFollow : Next::kDone;
}

Next FromAlias(Exchange& x, const zone::RrSet& cname, AliasChain& chain) noexcept {
  if (!AddRequired(x, wire::Section::kAnswer, chain.name(), AsRecords(cname))) return Next::kDone;
  return FollowAlias(x, chain, zone::NameAt(cname.records + 2));
}

Next FromSteeredAlias(Exchange& x, const ServedZone& served, const zone::Node& node,
                      AliasChain& chain) noexcept {
  const NameView target = AddSteeredAlias(x, served, chain.name(), node);
  return target.empty() ? Next::kDone : FollowAlias(x, chain, target);
}

/// A chain may come back to a DNAME that it passed, and then be asked for just that.
bool IsThereAlready(const AliasChain& chain, const zone::Node& node,
                    const zone::RrSet& rrset) noexcept {
  return rrset.type == zone::kDname && chain.HasPassed(node.owner()) &&
         zone::EqualsLowered(node.owner(), chain.name());
}

void AddFound(Exchange& x, const ServedZone& served, const zone::Node& node,
              const zone::RrSet& rrset, const AliasChain& chain) noexcept {
  if (IsThereAlready(chain, node, rrset)) return;
  if (x.query.qtype == zone::kAny) {
    AddRequired(x, wire::Section::kAnswer, chain.name(), AsRecords(rrset));
  } else {
    AddAnswer(x, *served.zone, chain.name(), rrset);
  }
}

/// The name exists, or a wildcard stands for it.
Next FromNode(Exchange& x, const ServedZone& served, const zone::Node& node,
              AliasChain& chain) noexcept {
  const uint16_t qtype = x.query.qtype;
  if (node.steered().types.Has(zone::kCname)) return FromSteeredAlias(x, served, node, chain);
  // KEY, NSEC and RRSIG stand beside a CNAME and are answered for themselves (RFC 4035
  // section 2.5).
  const zone::RrSet* cname = node.Find(zone::kCname);
  if (cname != nullptr && (qtype == zone::kCname || node.Find(qtype) == nullptr)) {
    return FromAlias(x, *cname, chain);
  }

  if (node.steered().types.Has(qtype)) {
    AddSteered(x, served, chain.name(), node);
  } else if (const auto* rrset = qtype == zone::kAny ? SmallestRrset(node) : node.Find(qtype)) {
    AddFound(x, served, node, *rrset, chain);
  } else if (qtype == zone::kAny && node.steered().any()) {
    AddHinfo(x, chain.name());
  } else {
    AddNegative(x, *served.zone);
  }
  return Next::kDone;
}

/// A cut is at or above the name: only its DS RRset is ours to answer.
void FromCut(Exchange& x, const ServedZone& served, const zone::Node& cut, NameView name) noexcept {
  if (x.query.qtype != zone::kDs || name.size() != cut.owner().size()) {
    return AddReferral(x, *served.zone, cut);
  }
  x.writer.SetAuthoritative();
  if (const zone::RrSet* ds = cut.Find(zone::kDs)) return AddAnswer(x, *served.zone, name, *ds);
  AddNegative(x, *served.zone);
}

bool LeadsBelow(NameView target, NameView owner) noexcept {
  return target.size() > owner.size() &&
         zone::IsAtOrBelow(zone::LoweredName(target).view(), zone::LoweredName(owner).view());
}

/// The DNAME, once, and the CNAME that follows from it. `rcode` becomes YXDOMAIN if the new name
/// would be too long (RFC 6672 section 3.2). A DNAME that leads below itself is not followed twice:
/// it would lead there again, to ever longer names.
Next FromDname(Exchange& x, const zone::Node& node, AliasChain& chain, Rcode& rcode) noexcept {
  const zone::RrSet& dname = *node.Find(zone::kDname);
  const NameView target = zone::NameAt(dname.records + 2);
  if (!chain.PassDname(node.owner())) {
    if (LeadsBelow(target, node.owner())) return Next::kDone;
  } else if (!AddRequired(x, wire::Section::kAnswer, node.owner(), AsRecords(dname))) {
    return Next::kDone;
  }
  const NameView kept = chain.name().first(chain.name().size() - node.owner().size());
  const size_t size = kept.size() + target.size();
  if (size > wire::kMaxNameOctets) {
    rcode = Rcode::kYxDomain;
    return Next::kDone;
  }
  std::array<uint8_t, wire::kMaxNameOctets> octets;
  std::ranges::copy(target, std::ranges::copy(kept, octets.begin()).out);
  const NameView alias = NameView(octets).first(size);
  if (!AddAlias(x, chain.name(), alias, dname.ttl)) return Next::kDone;
  // ANY goes on too: a DNAME is no data of the name that was asked.
  return x.query.qtype != zone::kCname && chain.Follow(alias) ? Next::kFollow : Next::kDone;
}

}  // namespace

// The numbers are the steps of RFC 1034 section 4.3.2; 1 (recursion) and 5 (cache) are not ours,
// and 6 (additional data) is part of adding an RRset.
Rcode Answer(Exchange& x) noexcept {
  Rcode rcode = Rcode::kNoError;
  AliasChain chain(x.query.qname());
  for (Next next = Next::kFollow; next == Next::kFollow;) {
    // 2: the nearest zone. An alias may lead to names that others serve.
    const bool is_hinted = chain.at_start() && IsHinted(x);
    const ServedZone* served = FindOpenZone(x, chain.name(), is_hinted);
    if (served == nullptr) return chain.at_start() ? Rcode::kRefused : Rcode::kNoError;
    if (served->zone == nullptr) return chain.at_start() ? Rcode::kServFail : Rcode::kNoError;

    // 3: down to the name. AA speaks of the first name in the answer (RFC 1035 section 4.1.1).
    const zone::Found found = is_hinted ? zone::Found{zone::Match::kExact, x.hint.node}
                                        : served->zone->Find(chain.name());
    if (found.match != zone::Match::kDelegated) x.writer.SetAuthoritative();
    next = Next::kDone;
    switch (found.match) {
      case zone::Match::kWildcard:  // 3c, "*" exists
        if (!IsThere(x, *served, chain.name(), *found.node)) {
          rcode = Rcode::kNxDomain;
          AddNegative(x, *served->zone);
          break;
        }
        [[fallthrough]];
      case zone::Match::kExact:  // 3a
        next = FromNode(x, *served, *found.node, chain);
        break;
      case zone::Match::kDelegated:  // 3b
        FromCut(x, *served, *found.node, chain.name());
        break;
      case zone::Match::kDname:  // RFC 6672 section 3.2
        next = FromDname(x, *found.node, chain, rcode);
        break;
      case zone::Match::kNone:  // 3c, "*" does not exist
        rcode = Rcode::kNxDomain;
        AddNegative(x, *served->zone);
        break;
    }
  }
  return rcode;
}

}  // namespace waypost::serve
