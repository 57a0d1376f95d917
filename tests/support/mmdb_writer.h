// Writes small MMDB files (https://maxmind.github.io/MaxMind-DB/, format 2.0) for tests.
//
// Thread safety: one thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "dnsd/base/ip.h"

namespace waypost::test {

/// A value of the data section.
struct MmdbValue {
  using Map = std::vector<std::pair<std::string, MmdbValue>>;
  using Array = std::vector<MmdbValue>;

  MmdbValue(const char* text) : value(std::string(text)) {}
  MmdbValue(std::string text) : value(std::move(text)) {}
  MmdbValue(double number) : value(number) {}
  MmdbValue(float number) : value(number) {}
  MmdbValue(uint16_t number) : value(number) {}
  MmdbValue(uint32_t number) : value(number) {}
  MmdbValue(uint64_t number) : value(number) {}
  MmdbValue(Map map) : value(std::move(map)) {}
  MmdbValue(Array array) : value(std::move(array)) {}

  std::variant<std::string, double, float, uint16_t, uint32_t, uint64_t, Map, Array> value;
};

class MmdbWriter {
 public:
  struct Options {
    int ip_version = 6;
    int record_bits = 28;  // 24, 28 or 32
    std::string type = "Test-City";
  };

  explicit MmdbWriter(Options options);

  /// Addresses of `prefix` get `value`, whatever they had before. IPv4 prefixes go to ::/96 of an
  /// IPv6 tree.
  void Insert(const IpPrefix& prefix, const MmdbValue& value);
  /// As databases do for 2002::/16 and the like: `prefix` leads into the IPv4 tree.
  void AliasToIpv4(const IpPrefix& prefix);
  /// Breaks the format: `prefix` leads back to the second node. (libmaxminddb itself notices a way
  /// back to the first.)
  void Loop(const IpPrefix& prefix) { *RecordAt(prefix) = {Kind::kNode, 1}; }

  std::string Bytes() const;
  /// Returns `path`.
  std::string WriteTo(const std::string& path) const;

 private:
  enum class Kind : uint8_t { kEmpty, kNode, kData };
  struct Record {
    Kind kind = Kind::kEmpty;
    uint32_t index = 0;  // of a node, or offset of data
  };
  using Node = std::array<Record, 2>;

  /// Makes the nodes on the way.
  Record* RecordAt(const IpPrefix& prefix);
  uint32_t Store(const MmdbValue& value);
  uint32_t Number(const Record& record) const;
  void AppendNode(const Node& node, std::string& out) const;
  std::string Metadata() const;

  Options options_;
  std::vector<Node> nodes_ = std::vector<Node>(1);
  std::string data_;
  std::map<std::string, uint32_t> offsets_;  // of values that were stored
};

}  // namespace waypost::test
