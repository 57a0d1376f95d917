#include "dnsd/zone/escape.h"

#include <fmt/format.h>

#include "dnsd/base/utf8.h"

namespace waypost::zone {
namespace {

/// Of several backslashes, each second one is escaped itself.
bool IsEscaped(std::string_view text, size_t at) {
  size_t backslashes = 0;
  while (backslashes < at && text[at - 1 - backslashes] == '\\') ++backslashes;
  return backslashes % 2 == 1;
}

}  // namespace

std::string EscapeStrayOctets(std::string text) {
  size_t stray = FindStrayOctet(text);
  if (stray == text.npos) return text;
  std::string escaped;
  size_t done = 0;
  for (; stray != text.npos; stray = FindStrayOctet(text, done)) {
    escaped.append(text, done, stray - done).append(IsEscaped(text, stray) ? "" : "\\");
    escaped += fmt::format("{:03}", static_cast<uint8_t>(text[stray]));
    done = stray + 1;
  }
  return escaped.append(text, done);
}

}  // namespace waypost::zone
