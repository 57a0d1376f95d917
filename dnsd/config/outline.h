// What can be told of YAML text before it is parsed: whether it is text at all, where its documents
// begin, and how deep and how many its brackets are.
//
// The YAML scanner holds every token of a bracketed collection in memory until the bracket closes,
// about a hundred bytes each, so hostile text must be turned away before it gets there. Where the
// outline is not sure whether a bracket is text, it counts it.
//
// Thread safety: pure. Errors: the first fault with its line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace waypost::config {

struct TextFault {
  uint32_t line = 0;
  std::string fact;
};

/// Text must be UTF-8 without control characters but tab and line ends (YAML 1.2 section 5.1).
std::optional<TextFault> FindBadCharacter(std::string_view text);

struct DocumentText {
  std::string_view text;
  uint32_t first_line = 1;
};
/// Cuts before lines that start with `---` and behind those with `...`, which cannot stand inside a
/// document (YAML 1.2 section 9.1.2), so that a fault in one does not hide those of the next.
class DocumentCutter {
 public:
  explicit DocumentCutter(std::string_view text) : text_(text) {}
  /// nullopt: there are no more.
  std::optional<DocumentText> Next();

 private:
  std::string_view text_;  // what is left
  uint32_t line_ = 1;
};

/// Words, quoted texts and marks in one text: some 1,000,000 endpoints.
inline constexpr size_t kMaxTokens = 4'000'000;

struct OutlineLimits {
  size_t nesting = 64;
  size_t tokens = kMaxTokens;
};
/// Takes the document and its tokens off the limit, so that one limit serves all documents of a
/// text.
std::optional<TextFault> FindExcess(const DocumentText& document, OutlineLimits& limits);

}  // namespace waypost::config
