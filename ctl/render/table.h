// Rows in aligned columns, two spaces apart, no trailing blanks.
//
// Thread safety: a value.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ctl/render/style.h"

namespace waypost::render {

enum class Align { kLeft, kRight };

struct Column {
  std::string header;
  Align align = Align::kLeft;
};

struct Cell {
  Cell(std::string words, Tone meaning = Tone::kPlain)  // NOLINT: rows read as lists of texts
      : text(std::move(words)), tone(meaning) {}
  Cell(const char* words) : text(words) {}  // NOLINT
  std::string text;
  Tone tone = Tone::kPlain;
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  /// As many cells as there are columns. An empty cell shows as "-", except in the last column.
  void Add(std::vector<Cell> row);
  bool empty() const { return rows_.empty(); }
  /// The header line, then a line for each row; each starts with `indent` blanks.
  std::string ToString(const Style& style, size_t indent = 0) const;

 private:
  std::vector<size_t> Widths() const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace waypost::render
