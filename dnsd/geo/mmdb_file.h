// One MMDB file (https://maxmind.github.io/MaxMind-DB/), checked and with its records decoded.
//
// Open walks the whole search tree once: a record that points nowhere, a tree that is too deep or
// loops, and a data record that cannot be decoded are found there and not while a map is compiled.
// The tree itself stays in the mapped file: replace a file by renaming a new one over it, never by
// writing into it.
//
// Thread safety: immutable after Open. Errors: name the file and the fact.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dnsd/base/ip.h"
#include "dnsd/base/result.h"
#include "dnsd/geo/atlas.h"
#include "dnsd/geo/place_facts.h"

struct MMDB_s;

namespace waypost::geo {

class MmdbFile {
 public:
  /// Strings of the records go to `strings`.
  static Result<std::shared_ptr<const MmdbFile>> Open(const std::string& path, StringPool& strings);
  ~MmdbFile();
  MmdbFile(const MmdbFile&) = delete;
  MmdbFile& operator=(const MmdbFile&) = delete;

  const DatabaseInfo& info() const { return info_; }

  /// A place in the search tree: a node that has two children, or a leaf.
  using Cursor = uint32_t;
  /// Where the addresses of a family begin; a leaf without facts if the file has none of them.
  Cursor Root(IpFamily family) const { return family == IpFamily::kV4 ? v4_root_ : v6_root_; }
  bool IsLeaf(Cursor cursor) const { return cursor >= node_count_; }
  /// A leaf without facts.
  Cursor Empty() const { return node_count_; }
  /// Of a node: where bit 0 and bit 1 lead.
  std::pair<Cursor, Cursor> Children(Cursor node) const;
  /// Of a leaf: index in facts().
  uint32_t FactsOf(Cursor leaf) const { return leaf == node_count_ ? 0 : FactsOfRecord(leaf); }
  /// facts()[0] is of leaves without data.
  const std::vector<PlaceFacts>& facts() const { return facts_; }

  /// Index in facts() of what the file says about an address, which must be normalised.
  uint32_t Lookup(const IpAddress& address) const;

 private:
  class Checker;
  struct RecordHash {
    uint64_t operator()(uint32_t record) const { return Mix64(record); }
  };

  MmdbFile();
  void ReadMetadata(const std::string& path);
  Status FindRoots();
  uint32_t FactsOfRecord(Cursor leaf) const { return records_.Find(leaf) + 1; }

  std::unique_ptr<MMDB_s> mmdb_;
  bool is_open_ = false;
  DatabaseInfo info_;
  uint32_t node_count_ = 0;
  Cursor v4_root_ = 0;
  Cursor v6_root_ = 0;
  FlatIndex<uint32_t, RecordHash> records_;
  std::vector<PlaceFacts> facts_;
};

}  // namespace waypost::geo
