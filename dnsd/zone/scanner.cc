#include "dnsd/zone/scanner.h"

#include <algorithm>
#include <array>

#include "dnsd/zone/master_file.h"

namespace waypost::zone {
namespace {

enum class Kind : uint8_t { kWord, kBlank, kNewline, kComment, kOpen, kClose };

constexpr std::array<Kind, 256> MakeKinds() {
  std::array<Kind, 256> kinds{};
  for (const char c : {' ', '\t', '\r', '\f', '\v'}) kinds[static_cast<uint8_t>(c)] = Kind::kBlank;
  kinds['\n'] = Kind::kNewline;
  kinds[';'] = Kind::kComment;
  kinds['('] = Kind::kOpen;
  kinds[')'] = Kind::kClose;
  return kinds;
}

constexpr std::array<Kind, 256> kKinds = MakeKinds();

Kind KindOf(char c) { return kKinds[static_cast<uint8_t>(c)]; }

constexpr const char* kTooLong = "an entry is longer than 300,000 octets";
static_assert(kMaxEntryOctets == 300000);

}  // namespace

bool Scanner::Next(Entry& entry) {
  while (at_ < text_.size()) {
    const size_t begin = at_;
    entry.line = line_;
    entry.starts_blank = KindOf(text_[at_]) == Kind::kBlank;
    entry.words.clear();
    entry.error = ReadWords(entry);
    if (entry.error != nullptr) {
      at_ = begin;
      line_ = entry.line;
      SkipLine();
      return true;
    }
    if (!entry.words.empty()) return true;
  }
  return false;
}

const char* Scanner::ReadWords(Entry& entry) {
  const size_t begin = at_;
  int depth = 0;
  while (at_ < text_.size()) {
    if (at_ - begin > kMaxEntryOctets) return kTooLong;
    switch (KindOf(text_[at_])) {
      case Kind::kBlank:
        ++at_;
        break;
      case Kind::kComment:
        at_ = std::min(text_.find('\n', at_), text_.size());
        break;
      case Kind::kOpen:
        ++depth;
        ++at_;
        break;
      case Kind::kClose:
        if (--depth < 0) return "a parenthesis is closed that was not opened";
        ++at_;
        break;
      case Kind::kNewline:
        ++at_;
        ++line_;
        if (depth == 0) return nullptr;
        break;
      case Kind::kWord: {
        const size_t word = at_;
        if (const char* error = SkipWord()) return error;
        entry.words.push_back(text_.substr(word, at_ - word));
        break;
      }
    }
  }
  return depth == 0 ? nullptr : "a parenthesis is not closed";
}

const char* Scanner::SkipWord() {
  const size_t begin = at_;
  bool quoted = false;
  for (; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == '\n' || (!quoted && KindOf(c) != Kind::kWord)) break;
    if (c == '"') quoted = !quoted;
    if (c == '\\' && (++at_ == text_.size() || text_[at_] == '\n')) {
      return "a backslash escapes nothing";
    }
    if (at_ - begin > kMaxEntryOctets) return kTooLong;
  }
  return quoted ? "a quote is not closed in its line" : nullptr;
}

void Scanner::SkipLine() {
  at_ = std::min(text_.find('\n', at_), text_.size());
  if (at_ < text_.size()) {
    ++at_;
    ++line_;
  }
}

}  // namespace waypost::zone
