#include "ctl/commands/kinds.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "ctl/render/words.h"
#include "dnsd/config/scalar.h"

namespace waypost::ctl {
namespace {

tl::unexpected<Trouble> Misused(std::string message) {
  return tl::unexpected(Trouble{ExitCode::kUsage, std::move(message), {}});
}

std::string PluralOf(const std::string& kind) { return kind == "policy" ? "policies" : kind + "s"; }

std::optional<std::string> FindKind(const std::string& word) {
  const std::string lower = config::ToLower(word);
  for (const std::string& kind : Kinds()) {
    if (lower == kind || lower == PluralOf(kind)) return kind;
  }
  return std::nullopt;
}

/// What comes after the kind: an endpoint needs its pool.
bool IsWholeName(const std::string& kind, const std::string& name) {
  const size_t slash = name.find('/');
  if (name.empty()) return false;
  if (kind != "endpoint") return true;
  return slash != std::string::npos && slash > 0 && slash + 1 < name.size();
}

/// "web/192.0.2.1" is an endpoint, also without the word.
std::string WithKind(const std::string& text) {
  const size_t slash = text.find('/');
  const bool is_bare = slash != std::string::npos && slash > 0 &&
                       text.find('/', slash + 1) == std::string::npos &&
                       text.find_first_of(".:", slash) != std::string::npos &&
                       text.substr(0, slash) != "endpoint" && !FindKind(text.substr(0, slash));
  return is_bare ? "endpoint/" + text : text;
}

}  // namespace

const std::vector<std::string>& Kinds() {
  static const std::vector<std::string> kinds = {
      "region", "monitor", "pool", "network",      "policy",     "record", "zone",   "override",
      "key",    "rrset",   "view", "registration", "automation", "signal", "webhook"};
  return kinds;
}

Answer<std::string> ParseKind(const std::string& word) {
  if (const auto kind = FindKind(word)) return *kind;
  return Misused(fmt::format("\"{}\" is not a kind; the kinds are {}{}", word,
                             render::Join(Kinds()), config::DidYouMean(word, Kinds())));
}

Answer<std::string> ParseId(const std::string& word) {
  const size_t slash = word.find('/');
  if (slash == std::string::npos || slash + 1 == word.size()) {
    return Misused(fmt::format("\"{}\" is not KIND/NAME, such as pool/web", word));
  }
  const Answer<std::string> kind = ParseKind(word.substr(0, slash));
  if (!kind) return kind;
  return *kind + word.substr(slash);
}

Answer<std::string> ParseTarget(const std::vector<std::string>& words,
                                const std::vector<std::string>& kinds) {
  const std::string text = WithKind(render::Join(words, "/"));
  const size_t slash = std::min(text.find('/'), text.size());
  const std::string kind = config::ToLower(text.substr(0, slash));
  const std::string name = slash < text.size() ? text.substr(slash + 1) : "";
  if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) {
    return Misused(fmt::format("\"{}\" is not a target; write one of {}, and its name", text,
                               render::Join(kinds)));
  }
  if (!IsWholeName(kind, name)) {
    return Misused(fmt::format("\"{}\" lacks the name; write {}", text,
                               kind == "endpoint" ? "endpoint/POOL/ADDRESS" : kind + "/NAME"));
  }
  return kind + "/" + name;
}

}  // namespace waypost::ctl
