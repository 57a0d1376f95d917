// Walks databases, operators' networks and measured prefixes side by side, address bit by address
// bit, and keeps a prefix wherever all of them agree on one class.
//
// Thread safety: one thread. Ownership: keeps references to what it is built from.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "dnsd/geo/class_table.h"
#include "dnsd/geo/mmdb_file.h"
#include "dnsd/geo/prefix_leaves.h"
#include "dnsd/geo/prefix_trie.h"

namespace waypost::geo {

class MapCompiler {
 public:
  /// A step of the walk holds a cursor of each file in place.
  static constexpr size_t kMaxFiles = 8;
  using Files = std::vector<std::shared_ptr<const MmdbFile>>;

  MapCompiler(const Files& files, const StringPool& strings, const Vocabulary& vocabulary,
              const NetworkTable& networks, const MeasuredTimes& times);

  std::shared_ptr<const ClientMap> Compile();

 private:
  struct Position {
    IpPrefix prefix;
    std::array<MmdbFile::Cursor, kMaxFiles> files{};
    PrefixTrie::Cursor network;
    PrefixTrie::Cursor measured;
    PrefixTrie::Cursor embedding;  // the prefixes that embed IPv4 have a value there
  };

  Position Start(IpFamily family) const;
  bool IsLeaf(const Position& position) const;
  void Divide(const Position& position, Position& left, Position& right) const;
  void LeaveIpv4Tree(Position& position) const;
  uint32_t ClassOf(const Position& position);

  /// Appends the prefixes below `position`, unless all of it is of one class, which it returns.
  template <typename Leaves>
  uint32_t Walk(const Position& position, Leaves& leaves);
  template <typename Leaves>
  uint32_t CompileFamily(IpFamily family, Leaves& leaves);

  const Files& files_;
  const StringPool& strings_;
  size_t regions_;
  const NetworkTable& networks_;
  const MeasuredTimes& times_;
  ClassTable classes_;
  PrefixTrie embeddings_;
  std::vector<std::vector<uint32_t>> sites_;  // by file and facts; kNoSite: not asked yet
  uint32_t v4_class_;                         // what CompileFamily returned for IPv4
};

}  // namespace waypost::geo
