#include "dnsd/config/emit.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dnsd/base/ip.h"
#include "dnsd/config/scalar.h"

namespace waypost::config {
namespace {

// A list item or a list of words that fits into such a line is written on one.
constexpr size_t kLineWidth = 96;

/// The escapes that JSON and YAML double-quoted text share.
std::string DoubleQuoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (static_cast<uint8_t>(c) < 0x20 || c == 0x7F) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool IsReservedWord(const std::string& text) {
  static constexpr std::array<std::string_view, 9> kWords = {"true", "false", "yes", "no", "on",
                                                             "off",  "null",  "y",   "n"};
  return std::find(kWords.begin(), kWords.end(), ToLower(text)) != kWords.end();
}

/// Could be a number, a date or a time in some version of YAML.
bool LooksNumeric(const std::string& text) {
  return text.find_first_not_of("0123456789+-_.xoeEabcdfABCDF") == std::string::npos &&
         text.find_first_of("0123456789") == 0 && !IpAddress::Parse(text);
}

bool IsPlainText(const std::string& text) {
  const auto is_safe = [](char c) {
    return IsAlphanumeric(c) || std::string_view("._/- ").find(c) != std::string_view::npos;
  };
  if (text.empty() || !(IsAlphanumeric(text[0]) || text[0] == '/' || text[0] == '_')) return false;
  return text.back() != ' ' && std::all_of(text.begin(), text.end(), is_safe) &&
         !IsReservedWord(text) && !LooksNumeric(text);
}

std::string YamlWord(const std::string& text) {
  return IsPlainText(text) ? text : DoubleQuoted(text);
}

std::string YamlScalar(const Tree& tree) {
  return tree.style == Tree::Style::kString ? YamlWord(tree.text) : tree.text;
}

/// Text of several lines that a literal block gives back exactly as it is (YAML 1.2 section 8.1.2).
bool FitsBlock(const Tree& tree) {
  const std::string& text = tree.text;
  if (tree.kind != Tree::Kind::kScalar || tree.style != Tree::Style::kString) return false;
  const auto is_odd = [](char c) {
    return (static_cast<uint8_t>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7F;
  };
  return text.size() > 1 && text.back() == '\n' && text[text.size() - 2] != '\n' &&
         std::string_view(" \t\n").find(text[0]) == std::string_view::npos &&
         std::none_of(text.begin(), text.end(), is_odd);
}

bool IsScalar(const Tree& tree) {
  return tree.kind == Tree::Kind::kScalar || tree.kind == Tree::Kind::kNull;
}

bool IsEmpty(const Tree& tree) { return tree.items.empty() && tree.members.empty(); }

/// `{address: 192.0.2.1, weight: 100}`, `[a, b]`: a leaf on one line, or empty when it is none.
std::string OneLine(const Tree& tree) {
  std::string line;
  for (const Tree& item : tree.items) {
    if (!IsScalar(item)) return "";
    line += (line.empty() ? "" : ", ") + YamlScalar(item);
  }
  for (const Tree::Member& member : tree.members) {
    const bool is_word = IsScalar(member.value);
    if (!is_word && !IsEmpty(member.value)) return "";
    line += (line.empty() ? "" : ", ") + YamlWord(member.key) + ": " +
            (is_word ? YamlScalar(member.value) : OneLine(member.value));
  }
  if (line.size() > kLineWidth) return "";
  return tree.kind == Tree::Kind::kList ? "[" + line + "]" : "{" + line + "}";
}

class YamlWriter {
 public:
  std::string Write(const Tree& tree) {
    if (IsScalar(tree)) {
      out_ = YamlScalar(tree) + "\n";
    } else if (IsEmpty(tree)) {
      out_ = OneLine(tree) + "\n";
    } else {
      Block(tree, 0);
    }
    return std::move(out_);
  }

 private:
  void Block(const Tree& tree, size_t indentation) {
    for (const Tree::Member& member : tree.members) {
      StartLine(indentation);
      out_ += YamlWord(member.key) + ":";
      Value(member.value, indentation);
    }
    for (const Tree& item : tree.items) {
      StartLine(indentation);
      out_ += "-";
      Item(item, indentation);
    }
  }

  /// The first member of a map stands behind the mark of its list item.
  void StartLine(size_t indentation) {
    if (!is_behind_mark_) out_.append(indentation, ' ');
    is_behind_mark_ = false;
  }

  void Value(const Tree& value, size_t indentation) {
    if (FitsBlock(value)) return Literal(value.text, indentation + 2);
    if (IsScalar(value)) return EndLine(YamlScalar(value));
    const bool is_short = IsEmpty(value) || value.kind == Tree::Kind::kList;
    const std::string line = is_short ? OneLine(value) : "";
    if (!line.empty()) return EndLine(line);
    out_ += '\n';
    Block(value, indentation + 2);
  }

  void Item(const Tree& item, size_t indentation) {
    const std::string line = IsScalar(item) ? YamlScalar(item) : OneLine(item);
    if (FitsBlock(item)) return Literal(item.text, indentation + 2);
    if (!line.empty()) return EndLine(line);
    out_ += ' ';
    is_behind_mark_ = true;
    Block(item, indentation + 2);
  }

  void EndLine(const std::string& text) { out_ += " " + text + "\n"; }

  void Literal(const std::string& text, size_t indentation) {
    out_ += " |\n";
    for (size_t at = 0; at < text.size();) {
      const size_t end = text.find('\n', at);
      if (end > at) out_.append(indentation, ' ');
      out_ += text.substr(at, end + 1 - at);
      at = end + 1;
    }
  }

  std::string out_;
  bool is_behind_mark_ = false;
};

class JsonWriter {
 public:
  std::string Write(const Tree& tree) {
    Value(tree, 0);
    return out_ + "\n";
  }

 private:
  void Value(const Tree& tree, size_t indentation) {
    switch (tree.kind) {
      case Tree::Kind::kNull:
        out_ += "null";
        return;
      case Tree::Kind::kScalar:
        out_ += tree.style == Tree::Style::kLiteral ? tree.text : DoubleQuoted(tree.text);
        return;
      case Tree::Kind::kList:
        return List(tree, indentation);
      case Tree::Kind::kMap:
        return Map(tree, indentation);
    }
  }

  void List(const Tree& tree, size_t indentation) {
    out_ += '[';
    for (size_t i = 0; i < tree.items.size(); ++i) {
      NewLine(i == 0, indentation + 2);
      Value(tree.items[i], indentation + 2);
    }
    Close(']', IsEmpty(tree), indentation);
  }

  void Map(const Tree& tree, size_t indentation) {
    out_ += '{';
    for (size_t i = 0; i < tree.members.size(); ++i) {
      NewLine(i == 0, indentation + 2);
      out_ += DoubleQuoted(tree.members[i].key) + ": ";
      Value(tree.members[i].value, indentation + 2);
    }
    Close('}', IsEmpty(tree), indentation);
  }

  void NewLine(bool is_first, size_t indentation) {
    out_ += (is_first ? "\n" : ",\n") + std::string(indentation, ' ');
  }
  void Close(char bracket, bool is_empty, size_t indentation) {
    if (!is_empty) out_ += "\n" + std::string(indentation, ' ');
    out_ += bracket;
  }

  std::string out_;
};

}  // namespace

std::string EmitYaml(const Tree& tree) { return YamlWriter().Write(tree); }
std::string EmitJson(const Tree& tree) { return JsonWriter().Write(tree); }

}  // namespace waypost::config
