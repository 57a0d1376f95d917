#include "dnsd/wire/name.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace waypost::wire {
namespace {

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return Lower(static_cast<uint8_t>(x)) == Lower(static_cast<uint8_t>(y));
  });
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

tl::unexpected<Error> Bad(std::string_view text, std::string_view why) {
  return Fail(ErrorCode::kInvalid, fmt::format("\"{}\" is not a domain name: {}", text, why));
}

/// Reads one possibly escaped octet at `text[at]` and moves `at` behind it; -1: the escape is
/// broken.
int ReadOctet(std::string_view text, size_t& at) {
  if (text[at] != '\\') return static_cast<uint8_t>(text[at++]);
  if (at + 1 >= text.size()) return -1;
  if (!IsDigit(text[at + 1])) {
    at += 2;
    return static_cast<uint8_t>(text[at - 1]);
  }
  if (at + 3 >= text.size() || !IsDigit(text[at + 2]) || !IsDigit(text[at + 3])) return -1;
  const int value = (text[at + 1] - '0') * 100 + (text[at + 2] - '0') * 10 + (text[at + 3] - '0');
  at += 4;
  return value <= 255 ? value : -1;
}

void AppendEscaped(std::string& text, uint8_t octet) {
  if (octet == '.' || octet == '\\' || octet == '"' || octet == '(' || octet == ')' ||
      octet == ';' || octet == '@' || octet == '$') {
    text += '\\';
    text += static_cast<char>(octet);
  } else if (octet <= 0x20 || octet >= 0x7F) {
    text += fmt::format("\\{:03}", octet);
  } else {
    text += static_cast<char>(octet);
  }
}

}  // namespace

Result<Name> Name::Parse(std::string_view text) {
  if (text == ".") return Name();
  if (text.empty()) return Bad(text, "it is empty");
  std::string wire(1, '\0');
  size_t label = 0;  // where the current label's length stands
  for (size_t at = 0; at < text.size();) {
    if (text[at] == '.') {
      if (wire.size() == label + 1) return Bad(text, "it has an empty label");
      if (++at == text.size()) break;
      label = wire.size();
      wire += '\0';
      continue;
    }
    const int octet = ReadOctet(text, at);
    if (octet < 0) return Bad(text, "it has a broken escape");
    wire += static_cast<char>(octet);
    if (++wire[label] > static_cast<int>(kMaxLabelOctets)) {
      return Bad(text, "a label is longer than 63 octets");
    }
  }
  wire += '\0';
  if (wire.size() > kMaxNameOctets) return Bad(text, "it is longer than 255 octets");
  return Name(std::move(wire));
}

Result<Name> Name::FromWire(std::string_view wire) {
  if (wire.size() > kMaxNameOctets) return Fail(ErrorCode::kInvalid, "name longer than 255 octets");
  size_t at = 0;
  while (at < wire.size() && wire[at] != 0) {
    const auto length = static_cast<uint8_t>(wire[at]);
    if (length > kMaxLabelOctets) return Fail(ErrorCode::kInvalid, "label longer than 63 octets");
    at += 1 + length;
  }
  if (at + 1 != wire.size()) return Fail(ErrorCode::kInvalid, "name is cut off or has a tail");
  return Name(std::string(wire));
}

size_t Name::label_count() const {
  size_t count = 0;
  for (size_t at = 0; wire_[at] != 0; at += 1 + static_cast<uint8_t>(wire_[at])) ++count;
  return count;
}

Name Name::Parent() const { return Name(wire_.substr(1 + static_cast<uint8_t>(wire_[0]))); }

Name Name::Lowered() const {
  std::string lowered = wire_;
  // Length octets are below 64 and so never mistaken for letters.
  for (char& c : lowered) c = static_cast<char>(Lower(static_cast<uint8_t>(c)));
  return Name(std::move(lowered));
}

bool Name::IsAtOrBelow(const Name& ancestor) const {
  size_t at = 0;
  while (wire_.size() - at > ancestor.wire_.size()) at += 1 + static_cast<uint8_t>(wire_[at]);
  return EqualIgnoringCase(std::string_view(wire_).substr(at), ancestor.wire_);
}

std::string Name::ToString() const {
  if (is_root()) return ".";
  std::string text;
  for (size_t at = 0; wire_[at] != 0;) {
    if (at > 0) text += '.';
    const auto length = static_cast<uint8_t>(wire_[at++]);
    for (size_t i = 0; i < length; ++i) AppendEscaped(text, static_cast<uint8_t>(wire_[at + i]));
    at += length;
  }
  return text;
}

bool Name::operator==(const Name& other) const { return EqualIgnoringCase(wire_, other.wire_); }

}  // namespace waypost::wire
