#include "dnsd/zone/name_text.h"

#include <fmt/format.h>

#include <cstring>

#include "dnsd/zone/escape.h"

namespace waypost::zone {
namespace {

tl::unexpected<Error> Bad(std::string_view text, const char* why) {
  return Fail(ErrorCode::kInvalid, fmt::format("\"{}\" is not a domain name: {}", text, why));
}

/// Appends labels to a NameBuffer octet by octet and knows when one is full.
class LabelWriter {
 public:
  explicit LabelWriter(NameBuffer& name) : name_(name) { name_.size = 1; }

  /// One octet must stay free for what ends the name.
  const char* Put(uint8_t octet) {
    if (length() == wire::kMaxLabelOctets) return "a label is longer than 63 octets";
    if (name_.size + 1 >= wire::kMaxNameOctets) return "it is longer than 255 octets";
    name_.octets[name_.size++] = octet;
    return nullptr;
  }
  const char* EndLabel() {
    if (length() == 0) return "it has an empty label";
    if (name_.size >= wire::kMaxNameOctets) return "it is longer than 255 octets";
    name_.octets[label_] = static_cast<uint8_t>(length());
    label_ = name_.size++;
    return nullptr;
  }
  /// The label under way, which must be empty, becomes `rest`.
  const char* Finish(NameView rest) {
    if (label_ + rest.size() > wire::kMaxNameOctets) return "it is longer than 255 octets";
    std::memcpy(name_.octets + label_, rest.data(), rest.size());
    name_.size = label_ + rest.size();
    return nullptr;
  }
  size_t length() const { return name_.size - label_ - 1; }

 private:
  NameBuffer& name_;
  size_t label_ = 0;
};

constexpr uint8_t kRoot[] = {0};

const char* ParseLabels(std::string_view text, NameView origin, LabelWriter& writer) {
  for (size_t at = 0; at < text.size();) {
    if (text[at] == '.') {
      if (const char* why = writer.EndLabel()) return why;
      if (++at == text.size()) return writer.Finish(kRoot);
      continue;
    }
    if (text[at] == '"') return "it has a quote";
    const int octet = ReadEscapable(text, at);
    if (octet < 0) return "it has a broken escape";
    if (const char* why = writer.Put(static_cast<uint8_t>(octet))) return why;
  }
  if (const char* why = writer.EndLabel()) return why;
  return writer.Finish(origin);
}

}  // namespace

Status ParseNameText(std::string_view text, NameView origin, NameBuffer& name) {
  LabelWriter writer(name);
  const char* const why = text == "@"   ? writer.Finish(origin)
                          : text == "." ? writer.Finish(kRoot)
                                        : ParseLabels(text, origin, writer);
  if (why != nullptr) return Bad(text, why);
  return {};
}

std::string AbsoluteText(NameView name) {
  const auto value = wire::Name::FromWire(AsText(name));
  if (!value || value->is_root()) return ".";
  return value->ToString() + ".";
}

}  // namespace waypost::zone
