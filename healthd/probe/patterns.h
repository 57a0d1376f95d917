// Regular expressions that monitors expect, compiled once for all probes that share them.
//
// RE2 takes time linear in the text whatever the expression, so a director cannot hold a vantage up
// with one.
//
// Thread safety: one thread. Ownership: shared with the probes that use them; what no probe of the
// last kMax expressions uses is compiled again when it comes back. Errors: a text that is no
// expression, in RE2's words.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "dnsd/base/result.h"

namespace re2 {
class RE2;
}

namespace waypost::probe {

class Pattern {
 public:
  explicit Pattern(std::shared_ptr<const re2::RE2> compiled) : compiled_(std::move(compiled)) {}
  /// Somewhere in the text.
  bool Matches(std::string_view text) const;

 private:
  std::shared_ptr<const re2::RE2> compiled_;
};

class Patterns {
 public:
  /// A few kilobytes each, a megabyte for the worst; reached, the table starts anew.
  static constexpr size_t kMax = 256;

  Result<Pattern> Find(const std::string& text);

 private:
  std::map<std::string, Pattern> compiled_;
};

}  // namespace waypost::probe
