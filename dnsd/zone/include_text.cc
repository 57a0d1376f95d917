#include "dnsd/zone/include_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dnsd/zone/escape.h"
#include "dnsd/zone/file_text.h"
#include "dnsd/zone/master_file.h"
#include "dnsd/zone/record_head.h"
#include "dnsd/zone/scanner.h"

namespace waypost::zone {
namespace {

constexpr std::string_view kInclude = "$INCLUDE";

bool MayInclude(std::string_view text) {
  for (size_t at = text.find('$'); at != text.npos; at = text.find('$', at + 1)) {
    if (EqualsIgnoringCase(text.substr(at, kInclude.size()), kInclude)) return true;
  }
  return false;
}

class Embedder {
 public:
  Embedder(const std::string& dir, WholeText& out) : dir_(dir), out_(out) {}

  void Embed(std::string_view text, const std::string& file, int depth) {
    if (!MayInclude(text) || text.find('\0') != text.npos) return Add(text);
    Scanner scanner(text);
    Entry entry;
    size_t done = 0;
    while (scanner.Next(entry)) {
      if (entry.error != nullptr || entry.starts_blank) continue;
      if (!EqualsIgnoringCase(entry.words[0], kInclude)) continue;
      const auto begin = static_cast<size_t>(entry.words[0].data() - text.data());
      const std::string_view& last = entry.words.back();
      const auto end = static_cast<size_t>(last.data() + last.size() - text.data());
      Add(text.substr(done, begin - done));
      if (Status included = Include(entry.words, depth); !included) {
        out_.problems.push_back(
            {file, entry.line, std::string(kInclude), "", included.error().message, false});
      }
      done = end;
    }
    Add(text.substr(done));
  }

 private:
  void Add(std::string_view text) { out_.text += text; }

  Status Include(const std::vector<std::string_view>& words, int depth) {
    if (words.size() < 2 || words.size() > 3) {
      return Fail(ErrorCode::kInvalid, "wants a file and perhaps an origin");
    }
    if (out_.files.size() == kMaxIncludes) {
      return Fail(ErrorCode::kInvalid, fmt::format("is used over {} times", kMaxIncludes));
    }
    if (depth == kMaxIncludeDepth) {
      return Fail(ErrorCode::kInvalid, fmt::format("nests deeper than {} files", kMaxIncludeDepth));
    }
    const auto name = Unquote(words[1]);
    if (!name) return tl::unexpected(name.error());
    const auto path = ResolveBelow(dir_, *name);
    if (!path) return tl::unexpected(path.error());
    const auto text = LoadText(*path, kMaxTextOctets - std::min(kMaxTextOctets, out_.text.size()));
    if (!text) return tl::unexpected(text.error());
    out_.files.push_back(*path);
    Add("$BEGIN_INCLUDE " + Quoted(*path));
    if (words.size() == 3) Add(" " + std::string(words[2]));
    Add("\n");
    Embed(*text, *path, depth + 1);
    Add(text->ends_with('\n') ? "$END_INCLUDE" : "\n$END_INCLUDE");
    return {};
  }

  /// As one word of a master file.
  static std::string Quoted(const std::string& path) {
    std::string quoted = "\"";
    for (const char c : path) {
      const auto octet = static_cast<unsigned char>(c);
      const bool is_plain = octet >= 0x20 && octet < 0x7F && c != '"' && c != '\\';
      quoted += is_plain ? std::string(1, c) : fmt::format("\\{:03}", octet);
    }
    return quoted + "\"";
  }

  const std::string& dir_;
  WholeText& out_;
};

}  // namespace

Result<std::string> Unquote(std::string_view word) {
  if (word.size() >= 2 && word.front() == '"' && word.back() == '"') {
    word = word.substr(1, word.size() - 2);
  }
  std::string text;
  for (size_t at = 0; at < word.size();) {
    const int octet = ReadEscapable(word, at);
    if (octet <= 0) {
      return Fail(ErrorCode::kInvalid, fmt::format("{} has a broken escape", word));
    }
    text += static_cast<char>(octet);
  }
  return text;
}

WholeText EmbedIncludes(std::string text, const std::string& file, const std::string& dir) {
  WholeText whole;
  if (!MayInclude(text)) {
    whole.text = std::move(text);
  } else {
    Embedder(dir, whole).Embed(text, file, 0);
  }
  whole.text = EscapeStrayOctets(std::move(whole.text));
  return whole;
}

}  // namespace waypost::zone
