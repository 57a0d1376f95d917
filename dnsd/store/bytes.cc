#include "dnsd/store/bytes.h"

namespace waypost::store {

void ByteWriter::Number(uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    U8(static_cast<uint8_t>(value >> shift));
}

void ByteWriter::Text(std::string_view value) {
  U32(static_cast<uint32_t>(value.size()));
  out_.append(value);
}

void ByteWriter::OptionalText(const std::optional<std::string>& value) {
  U8(value ? 1 : 0);
  if (value) Text(*value);
}

std::string_view ByteReader::Take(size_t bytes) {
  if (!ok_ || bytes > in_.size()) {
    ok_ = false;
    return {};
  }
  const std::string_view taken = in_.substr(0, bytes);
  in_.remove_prefix(bytes);
  return taken;
}

uint64_t ByteReader::Number(size_t bytes) {
  uint64_t value = 0;
  for (const char byte : Take(bytes)) value = value << 8 | static_cast<uint8_t>(byte);
  return value;
}

std::string_view ByteReader::TextView() {
  const uint32_t length = U32();
  return Take(length);
}

std::optional<std::string> ByteReader::OptionalText() {
  const uint8_t present = U8();
  if (present > 1) ok_ = false;
  if (!ok_ || present == 0) return std::nullopt;
  return Text();
}

}  // namespace waypost::store
