#include "ctl/render/style.h"

#include <fmt/format.h>

#include <algorithm>

namespace waypost::render {
namespace {

std::string_view CodeOf(Tone tone) {
  switch (tone) {
    case Tone::kPlain:
      return "";
    case Tone::kGood:
      return "32";
    case Tone::kWarning:
      return "33";
    case Tone::kBad:
      return "31";
    case Tone::kDim:
      return "2";
    case Tone::kStrong:
      return "1";
  }
  return "";
}

bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

}  // namespace

std::string Style::Paint(Tone tone, std::string_view text) const {
  if (!colored_ || tone == Tone::kPlain || text.empty()) return Clean(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", CodeOf(tone), Clean(text));
}

std::string Clean(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  for (const char c : text) {
    clean +=
        IsControl(c) ? fmt::format("\\x{:02x}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  return clean;
}

size_t ColumnsOf(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

}  // namespace waypost::render
