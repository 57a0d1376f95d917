#include "dnsd/zone/rules.h"

#include <fmt/format.h>

#include "dnsd/zone/name_text.h"
#include "dnsd/zone/plain_rdata.h"
#include "dnsd/zone/rdata_text.h"

namespace waypost::zone {
namespace {

bool HasAddress(const Node& node) {
  return node.Find(kA) != nullptr || node.Find(kAaaa) != nullptr ||
         node.steered().types.HasAnyOf(kAddressTypes);
}

bool IsAlias(const Found& found) {
  return found.match == Match::kDname || found.node->Find(kCname) != nullptr ||
         found.node->steered().types.Has(kCname);
}

bool IsAddress(uint16_t type) { return type == kA || type == kAaaa; }

/// May stand at a cut.
bool IsSignature(uint16_t type) { return type == kRrsig || type == kNsec; }

std::string TextOf(NameView name) { return wire::Name::FromWire(AsText(name))->ToString(); }

}  // namespace

Rules::Rules(const Zone& zone, const ZoneLayout& layout, const Records& records,
             std::span<const uint32_t> sources, ProblemList& problems)
    : zone_(zone),
      layout_(layout),
      records_(records),
      sources_(sources),
      problems_(problems),
      is_glue_(layout_.nodes.size()) {}

void Rules::Check() {
  CheckApex();
  CheckTargets();
  for (size_t i = 0; i < layout_.nodes.size(); ++i) CheckNode(i);
}

void Rules::CheckApex() {
  const Node& apex = zone_.apex();
  const std::string origin = zone_.origin().ToString();
  const RrSet* const soa = apex.Find(kSoa);
  const std::string& file = records_.first_file();
  if (soa == nullptr) problems_.Add({file, 0, origin, "", "there is no SOA record"});
  if (soa != nullptr && soa->count > 1) Report(*soa, "there is more than one SOA record");
  if (apex.Find(kNs) == nullptr) problems_.Add({file, 0, origin, "", "there is no NS record"});
}

void Rules::CheckTargets() {
  for (const Node& node : layout_.nodes) {
    for (const RrSet& rrset : node.rrsets()) {
      if (rrset.type != kNs && rrset.type != kMx && rrset.type != kSrv) continue;
      const size_t offset = *NameOffset(rrset.type);
      for (std::span<const uint8_t> rest = rrset.rdata(); !rest.empty();) {
        CheckTarget(node, rrset, NameAt(rest.data() + 2 + offset));
        rest = rest.subspan(2 + static_cast<size_t>(rest[0] << 8 | rest[1]));
      }
    }
  }
}

void Rules::CheckTarget(const Node& owner, const RrSet& rrset, NameView target) {
  const LoweredName lowered(target);
  if (!IsAtOrBelow(lowered.view(), LoweredName(zone_.apex().owner()).view())) return;
  const uint32_t checked = layout_.Find(lowered.view());
  if (rrset.type == kNs && checked != NameTable::kNone) is_glue_[checked] = true;
  const Found found = zone_.Find(lowered.view());
  const std::string name = TextOf(target);
  if (found.match == Match::kNone) {
    Report(rrset, fmt::format("its target {} does not exist", name), true);
  } else if (found.match == Match::kDelegated) {
    const bool needs_glue =
        rrset.type == kNs && IsAtOrBelow(lowered.view(), LoweredName(owner.owner()).view());
    const Node* const exact = zone_.FindExact(lowered.view());
    const bool has_glue = exact != nullptr && HasAddress(*exact);
    if (needs_glue && !has_glue) Report(rrset, fmt::format("{} has no glue address", name), true);
  } else {
    CheckAnswered(rrset, found, name);
  }
}

void Rules::CheckAnswered(const RrSet& rrset, const Found& target, const std::string& name) {
  if (IsAlias(target)) {
    // RFC 2181 section 10.3, RFC 2782.
    Report(rrset, fmt::format("its target {} is an alias", name), true);
  } else if (!HasAddress(*target.node)) {
    Report(rrset, fmt::format("its target {} has no address", name), true);
  }
}

void Rules::CheckNode(size_t index) {
  const Node& node = layout_.nodes[index];
  CheckAlias(node);
  CheckDname(node);
  CheckWildcard(node);
  CheckSteered(index);
  CheckOccluded(index);
  const RrSet* const soa = index == 0 ? nullptr : node.Find(kSoa);
  if (soa != nullptr) Report(*soa, "a SOA record is not at the apex");
}

const RrSet* Rules::FindOtherData(const Node& node) const {
  for (const RrSet& rrset : node.rrsets()) {
    if (rrset.type != kCname && !GoesBesideCname(rrset.type)) return &rrset;
  }
  return nullptr;
}

void Rules::CheckAlias(const Node& node) {
  const RrSet* const alias = node.Find(kCname);
  if (alias == nullptr) return;
  if (alias->count > 1) Report(*alias, "there is more than one CNAME record");
  if (const RrSet* const other = FindOtherData(node)) {
    // RFC 1034 section 3.6.2.
    Report(*alias, fmt::format("there is {} beside the CNAME", TypeName(other->type)));
  }
}

void Rules::CheckDname(const Node& node) {
  const RrSet* const dname = node.Find(kDname);
  // RFC 6672 section 2.4.
  if (dname != nullptr && dname->count > 1) Report(*dname, "there is more than one DNAME record");
}

void Rules::CheckWildcard(const Node& node) {
  if (!IsWildcard(node.owner())) return;
  for (const uint16_t type : {uint16_t{kNs}, uint16_t{kDname}}) {
    const RrSet* const rrset = node.Find(type);
    // RFC 4592 sections 4.2 and 4.4: to be avoided, for nobody can say what it means. Names below
    // the wildcard itself are referred or renamed; names that it stands for are not.
    if (rrset != nullptr) Report(*rrset, fmt::format("a wildcard has {}", TypeName(type)), true);
  }
}

void Rules::CheckSteered(size_t index) {
  const Node& node = layout_.nodes[index];
  if (!node.steered().any()) return;
  if (node.is_cut() || node.is_occluded()) {
    ReportSteered(node, "is behind a delegation or DNAME");
  }
  if (node.Find(kCname) != nullptr) ReportSteered(node, "is beside a CNAME of the master file");
  const SteeredTypes types = node.steered().types;
  for (const uint16_t type : SteeredTypes::kAll) {
    if (type == kCname || !types.Has(type) || node.Find(type) == nullptr) continue;
    ReportSteered(node,
                  fmt::format("answers {0}, and the master file has {0} too", TypeName(type)));
  }
  if (!types.Has(kCname)) return;
  if (index == 0) ReportSteered(node, "answers CNAME at the apex");
  if (types != SteeredTypes{kCname}) ReportSteered(node, "answers CNAME and other types");
  if (const RrSet* const other = FindOtherData(node)) {
    ReportSteered(node,
                  fmt::format("answers CNAME, and the master file has {}", TypeName(other->type)));
  }
}

void Rules::CheckOccluded(size_t index) {
  const Node& node = layout_.nodes[index];
  const bool is_below = node.is_occluded();
  if (!is_below && !node.is_cut()) return;
  // RFC 6672 section 2.4.
  const bool is_renamed = zone_.Find(LoweredName(node.owner()).view()).match == Match::kDname;
  for (const RrSet& rrset : node.rrsets()) {
    const bool belongs = is_renamed              ? false
                         : IsAddress(rrset.type) ? is_glue_[index]
                         : is_below
                             ? false
                             : rrset.type == kNs || rrset.type == kDs || IsSignature(rrset.type);
    if (belongs) continue;
    Report(rrset,
           fmt::format("is never answered: it is behind a {}", is_renamed ? "DNAME" : "delegation"),
           true);
  }
}

void Rules::Report(const RrSet& rrset, const std::string& fact, bool is_warning) {
  const size_t position = static_cast<size_t>(&rrset - layout_.rrsets.data());
  const Records::Entry& source = records_.entries()[sources_[position]];
  problems_.Add({records_.FileOf(source), source.line, ObjectName(source.owner, source.type), "",
                 fact, is_warning});
}

void Rules::ReportSteered(const Node& node, const std::string& fact) {
  problems_.Add({"", 0, TextOf(node.owner()), "", "the steered record " + fact});
}

}  // namespace waypost::zone
