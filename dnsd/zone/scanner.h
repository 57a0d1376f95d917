// Splits the text of a master file into entries and these into words: comments dropped, lines
// joined inside parentheses (RFC 1035 section 5.1).
//
// Words keep their quotes and escapes: what they mean depends on the field they are in.
//
// Thread safety: one thread. Ownership: words point into the text. Errors: in Entry::error; reading
// goes on with the next line.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace waypost::zone {

struct Entry {
  uint32_t line = 0;          // where it begins
  bool starts_blank = false;  // the owner is left out
  std::vector<std::string_view> words;
  const char* error = nullptr;  // then `words` means nothing
};

class Scanner {
 public:
  /// Precondition: no NUL octet, at most 2^32 - 1 lines.
  explicit Scanner(std::string_view text) : text_(text) {}

  /// The next entry that has words or an error; false at the end. Reuses the memory of `entry`.
  bool Next(Entry& entry);

 private:
  /// Reads from at_ on to the end of the entry; null or what is wrong.
  const char* ReadWords(Entry& entry);
  /// Moves behind the word that begins at at_.
  const char* SkipWord();
  void SkipLine();

  std::string_view text_;
  size_t at_ = 0;
  uint32_t line_ = 1;
};

}  // namespace waypost::zone
