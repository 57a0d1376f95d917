#include "tests/peers/difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace waypost::peers {
namespace {

using test::Message;
using test::MessageRecord;
using Lines = std::multiset<std::string>;

constexpr uint16_t kCname = 5;
constexpr uint16_t kDname = 39;
constexpr uint16_t kNs = 2;
constexpr uint16_t kAny = 255;

/// Names have no case, in RDATA either as far as it may be compressed (RFC 3597 section 4).
std::string Lowered(std::string text) {
  for (char& c : text) c = static_cast<char>(wire::Lower(static_cast<uint8_t>(c)));
  return text;
}

std::string NameText(const std::string& wire) {
  const auto name = wire::Name::FromWire(wire);
  return name ? Lowered(name->ToString()) : "?";
}

bool HasOnlyNames(uint16_t type) {
  return type == kNs || type == kCname || type == 12 || type == 15 || type == 33 ||
         type == kDname || type == 6;
}

std::string Line(const MessageRecord& record, bool with_ttl) {
  std::string line = Lowered(record.owner) + " " + std::to_string(record.type) + " ";
  if (with_ttl) line += std::to_string(record.ttl) + " ";
  return line + (HasOnlyNames(record.type) ? Lowered(record.rdata) : record.rdata);
}

Lines LinesOf(const std::vector<MessageRecord>& records, bool with_ttl) {
  Lines lines;
  for (const MessageRecord& record : records) lines.insert(Line(record, with_ttl));
  return lines;
}

void CompareSections(const std::string& name, const std::vector<MessageRecord>& ours,
                     const std::vector<MessageRecord>& theirs, Marks& marks) {
  const Lines a = LinesOf(ours, true);
  const Lines b = LinesOf(theirs, true);
  if (a == b) return;
  if (LinesOf(ours, false) == LinesOf(theirs, false)) {
    marks.insert(name + " ttl");
  } else if (std::includes(b.begin(), b.end(), a.begin(), a.end())) {
    marks.insert(name + "+");
  } else if (std::includes(a.begin(), a.end(), b.begin(), b.end())) {
    marks.insert(name + "-");
  } else {
    marks.insert(name + "~");
  }
}

/// The origin of the nearest zone, or nothing.
std::string ZoneOf(std::string name, const Zones& zones) {
  name = Lowered(name);
  for (;;) {
    if (zones.count(name) > 0) return name;
    const size_t dot = name.find('.');
    if (dot == std::string::npos) return "";
    name = name.substr(dot + 1);
  }
}

std::string AliasKind(const Message& ours, const Zones& zones) {
  std::set<std::string> owners;
  for (const auto& record : ours.answer) owners.insert(Lowered(record.owner));
  bool has_dname = false;
  for (const auto& record : ours.answer) {
    has_dname = has_dname || record.type == kDname;
    if (record.type != kCname) continue;
    const std::string target = NameText(record.rdata);
    const bool is_last = &record == &ours.answer.back();
    if (is_last && owners.count(target) > 0) return "loop";
    if (ZoneOf(target, zones) != ZoneOf(record.owner, zones)) return "across";
  }
  return has_dname ? "dname" : "chain";
}

std::string Trimmed(const std::string& text) {
  const size_t begin = text.find_first_not_of(' ');
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

std::vector<std::string> SplitAt(const std::string& text, char divider) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, divider);) parts.push_back(Trimmed(part));
  return parts;
}

}  // namespace

Marks Differences(const Message& ours, const Message& theirs) {
  Marks marks;
  if (ours.rcode() != theirs.rcode()) marks.insert("rcode=" + std::to_string(theirs.rcode()));
  const unsigned flags = ours.flags ^ theirs.flags;
  constexpr std::pair<unsigned, const char*> kFlags[] = {
      {0x0400, "aa"}, {0x0200, "tc"}, {0x0100, "rd"}, {0x0080, "ra"},
      {0x0040, "z"},  {0x0020, "ad"}, {0x0010, "cd"}};
  for (const auto& [bit, name] : kFlags) {
    if ((flags & bit) != 0) marks.insert(name);
  }
  if (ours.has_question != theirs.has_question || ours.qname != theirs.qname ||
      ours.qtype != theirs.qtype || ours.qclass != theirs.qclass) {
    marks.insert("question");
  }
  CompareSections("answer", ours.answer, theirs.answer, marks);
  CompareSections("authority", ours.authority, theirs.authority, marks);
  CompareSections("additional", ours.additional, theirs.additional, marks);
  if (ours.opt.has_value() != theirs.opt.has_value()) marks.insert("opt");
  return marks;
}

std::string KindOf(const Question& question, const Message& ours, const Zones& zones) {
  if (question.type == kAny) return "any";
  if (ours.rcode() == 5) return "refused";
  if (ours.answer.empty()) {
    const bool has_servers = !ours.authority.empty() && ours.authority[0].type == kNs;
    return has_servers ? "referral" : "negative";
  }
  const bool has_alias = std::any_of(ours.answer.begin(), ours.answer.end(),
                                     [](const auto& r) { return r.type == kCname; });
  return has_alias && question.type != kCname ? AliasKind(ours, zones) : "direct";
}

bool Explained::Covers(const std::string& of_peer, const std::string& of_kind,
                       const Marks& found) const {
  return peer == of_peer && kind == of_kind &&
         std::includes(marks.begin(), marks.end(), found.begin(), found.end());
}

std::vector<Explained> ReadTable(const std::string& path) {
  std::vector<Explained> table;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    const auto columns = SplitAt(line, '|');
    if (columns.size() != 5 || columns[3].empty() || columns[4].empty()) {
      fmt::print(stderr, "not five columns: {}\n", line);
      std::abort();
    }
    const auto marks = SplitAt(columns[2], ',');
    table.push_back({columns[0], columns[1], Marks(marks.begin(), marks.end()), columns[3]});
  }
  return table;
}

std::string Show(const Message& message) {
  std::string text = fmt::format("  rcode {} flags {:04x}\n", message.rcode(), message.flags);
  for (const auto* section : {&message.answer, &message.authority, &message.additional}) {
    for (const MessageRecord& record : *section) {
      text += "    " + Line(record, true) + "\n";
    }
    text += "    --\n";
  }
  return text;
}

}  // namespace waypost::peers
