#include "ctl/render/table.h"

#include <algorithm>

namespace waypost::render {
namespace {

std::string Padded(const Cell& cell, Align align, size_t width, bool is_last, const Style& style) {
  const std::string blanks(width - std::min(width, ColumnsOf(cell.text)), ' ');
  const std::string text = style.Paint(cell.tone, cell.text);
  if (align == Align::kRight) return blanks + text;
  return is_last ? text : text + blanks;
}

void TrimRight(std::string& text) { text.erase(text.find_last_not_of(' ') + 1); }

}  // namespace

void Table::Add(std::vector<Cell> row) {
  for (size_t i = 0; i < row.size(); ++i) {
    row[i].text = Clean(row[i].text);
    if (row[i].text.empty() && i + 1 < row.size()) row[i].text = "-";
  }
  rows_.push_back(std::move(row));
}

std::vector<size_t> Table::Widths() const {
  std::vector<size_t> widths;
  for (size_t i = 0; i < columns_.size(); ++i) {
    size_t width = ColumnsOf(columns_[i].header);
    for (const auto& row : rows_) width = std::max(width, ColumnsOf(row[i].text));
    widths.push_back(width);
  }
  return widths;
}

std::string Table::ToString(const Style& style, size_t indent) const {
  const std::vector<size_t> widths = Widths();
  std::vector<Cell> header;
  for (const Column& column : columns_) header.emplace_back(column.header, Tone::kStrong);
  std::string text;
  const auto write = [&](const std::vector<Cell>& row) {
    std::string line(indent, ' ');
    for (size_t i = 0; i < row.size(); ++i) {
      const bool is_last = i + 1 == row.size();
      line += (i == 0 ? "" : "  ") + Padded(row[i], columns_[i].align, widths[i], is_last, style);
    }
    TrimRight(line);
    text += line + "\n";
  };
  write(header);
  for (const auto& row : rows_) write(row);
  return text;
}

}  // namespace waypost::render
