#include "tests/support/mmdb_writer.h"

#include <cstring>
#include <fstream>

namespace waypost::test {
namespace {

constexpr size_t kSeparatorBytes = 16;
constexpr char kMetadataMarker[] = "\xAB\xCD\xEFMaxMind.com";

enum Type : uint8_t {
  kUtf8 = 2,
  kDouble = 3,
  kUint16 = 5,
  kUint32 = 6,
  kMap = 7,
  kUint64 = 9,
  kArray = 11,
  kFloat = 15
};

std::string BigEndian(uint64_t number, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(number >> (8 * i));
  return out;
}

/// Control byte, extended type and size; sizes below 285.
std::string Control(Type type, size_t size) {
  constexpr uint8_t kFirstExtended = 8;
  constexpr size_t kOneMoreByte = 29;
  const uint8_t size_bits = static_cast<uint8_t>(size < kOneMoreByte ? size : kOneMoreByte);
  std::string out;
  if (type < kFirstExtended) {
    out += static_cast<char>(type << 5 | size_bits);
  } else {
    out += static_cast<char>(size_bits);
    out += static_cast<char>(type - 7);
  }
  if (size >= kOneMoreByte) out += static_cast<char>(size - kOneMoreByte);
  return out;
}

std::string Encode(const MmdbValue& value);

struct Encoder {
  std::string operator()(const std::string& text) const {
    return Control(kUtf8, text.size()) + text;
  }
  std::string operator()(double number) const {
    uint64_t bits;
    std::memcpy(&bits, &number, sizeof bits);
    return Control(kDouble, 8) + BigEndian(bits, 8);
  }
  std::string operator()(float number) const {
    uint32_t bits;
    std::memcpy(&bits, &number, sizeof bits);
    return Control(kFloat, 4) + BigEndian(bits, 4);
  }
  std::string operator()(uint16_t number) const {
    return Control(kUint16, 2) + BigEndian(number, 2);
  }
  std::string operator()(uint32_t number) const {
    return Control(kUint32, 4) + BigEndian(number, 4);
  }
  std::string operator()(uint64_t number) const {
    return Control(kUint64, 8) + BigEndian(number, 8);
  }
  std::string operator()(const MmdbValue::Map& map) const {
    std::string out = Control(kMap, map.size());
    for (const auto& [key, value] : map) out += (*this)(key) + Encode(value);
    return out;
  }
  std::string operator()(const MmdbValue::Array& array) const {
    std::string out = Control(kArray, array.size());
    for (const auto& value : array) out += Encode(value);
    return out;
  }
};

std::string Encode(const MmdbValue& value) { return std::visit(Encoder{}, value.value); }

IpPrefix InIpv6Tree(const IpPrefix& prefix) {
  return {IpAddress::FromV6(0, prefix.address.v4()), static_cast<uint8_t>(prefix.length + 96)};
}

size_t BitOf(const IpAddress& address, int bit) {
  return (bit < 64 ? address.high() : address.low()) >> (63 - bit % 64) & 1;
}

}  // namespace

MmdbWriter::MmdbWriter(Options options) : options_(std::move(options)) {}

void MmdbWriter::Insert(const IpPrefix& prefix, const MmdbValue& value) {
  const uint32_t offset = Store(value);
  *RecordAt(prefix) = {Kind::kData, offset};
}

void MmdbWriter::AliasToIpv4(const IpPrefix& prefix) {
  const Record target = *RecordAt({IpAddress::FromV4(0), 0});
  *RecordAt(prefix) = target;
}

MmdbWriter::Record* MmdbWriter::RecordAt(const IpPrefix& wanted) {
  const bool is_inner = options_.ip_version == 6 && wanted.address.is_v4();
  const IpPrefix prefix = is_inner ? InIpv6Tree(wanted) : wanted;
  Record* record = &nodes_[0][BitOf(prefix.address, 0)];
  for (int bit = 1; bit < prefix.length; ++bit) {
    if (record->kind != Kind::kNode) {
      const Record both = *record;
      *record = {Kind::kNode, static_cast<uint32_t>(nodes_.size())};
      const uint32_t created = record->index;
      nodes_.push_back({both, both});
      record = &nodes_[created][BitOf(prefix.address, bit)];
    } else {
      record = &nodes_[record->index][BitOf(prefix.address, bit)];
    }
  }
  return record;
}

uint32_t MmdbWriter::Store(const MmdbValue& value) {
  const std::string encoded = Encode(value);
  const auto [stored, is_new] = offsets_.emplace(encoded, static_cast<uint32_t>(data_.size()));
  if (is_new) data_ += encoded;
  return stored->second;
}

uint32_t MmdbWriter::Number(const Record& record) const {
  const auto nodes = static_cast<uint32_t>(nodes_.size());
  switch (record.kind) {
    case Kind::kNode:
      return record.index;
    case Kind::kData:
      return nodes + static_cast<uint32_t>(kSeparatorBytes) + record.index;
    case Kind::kEmpty:
      return nodes;
  }
  return nodes;
}

void MmdbWriter::AppendNode(const Node& node, std::string& out) const {
  const uint32_t left = Number(node[0]);
  const uint32_t right = Number(node[1]);
  if (options_.record_bits == 28) {
    out += BigEndian(left & 0xFFFFFF, 3);
    out += static_cast<char>(left >> 24 << 4 | right >> 24);
    out += BigEndian(right & 0xFFFFFF, 3);
  } else {
    out += BigEndian(left, options_.record_bits / 8) + BigEndian(right, options_.record_bits / 8);
  }
}

std::string MmdbWriter::Metadata() const {
  return kMetadataMarker +
         Encode(MmdbValue::Map{{"node_count", static_cast<uint32_t>(nodes_.size())},
                               {"record_size", static_cast<uint16_t>(options_.record_bits)},
                               {"ip_version", static_cast<uint16_t>(options_.ip_version)},
                               {"database_type", options_.type},
                               {"languages", MmdbValue::Array{"en"}},
                               {"binary_format_major_version", uint16_t{2}},
                               {"binary_format_minor_version", uint16_t{0}},
                               {"build_epoch", uint64_t{1'700'000'000}},
                               {"description", MmdbValue::Map{{"en", "test"}}}});
}

std::string MmdbWriter::Bytes() const {
  std::string out;
  for (const auto& node : nodes_) AppendNode(node, out);
  out.append(kSeparatorBytes, '\0');
  return out + data_ + Metadata();
}

std::string MmdbWriter::WriteTo(const std::string& path) const {
  std::ofstream(path, std::ios::binary) << Bytes();
  return path;
}

}  // namespace waypost::test
