#include "ctl/render/line_diff.h"

#include <algorithm>
#include <cstdint>
#include <span>

namespace waypost::render {
namespace {

using Kind = DiffLine::Kind;
using Lines = std::span<const std::string_view>;

// Product of the lengths that are compared cell by cell: 4 million cells of 4 bytes and some 10 ms.
constexpr size_t kMaxCells = 4'000'000;

std::vector<std::string_view> SplitLines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

void Append(std::vector<DiffLine>& to, Kind kind, Lines lines) {
  for (const std::string_view line : lines) to.push_back({kind, std::string(line)});
}

size_t CommonPrefix(Lines a, Lines b) {
  size_t n = 0;
  while (n < std::min(a.size(), b.size()) && a[n] == b[n]) ++n;
  return n;
}

size_t CommonSuffix(Lines a, Lines b) {
  size_t n = 0;
  while (n < std::min(a.size(), b.size()) && a[a.size() - 1 - n] == b[b.size() - 1 - n]) ++n;
  return n;
}

/// Lengths of the longest common subsequences of all pairs of tails.
class TailLengths {
 public:
  TailLengths(Lines a, Lines b) : width_(b.size() + 1), cells_((a.size() + 1) * width_) {
    for (size_t i = a.size(); i-- > 0;) {
      for (size_t j = b.size(); j-- > 0;) {
        cells_[i * width_ + j] =
            a[i] == b[j] ? At(i + 1, j + 1) + 1 : std::max(At(i + 1, j), At(i, j + 1));
      }
    }
  }
  uint32_t At(size_t i, size_t j) const { return cells_[i * width_ + j]; }

 private:
  size_t width_;
  std::vector<uint32_t> cells_;
};

void AppendMiddle(std::vector<DiffLine>& to, Lines a, Lines b) {
  if (a.size() * b.size() > kMaxCells) {
    Append(to, Kind::kDropped, a);
    Append(to, Kind::kAdded, b);
    return;
  }
  const TailLengths lengths(a, b);
  size_t i = 0;
  size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (a[i] == b[j]) {
      Append(to, Kind::kKept, a.subspan(i++, 1));
      ++j;
    } else if (lengths.At(i + 1, j) >= lengths.At(i, j + 1)) {
      Append(to, Kind::kDropped, a.subspan(i++, 1));
    } else {
      Append(to, Kind::kAdded, b.subspan(j++, 1));
    }
  }
  Append(to, Kind::kDropped, a.subspan(i));
  Append(to, Kind::kAdded, b.subspan(j));
}

std::vector<bool> NearChanges(const std::vector<DiffLine>& lines, size_t context) {
  std::vector<bool> near(lines.size());
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].kind == Kind::kKept) continue;
    const size_t end = std::min(lines.size(), i + context + 1);
    std::fill(near.begin() + static_cast<ptrdiff_t>(i - std::min(i, context)),
              near.begin() + static_cast<ptrdiff_t>(end), true);
  }
  return near;
}

std::vector<DiffLine> Shortened(std::vector<DiffLine> lines, size_t context) {
  const std::vector<bool> near = NearChanges(lines, context);
  std::vector<DiffLine> shortened;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (near[i]) {
      shortened.push_back(std::move(lines[i]));
    } else if (shortened.empty() || shortened.back().kind != Kind::kSkipped) {
      shortened.push_back({Kind::kSkipped, ""});
    }
  }
  return shortened;
}

}  // namespace

std::vector<DiffLine> DiffLines(std::string_view before, std::string_view after, size_t context) {
  const std::vector<std::string_view> a_lines = SplitLines(before);
  const std::vector<std::string_view> b_lines = SplitLines(after);
  Lines a(a_lines);
  Lines b(b_lines);
  std::vector<DiffLine> lines;
  const size_t prefix = CommonPrefix(a, b);
  Append(lines, Kind::kKept, a.first(prefix));
  a = a.subspan(prefix);
  b = b.subspan(prefix);
  const size_t suffix = CommonSuffix(a, b);
  AppendMiddle(lines, a.first(a.size() - suffix), b.first(b.size() - suffix));
  Append(lines, Kind::kKept, a.last(suffix));
  return Shortened(std::move(lines), context);
}

}  // namespace waypost::render
