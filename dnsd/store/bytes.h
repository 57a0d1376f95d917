// Length-prefixed bytes: how the store writes records. Numbers are big-endian, so that keys sort as
// numbers do; text is a 32-bit length and its bytes; an optional is one byte, 0 or 1, before it.
//
// Thread safety: values. Errors: a reader that meets the end or an impossible value turns bad and
// stays so; everything read from then on is empty.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace waypost::store {

class ByteWriter {
 public:
  void U8(uint8_t value) { out_.push_back(static_cast<char>(value)); }
  void U32(uint32_t value) { Number(value, 4); }
  void U64(uint64_t value) { Number(value, 8); }
  void Text(std::string_view value);
  void OptionalText(const std::optional<std::string>& value);

  std::string Take() && { return std::move(out_); }

 private:
  void Number(uint64_t value, int bytes);

  std::string out_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view in) : in_(in) {}

  uint8_t U8() { return static_cast<uint8_t>(Number(1)); }
  uint32_t U32() { return static_cast<uint32_t>(Number(4)); }
  uint64_t U64() { return Number(8); }
  std::string Text() { return std::string(TextView()); }
  /// Valid as long as what is read.
  std::string_view TextView();
  std::optional<std::string> OptionalText();
  /// What was read makes no sense.
  void Refuse() { ok_ = false; }

  bool ok() const { return ok_; }
  size_t left() const { return in_.size(); }
  /// Everything was read and made sense.
  bool Finished() const { return ok_ && in_.empty(); }

 private:
  uint64_t Number(size_t bytes);
  std::string_view Take(size_t bytes);

  std::string_view in_;
  bool ok_ = true;
};

}  // namespace waypost::store
