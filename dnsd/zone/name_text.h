// Names as a master file writes them: with escapes, relative to an origin, "@" for the origin
// itself (RFC 1035 section 5.1).
//
// Thread safety: pure. Errors: a Result that says what is wrong with the text.
#pragma once

#include <string_view>

#include "dnsd/base/result.h"
#include "dnsd/wire/name.h"
#include "dnsd/zone/wire_names.h"

namespace waypost::zone {

/// Room for one name, on the stack.
struct NameBuffer {
  uint8_t octets[wire::kMaxNameOctets];
  size_t size = 0;

  NameView view() const { return {octets, size}; }
};

/// Without a last dot, `origin` is appended.
Status ParseNameText(std::string_view text, NameView origin, NameBuffer& name);

/// The name with all dots and escapes, ending with a dot.
std::string AbsoluteText(NameView name);

}  // namespace waypost::zone
