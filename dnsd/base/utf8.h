// UTF-8 (RFC 3629). Texts in messages must be it: protobuf gives up a whole message over one stray
// octet in a string, so what comes from files and from the network is made legible on its way in.
//
// Thread safety: pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace waypost {

/// Octets of the character at `at`; 0: there is none (RFC 3629 section 4). Precondition: at <
/// text.size().
size_t CharacterLength(std::string_view text, size_t at);

/// Where the first octet is that belongs to no character; npos: nowhere.
size_t FindStrayOctet(std::string_view text, size_t from = 0);

inline bool IsUtf8(std::string_view text) { return FindStrayOctet(text) == text.npos; }

/// With each stray octet as "\xE9", and cut between two characters to `limit` octets at most.
std::string Legible(std::string_view text, size_t limit = std::string_view::npos);

}  // namespace waypost
