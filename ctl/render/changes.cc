#include "ctl/render/changes.h"

#include <fmt/format.h>

#include <algorithm>

#include "ctl/render/line_diff.h"
#include "dnsd/base/problem.h"
#include "dnsd/config/render.h"

namespace waypost::render {
namespace {

constexpr size_t kContext = 2;
// A zone's text may have millions of lines; who wants them all asks for -o yaml.
constexpr size_t kMaxLinesPerChange = 200;

char SignOf(v1::Change::Action action) {
  if (action == v1::Change::ACTION_CREATE) return '+';
  return action == v1::Change::ACTION_DELETE ? '-' : '~';
}

Tone ToneOf(v1::Change::Action action) {
  if (action == v1::Change::ACTION_CREATE) return Tone::kGood;
  return action == v1::Change::ACTION_DELETE ? Tone::kBad : Tone::kWarning;
}

std::string RenderHeading(const v1::Change& change, const Style& style) {
  return style.Paint(ToneOf(change.action()),
                     fmt::format("{} {}", SignOf(change.action()), change.id())) +
         "\n";
}

std::string RenderLine(const DiffLine& line, const Style& style) {
  switch (line.kind) {
    case DiffLine::Kind::kDropped:
      return style.Paint(Tone::kBad, "  - " + line.text);
    case DiffLine::Kind::kAdded:
      return style.Paint(Tone::kGood, "  + " + line.text);
    case DiffLine::Kind::kSkipped:
      return style.Paint(Tone::kDim, "    ...");
    case DiffLine::Kind::kKept:
      break;
  }
  return style.Paint(Tone::kPlain, "    " + line.text);
}

std::string YamlOf(bool is_set, const v1::Resource& resource) {
  return is_set ? config::ToYaml(resource) : "";
}

std::string RenderFields(const v1::Change& change, const Style& style) {
  const std::vector<DiffLine> lines =
      DiffLines(YamlOf(change.has_before(), change.before()),
                YamlOf(change.has_after(), change.after()), kContext);
  std::string text;
  for (size_t i = 0; i < std::min(lines.size(), kMaxLinesPerChange); ++i) {
    text += RenderLine(lines[i], style) + "\n";
  }
  if (lines.size() > kMaxLinesPerChange) {
    text += style.Paint(Tone::kDim,
                        fmt::format("    ({} more lines)", lines.size() - kMaxLinesPerChange)) +
            "\n";
  }
  return text;
}

auto CountOf(const Changes& changes, v1::Change::Action action) {
  return std::count_if(changes.begin(), changes.end(),
                       [&](const v1::Change& change) { return change.action() == action; });
}

}  // namespace

std::string RenderChangeList(const Changes& changes, const Style& style) {
  std::string text;
  for (const v1::Change& change : changes) text += RenderHeading(change, style);
  return text;
}

std::string RenderChangesInFull(const Changes& changes, const Style& style) {
  std::string text;
  for (const v1::Change& change : changes) {
    text += RenderHeading(change, style) + RenderFields(change, style);
  }
  return text;
}

std::string CountChanges(const Changes& changes) {
  return fmt::format(
      "{} to create, {} to update, {} to delete", CountOf(changes, v1::Change::ACTION_CREATE),
      CountOf(changes, v1::Change::ACTION_UPDATE), CountOf(changes, v1::Change::ACTION_DELETE));
}

std::string SummarizeChanges(const Changes& changes, int limit) {
  std::string text;
  for (int i = 0; i < std::min(changes.size(), limit); ++i) {
    text += fmt::format("{}{}{}", i == 0 ? "" : " ", SignOf(changes[i].action()), changes[i].id());
  }
  if (changes.size() > limit) text += fmt::format(" and {} more", changes.size() - limit);
  return text;
}

std::string RenderProblem(const v1::Problem& problem) {
  const Problem plain{problem.file(),  problem.line(), problem.object(),
                      problem.field(), problem.fact(), problem.warning()};
  return Clean(plain.ToString());
}

}  // namespace waypost::render
