// Colour by meaning. Colours are only for people at a terminal; everything else gets plain text.
//
// Thread safety: a value.
#pragma once

#include <string>
#include <string_view>

namespace waypost::render {

enum class Tone { kPlain, kGood, kWarning, kBad, kDim, kStrong };

class Style {
 public:
  explicit Style(bool colored = false) : colored_(colored) {}
  /// `text`, cleaned, within the escape codes of `tone` (ECMA-48 section 8.3.117).
  std::string Paint(Tone tone, std::string_view text) const;

 private:
  bool colored_;
};

/// `text` with control characters written out as \xNN: what a probed server said must not move the
/// cursor of the terminal of who reads it.
std::string Clean(std::string_view text);

/// How many columns `text` (UTF-8) takes; every code point counts as one.
size_t ColumnsOf(std::string_view text);

}  // namespace waypost::render
