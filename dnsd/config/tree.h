// A document as text gives it, before it has a meaning: scalars, lists and maps with their lines.
// What the YAML reader hands to the field reader, and what messages become on their way to text.
//
// Thread safety: a value. A tree from ReadYaml is at most kMaxNesting deep.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace waypost::config {

struct Tree {
  enum class Kind : uint8_t { kNull, kScalar, kList, kMap };
  /// What kind of scalar: free text; a word of the schema (an enum value, a duration, a time);
  /// a number or truth value. Read from text, plain scalars are words and quoted ones strings.
  enum class Style : uint8_t { kString, kWord, kLiteral };
  struct Member;

  Kind kind = Kind::kNull;
  Style style = Style::kWord;
  uint32_t line = 0;  // 1 is the first; 0: not from text
  std::string text;
  std::vector<Tree> items;
  std::vector<Member> members;  // as written; the same key may come twice

  static Tree Scalar(std::string text, Style style);
  static Tree List();
  static Tree Map();
};

struct Tree::Member {
  std::string key;
  uint32_t line = 0;
  Tree value;
};

inline Tree Tree::Scalar(std::string text, Style style) {
  Tree tree;
  tree.kind = Kind::kScalar;
  tree.style = style;
  tree.text = std::move(text);
  return tree;
}

inline Tree Tree::List() {
  Tree tree;
  tree.kind = Kind::kList;
  return tree;
}

inline Tree Tree::Map() {
  Tree tree;
  tree.kind = Kind::kMap;
  return tree;
}

}  // namespace waypost::config
