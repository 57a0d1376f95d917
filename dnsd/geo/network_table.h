// Operators' networks by prefix: which labels hold for a client, and which place overrides what the
// databases say.
//
// Thread safety: immutable after Build.
#pragma once

#include <vector>

#include "dnsd/geo/prefix_trie.h"
#include "dnsd/geo/vocabulary.h"

namespace waypost::geo {

class NetworkTable {
 public:
  struct Entry {
    std::vector<uint16_t> labels;        // most specific network first, each once
    const NetworkRule* rule = nullptr;   // the most specific one, nullptr: none
    const NetworkRule* place = nullptr;  // the most specific one with a place, nullptr: none
  };

  /// Keeps pointers into `vocabulary`. Rules for prefixes that embed IPv4 hold for that IPv4
  /// prefix, as their clients are located by it.
  static NetworkTable Build(const Vocabulary& vocabulary);

  const PrefixTrie& trie() const { return trie_; }
  /// `value`: of the trie.
  const Entry& At(uint32_t value) const { return entries_[value]; }
  size_t size() const { return entries_.size(); }

 private:
  void Add(const IpPrefix& prefix, const NetworkRule& rule);

  PrefixTrie trie_;
  std::vector<Entry> entries_ = std::vector<Entry>(1);
};

}  // namespace waypost::geo
