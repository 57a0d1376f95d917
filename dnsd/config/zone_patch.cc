#include "dnsd/config/zone_patch.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "dnsd/config/zone_maker.h"
#include "dnsd/zone/patch.h"
#include "dnsd/zone/rdata_text.h"
#include "dnsd/zone/wire_names.h"

namespace waypost::config {
namespace {

/// visit(was, is) for all that are not the same resource; null where there is none. Both are in the
/// order of their ids.
template <typename Visit>
void Compare(const Overlay& before, const Overlay& after, const Visit& visit) {
  auto was = before.begin();
  auto is = after.begin();
  while (was != before.end() || is != after.end()) {
    if (was != before.end() && is != after.end() && *was == *is) {
      ++was, ++is;
      continue;
    }
    const int order = was == before.end() ? 1
                      : is == after.end() ? -1
                                          : IdOf(**was).compare(IdOf(**is));
    visit(order > 0 ? nullptr : &(*was)->rrset(), order < 0 ? nullptr : &(*is)->rrset());
    if (order <= 0) ++was;
    if (order >= 0) ++is;
  }
}

/// Of the Rrsets with this owner, those of this type. A type has two names, "A" and "TYPE1", and
/// each of them can be an Rrset.
size_t CountOf(const Overlay& overlay, const wire::Name& owner, uint16_t type) {
  const std::string prefix = "rrset/" + owner.ToString() + "/";
  auto at = std::partition_point(overlay.begin(), overlay.end(), [&prefix](const auto& resource) {
    return IdOf(*resource) < prefix;
  });
  size_t count = 0;
  for (; at != overlay.end() && IdOf(**at).starts_with(prefix); ++at) {
    count += zone::ParseType((*at)->rrset().type()) == type ? 1 : 0;
  }
  return count;
}

class Changes {
 public:
  Changes(const BuiltZone& before, const Overlay& overlay)
      : before_(before), overlay_(overlay), replaced_(before.extras->replaced) {}

  /// False: something is amiss, and to be told.
  bool Take(const v1::Rrset* was, const v1::Rrset* is) {
    Problems problems;
    if (is != nullptr) CheckRrset(*is, problems);
    if (!problems.empty()) return false;
    const v1::Rrset& any = is != nullptr ? *is : *was;
    const wire::Name owner = wire::Name::Parse(any.name())->Lowered();
    const uint16_t type = *zone::ParseType(any.type());
    const bool is_alone =
        CountOf(before_.extras->overlay, owner, type) <= 1 && CountOf(overlay_, owner, type) <= 1;
    if (!is_alone) return false;
    const std::string key = RrsetKey(zone::AsView(owner.wire()), type);
    const auto in_file = was != nullptr ? Known(key) : Served(owner, type);
    if (is == nullptr) {
      rrsets_.push_back(in_file.value_or(zone::RrsetValue{std::string(owner.wire()), type, 0, {}}));
      replaced_.erase(key);
      return true;
    }
    if (in_file && was == nullptr) replaced_[key] = *in_file;
    const auto laid = LayOne(*is, in_file ? &*in_file : nullptr, problems);
    if (laid) rrsets_.push_back(*laid);
    return problems.empty();
  }

  const std::vector<zone::RrsetValue>& rrsets() const { return rrsets_; }
  Replaced TakeReplaced() && { return std::move(replaced_); }

 private:
  /// What the master file, or the content, has where an Rrset lay already.
  std::optional<zone::RrsetValue> Known(const std::string& key) const {
    const auto known = replaced_.find(key);
    return known == replaced_.end() ? std::nullopt : std::optional(known->second);
  }

  /// And where none did.
  std::optional<zone::RrsetValue> Served(const wire::Name& owner, uint16_t type) const {
    const zone::Node* const node = before_.zone->FindExact(zone::AsView(owner.wire()));
    const zone::RrSet* const rrset = node == nullptr ? nullptr : node->Find(type);
    if (rrset == nullptr) return std::nullopt;
    return zone::ValueOf(*node, *rrset);
  }

  const BuiltZone& before_;
  const Overlay& overlay_;
  Replaced replaced_;
  std::vector<zone::RrsetValue> rrsets_;
};

}  // namespace

bool PatchOver(const std::string& name, const BuiltZone& before, const Overlay& overlay,
               BuiltZone& out, Problems& problems) {
  if (before.zone == nullptr) return false;
  Changes changes(before, overlay);
  bool is_sound = true;
  Compare(before.extras->overlay, overlay, [&](const v1::Rrset* was, const v1::Rrset* is) {
    is_sound = is_sound && changes.Take(was, is);
  });
  if (!is_sound) return false;
  zone::BuiltZone patched = zone::PatchZone(before.zone, changes.rrsets());
  if (patched.zone == nullptr) return false;
  NameTheZone(name, before.extras->content == nullptr ? "text" : "content", patched.problems);
  std::move(patched.problems.begin(), patched.problems.end(), std::back_inserter(problems));
  out.zone = std::move(patched.zone);
  out.base_serial = before.base_serial;
  out.extras.Set(&ZoneExtras::content, before.extras->content);
  out.extras.Set(&ZoneExtras::replaced, std::move(changes).TakeReplaced());
  return true;
}

}  // namespace waypost::config
