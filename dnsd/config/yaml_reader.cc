#include "dnsd/config/yaml_reader.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <stdexcept>

#include "dnsd/base/utf8.h"
#include "dnsd/config/json_escapes.h"
#include "dnsd/config/outline.h"

namespace waypost::config {
namespace {

/// Leaves the parser; never leaves this file.
struct Refusal : std::runtime_error {
  Refusal(uint32_t at_line, const std::string& fact) : std::runtime_error(fact), line(at_line) {}
  uint32_t line;
};

size_t SizeOf(const Tree& tree) {
  size_t size = 1 + tree.text.size();
  for (const Tree& item : tree.items) size += SizeOf(item);
  for (const Tree::Member& member : tree.members) {
    size += 1 + member.key.size() + SizeOf(member.value);
  }
  return size;
}

/// Builds the tree of one document from the parser's events.
class TreeBuilder final : public YAML::EventHandler {
 public:
  /// `copies`: how much anchors, and then aliases, may copy, in octets and values.
  TreeBuilder(uint32_t first_line, size_t copies)
      : first_line_(first_line), anchor_budget_(copies), alias_budget_(copies) {}

  Tree TakeRoot() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    RefuseAsKey(mark, "nothing");
    // The parser finds out that there is nothing only at the next token.
    const bool has_key = !open_.empty() && open_.back().has_key;
    Add(Tree{.line = has_key ? open_.back().tree.members.back().line : Line(mark)}, anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    RefuseAsKey(mark, "an alias");
    const auto known = anchors_.find(anchor);
    if (known == anchors_.end()) throw Refusal(Line(mark), "alias stands inside what it names");
    Charge(alias_budget_, known->second, Line(mark), "aliases expand");
    if (open_.size() + DepthOf(known->second) > kMaxNesting) RefuseNesting(mark);
    Add(Tree(known->second), YAML::NullAnchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    RefuseTag(mark, tag);
    RefuseOddEscapes(mark, value);
    if (WantsKey()) return AddKey(mark, value, tag == kPlainTag);
    Tree scalar = Tree::Scalar(value, tag == kPlainTag ? Tree::Style::kWord : Tree::Style::kString);
    scalar.line = Line(mark);
    Add(std::move(scalar), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(Tree::List(), mark, tag, anchor);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(Tree::Map(), mark, tag, anchor);
  }
  void OnMapEnd() override { Close(); }

 private:
  struct Frame {
    Tree tree;
    YAML::anchor_t anchor;
    bool has_key = false;
  };
  // yaml-cpp's words for scalars without a tag.
  static constexpr const char* kPlainTag = "?";
  static constexpr const char* kQuotedTag = "!";

  uint32_t Line(const YAML::Mark& mark) const {
    return first_line_ + static_cast<uint32_t>(std::max(mark.line, 0));
  }
  bool WantsKey() const {
    return !open_.empty() && open_.back().tree.kind == Tree::Kind::kMap && !open_.back().has_key;
  }
  void RefuseAsKey(const YAML::Mark& mark, const char* what) const {
    if (WantsKey()) throw Refusal(Line(mark), std::string(what) + " cannot be a key");
  }
  [[noreturn]] void RefuseNesting(const YAML::Mark& mark) const {
    throw Refusal(Line(mark), "is nested deeper than " + std::to_string(kMaxNesting));
  }
  void RefuseTag(const YAML::Mark& mark, const std::string& tag) const {
    if (tag.empty() || tag == kPlainTag || tag == kQuotedTag) return;
    throw Refusal(Line(mark), "tag " + tag + " is not supported; leave it out");
  }
  /// For these two, yaml-cpp gives one octet that is no UTF-8.
  void RefuseOddEscapes(const YAML::Mark& mark, const std::string& value) const {
    if (IsUtf8(value)) return;
    throw Refusal(Line(mark),
                  "the escapes \\N and \\_ are not supported; write \\u0085 and \\u00a0");
  }
  static void Charge(size_t& budget, const Tree& copied, uint32_t line, const std::string& what) {
    const size_t size = SizeOf(copied);
    if (size > budget) throw Refusal(line, what + " to more than the size of the text");
    budget -= size;
  }
  static size_t DepthOf(const Tree& tree) {
    size_t depth = 0;
    for (const Tree& item : tree.items) depth = std::max(depth, DepthOf(item));
    for (const Tree::Member& member : tree.members) {
      depth = std::max(depth, DepthOf(member.value));
    }
    const bool is_leaf = tree.kind == Tree::Kind::kScalar || tree.kind == Tree::Kind::kNull;
    return is_leaf ? 0 : depth + 1;
  }

  void AddKey(const YAML::Mark& mark, const std::string& key, bool is_plain) {
    if (is_plain && key == "<<") throw Refusal(Line(mark), "merge keys (<<) are not supported");
    open_.back().tree.members.push_back({key, Line(mark), Tree()});
    open_.back().has_key = true;
  }
  void Open(Tree tree, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    RefuseTag(mark, tag);
    RefuseAsKey(mark, "a list or map");
    if (open_.size() == kMaxNesting) RefuseNesting(mark);
    tree.line = Line(mark);
    open_.push_back({std::move(tree), anchor});
  }
  void Close() {
    Frame frame = std::move(open_.back());
    open_.pop_back();
    Add(std::move(frame.tree), frame.anchor);
  }
  void Add(Tree tree, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) {
      Charge(anchor_budget_, tree, tree.line, "anchors add up");
      anchors_[anchor] = tree;
    }
    if (open_.empty()) {
      root_ = std::move(tree);
    } else if (open_.back().tree.kind == Tree::Kind::kList) {
      open_.back().tree.items.push_back(std::move(tree));
    } else {
      open_.back().tree.members.back().value = std::move(tree);
      open_.back().has_key = false;
    }
  }

  uint32_t first_line_;
  size_t anchor_budget_;
  size_t alias_budget_;
  Tree root_;
  std::vector<Frame> open_;
  std::map<YAML::anchor_t, Tree> anchors_;
};

/// One document at most: asked for another, the parser may find empty ones for ever at a stray
/// mark.
void ReadDocument(const DocumentText& document, YamlText& out) {
  std::istringstream input{std::string(document.text)};
  YAML::Parser parser(input);
  TreeBuilder builder(document.first_line, document.text.size());
  if (!parser.HandleNextDocument(builder)) return;
  if (parser) throw Refusal(document.first_line, "document is followed by what belongs to none");
  Tree root = builder.TakeRoot();
  if (root.kind != Tree::Kind::kNull) out.documents.push_back(std::move(root));
}

/// yaml-cpp counts lines from 0 and says -1 when it knows none.
uint32_t LineOf(const DocumentText& document, int line) {
  return document.first_line + static_cast<uint32_t>(std::max(line, 0));
}

/// The parser stumbles over plain text such as `{path: /a?b}`, which people take for granted.
std::string FactOf(const YAML::Exception& error) {
  const bool is_token = error.msg == YAML::ErrorMsg::UNKNOWN_TOKEN;
  return "not YAML: " + error.msg + (is_token ? "; text with ? : [ ] { } or # needs quotes" : "");
}

void ReadGuarded(const DocumentText& document, const std::string& file, YamlText& out) {
  const auto report = [&](uint32_t line, std::string fact) {
    out.problems.push_back({.file = file, .line = line, .fact = std::move(fact)});
  };
  try {
    ReadDocument(document, out);
  } catch (const Refusal& refusal) {
    report(refusal.line, refusal.what());
  } catch (const YAML::Exception& error) {
    report(LineOf(document, error.mark.line), FactOf(error));
  } catch (const std::exception& error) {
    report(document.first_line, std::string("cannot be read as YAML: ") + error.what());
  }
}

void ReadDocuments(std::string_view text, const std::string& file, YamlText& out) {
  OutlineLimits limits{.nesting = kMaxNesting};
  DocumentCutter cutter(text);
  while (const auto document = cutter.Next()) {
    if (out.problems.size() == kMaxProblems) {
      out.problems.push_back({.file = file, .fact = kTooManyProblems});
      return;
    }
    if (const auto excess = FindExcess(*document, limits)) {
      out.problems.push_back({.file = file, .line = excess->line, .fact = excess->fact});
    } else {
      ReadGuarded(*document, file, out);
    }
  }
}

}  // namespace

YamlText ReadYaml(std::string_view text, const std::string& file) {
  YamlText out;
  if (const auto fault = FindBadCharacter(text)) {
    out.problems.push_back({.file = file, .line = fault->line, .fact = fault->fact});
  } else if (LooksLikeJson(text)) {
    ReadDocuments(JoinSurrogates(text), file, out);
  } else {
    ReadDocuments(text, file, out);
  }
  return out;
}

}  // namespace waypost::config
