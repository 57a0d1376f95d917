// What is to be answered from for a name (RFC 1034 section 4.3.2 step 3), in any zone that finds
// its nodes by their names.
//
// Thread safety: pure, noexcept, no allocation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "dnsd/wire/name.h"
#include "dnsd/zone/wire_names.h"
#include "dnsd/zone/zone.h"

namespace waypost::zone {

/// `Nodes`: a Zone with max_labels(), so that its FindExact is called as what it is.
template <typename Nodes>
class Search {
 public:
  explicit Search(const Nodes& nodes) noexcept : nodes_(nodes) {}

  /// As Zone::Find.
  Found Find(NameView qname) const noexcept {
    NameView name = qname;
    for (size_t labels = LabelCount(qname); labels > nodes_.max_labels(); --labels) {
      name = ParentOf(name);
    }
    const Node* node = nodes_.FindExact(name);
    while (node == nullptr) {
      if (name.size() <= nodes_.apex().owner().size()) return {};  // not at or below the origin
      name = ParentOf(name);
      node = nodes_.FindExact(name);
    }
    if (node->is_occluded()) return FindOccluder(name);
    if (node->is_cut()) return {Match::kDelegated, node};
    if (name.size() == qname.size()) return {Match::kExact, node};
    if (node->Find(kDname) != nullptr) return {Match::kDname, node};
    return FindWildcard(name);
  }

 private:
  /// Of the cuts and DNAMEs above an occluded name, the one nearest to the apex.
  Found FindOccluder(NameView name) const noexcept {
    const Node& apex = nodes_.apex();
    if (apex.Find(kDname) != nullptr) return {Match::kDname, &apex};
    uint8_t offsets[wire::kMaxNameOctets / 2 + 1];  // of the labels below the origin
    size_t count = 0;
    const size_t end = name.size() - apex.owner().size();
    for (size_t at = 0; at < end; at += 1 + name[at]) offsets[count++] = static_cast<uint8_t>(at);
    while (count-- > 0) {
      const Node* const node = nodes_.FindExact(name.subspan(offsets[count]));
      if (node->is_cut()) return {Match::kDelegated, node};
      if (node->Find(kDname) != nullptr) return {Match::kDname, node};
    }
    return {};
  }

  Found FindWildcard(NameView encloser) const noexcept {
    // It fits: the encloser is shorter than the name asked for by at least one label, two octets.
    uint8_t source[wire::kMaxNameOctets];
    source[0] = 1;
    source[1] = '*';
    std::memcpy(source + 2, encloser.data(), encloser.size());
    const Node* const node = nodes_.FindExact({source, encloser.size() + 2});
    return node == nullptr ? Found{} : Found{Match::kWildcard, node};
  }

  const Nodes& nodes_;
};

}  // namespace waypost::zone
