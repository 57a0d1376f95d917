// JSON writes characters above U+FFFF as two \u escapes, a surrogate pair (RFC 8259 section 7);
// YAML has \U for them and refuses surrogates.
//
// Thread safety: pure.
#pragma once

#include <string>
#include <string_view>

namespace waypost::config {

/// The text opens with { or [.
bool LooksLikeJson(std::string_view text);
/// The same text with every surrogate pair inside a string as one \U escape.
std::string JoinSurrogates(std::string_view json);

}  // namespace waypost::config
