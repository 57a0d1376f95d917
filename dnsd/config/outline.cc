#include "dnsd/config/outline.h"

#include <algorithm>

#include "dnsd/base/utf8.h"

namespace waypost::config {
namespace {

uint32_t CountLines(std::string_view text) {
  return static_cast<uint32_t>(std::count(text.begin(), text.end(), '\n'));
}

bool IsForbiddenControl(char c) {
  return static_cast<uint8_t>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool IsFlowMark(char c) { return c == '[' || c == ']' || c == '{' || c == '}' || c == ','; }
bool IsQuote(char c) { return c == '"' || c == '\''; }

bool IsMark(std::string_view line, std::string_view mark) {
  return line.starts_with(mark) && (line.size() == 3 || IsBlank(line[3]));
}
bool IsDocumentStart(std::string_view line) { return IsMark(line, "---"); }
bool IsDocumentEnd(std::string_view line) { return IsMark(line, "..."); }

// The least that a resource takes; without it, empty documents would cost nothing.
constexpr size_t kTokensOfADocument = 8;

/// Walks over one document, skipping comments, quoted text and block scalars.
class Walker {
 public:
  Walker(const DocumentText& document, const OutlineLimits& limits)
      : text_(document.text), first_line_(document.first_line), limits_(limits) {
    if (IsDocumentStart(text_)) at_ = 3;
  }

  std::optional<TextFault> Run() {
    while (at_ < text_.size()) {
      Step();
      if (depth_ > limits_.nesting) {
        return Fault("brackets are nested deeper than " + std::to_string(limits_.nesting));
      }
      if (tokens_ > limits_.tokens) {
        return Fault("has too many words and marks, more than " + std::to_string(kMaxTokens));
      }
    }
    return std::nullopt;
  }

  size_t tokens() const { return tokens_; }

 private:
  /// What the last token was, as far as it decides how the next character reads.
  enum class Last : uint8_t { kMark, kPlain, kQuoted };

  TextFault Fault(std::string fact) const {
    return {first_line_ + CountLines(text_.substr(0, at_)), std::move(fact)};
  }
  char Next() const { return at_ + 1 < text_.size() ? text_[at_ + 1] : '\n'; }
  bool InFlow() const { return depth_ > 0; }
  size_t Column() const { return at_ - line_start_; }
  size_t EndOfLine() const { return std::min(text_.find('\n', at_), text_.size()); }
  /// `:`, `-` and `?` are marks only before a blank, `:` also after a quoted key or before a mark.
  bool IsIndicator() const {
    const char c = text_[at_];
    if (c == ':' && InFlow() && (last_ == Last::kQuoted || IsFlowMark(Next()))) return true;
    return (c == ':' || c == '-' || c == '?') && IsBlank(Next());
  }
  /// In a plain scalar outside of brackets a bracket is text; on its next line, who knows.
  bool IsBracketHere(char c) const {
    return IsFlowMark(c) && (InFlow() || last_ != Last::kPlain || is_line_start_);
  }

  void Step() {
    const char c = text_[at_];
    if (c == '\n') return EndLine();
    if (IsBlank(c)) return SkipBlank();
    if (c == '#' && is_after_blank_) return SkipComment();
    if (IsBracketHere(c)) return Bracket(c);
    if (IsIndicator()) return Indicator(c);
    if (last_ != Last::kPlain && IsQuote(c)) return SkipQuoted(c);
    if (last_ == Last::kMark && (c == '!' || c == '&')) return SkipProperty();
    if (last_ == Last::kMark && !InFlow() && (c == '|' || c == '>')) return SkipBlockScalar();
    SkipPlain();
  }

  void SkipBlank() {
    ++at_;
    is_after_blank_ = true;
  }
  void EndLine() {
    SkipBlank();
    line_start_ = at_;
    is_line_start_ = true;
  }
  void Take(Last last) {
    last_ = last;
    is_after_blank_ = false;
    is_line_start_ = false;
    ++tokens_;
    ++at_;
  }
  void Indicator(char c) {
    if (c != ':') node_column_ = Column();
    Take(Last::kMark);
  }
  void Bracket(char c) {
    const bool closes = c == ']' || c == '}';
    if (c == '[' || c == '{') ++depth_;
    if (closes && depth_ > 0) --depth_;
    Take(closes ? Last::kQuoted : Last::kMark);
  }
  void SkipComment() { at_ = EndOfLine(); }

  /// Quoted text that does not end on its line is walked through as if it were not quoted.
  void SkipQuoted(char quote) {
    node_column_ = Column();
    size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n') {
      end += quote == '"' && text_[end] == '\\' ? 2 : 1;
    }
    Take(Last::kQuoted);
    if (end < text_.size() && text_[end] == quote) at_ = end + 1;
  }

  void SkipWord() {
    while (at_ < text_.size() && !IsBlank(text_[at_]) && !(InFlow() && IsFlowMark(text_[at_])) &&
           !IsIndicator()) {
      ++at_;
    }
  }
  void SkipPlain() {
    if (last_ != Last::kPlain || is_line_start_) node_column_ = Column();
    Take(Last::kPlain);
    SkipWord();
  }
  /// A tag or an anchor: what follows reads as if it were not there.
  void SkipProperty() {
    Take(Last::kMark);
    SkipWord();
  }

  /// Its content is every following line that is empty or indented at least as its first one
  /// (YAML 1.2 section 8.1).
  void SkipBlockScalar() {
    size_t indentation = 0;
    for (const char c : text_.substr(at_, EndOfLine() - at_)) {
      if (c >= '1' && c <= '9') indentation = node_column_ + static_cast<size_t>(c - '0');
    }
    Take(Last::kMark);
    at_ = std::min(EndOfLine() + 1, text_.size());
    for (; at_ < text_.size(); at_ = std::min(EndOfLine() + 1, text_.size())) {
      const size_t content = text_.find_first_not_of(" \r", at_);
      if (content >= EndOfLine()) continue;
      if (indentation == 0) indentation = std::max(content - at_, node_column_ + 1);
      if (content - at_ < indentation) break;
    }
    line_start_ = at_;
    is_line_start_ = true;
    is_after_blank_ = true;
  }

  std::string_view text_;
  uint32_t first_line_;
  OutlineLimits limits_;
  size_t at_ = 0;
  size_t line_start_ = 0;
  size_t node_column_ = 0;  // of the key or list mark that a block scalar would belong to
  size_t depth_ = 0;
  size_t tokens_ = kTokensOfADocument;
  Last last_ = Last::kMark;
  bool is_after_blank_ = true;
  bool is_line_start_ = true;
};

}  // namespace

std::optional<TextFault> FindBadCharacter(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t length = CharacterLength(text, at);
    if (length != 0 && !IsForbiddenControl(text[at])) {
      at += length;
      continue;
    }
    constexpr std::string_view kHex = "0123456789ABCDEF";
    const auto octet = static_cast<uint8_t>(text[at]);
    const std::string hex = {'0', 'x', kHex[octet >> 4U], kHex[octet & 15U]};
    return TextFault{1 + CountLines(text.substr(0, at)),
                     length == 0 ? "octet " + hex + " is not UTF-8 text"
                                 : "control character " + hex + " is not text"};
  }
  return std::nullopt;
}

std::optional<DocumentText> DocumentCutter::Next() {
  if (text_.empty()) return std::nullopt;
  const uint32_t first_line = line_;
  size_t at = 0;
  while (at < text_.size()) {
    const size_t end = std::min(text_.find('\n', at), text_.size());
    const std::string_view line = text_.substr(at, end - at);
    if (at > 0 && IsDocumentStart(line)) break;
    at = std::min(end + 1, text_.size());
    ++line_;
    if (IsDocumentEnd(line)) break;
  }
  const DocumentText document{text_.substr(0, at), first_line};
  text_.remove_prefix(at);
  return document;
}

std::optional<TextFault> FindExcess(const DocumentText& document, OutlineLimits& limits) {
  Walker walker(document, limits);
  auto fault = walker.Run();
  limits.tokens -= std::min(walker.tokens(), limits.tokens);
  return fault;
}

}  // namespace waypost::config
