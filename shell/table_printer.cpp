#include "shell/table_printer.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "query/commands/grouped_number.h"
#include "shell/certainty_text.h"
#include "shell/colours.h"
#include "shell/text_width.h"

namespace annals::shell {

namespace {

/// Rows that wait for being measured take no more than this, however long their texts are.
constexpr std::size_t kMeasuredBytesMax = std::size_t{8} << 20;
/// Columns are not made narrower than this to fit: a word should stay readable.
constexpr std::size_t kNarrowestWidth = 10;
/// Lines of one cell on a terminal.
constexpr std::size_t kCellLinesMax = 12;
constexpr std::string_view kSeparator = " │ ";
constexpr std::size_t kSeparatorWidth = 3;
constexpr std::size_t kMarginWidth = 1;

void append_padded(std::string& line, std::string_view text, std::size_t width, bool to_the_right) {
  const std::size_t used = display_width(text);
  const std::size_t blanks = used < width ? width - used : 0;
  if (to_the_right) line.append(blanks, ' ');
  line += text;
  if (!to_the_right) line.append(blanks, ' ');
}

void trim_end(std::string& line) { line.erase(line.find_last_not_of(' ') + 1); }

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  for (;;) {
    const std::size_t newline = text.find('\n');
    lines.emplace_back(text.substr(0, newline));
    if (newline == std::string_view::npos) return lines;
    text.remove_prefix(newline + 1);
  }
}

std::size_t widest_line(std::string_view text) {
  std::size_t widest = 0;
  for (const std::string& line : split_lines(text)) widest = std::max(widest, display_width(line));
  return widest;
}

}  // namespace

Status TablePrinter::columns(std::span<const query::ResultColumn> columns, query::RowTags tags) {
  ANNALS_CHECK_OK(end_table());
  is_open_ = true;
  is_tagged_ = tags == query::RowTags::kTagged;
  is_printing_ = false;
  shows_certainty_ = false;
  row_count_ = 0;
  columns_.clear();
  for (const query::ResultColumn& column : columns) {
    columns_.push_back({printable(column.name, false), 0, false});
  }
  return {};
}

Status TablePrinter::row(std::span<const query::Datum> cells, Certainty certainty) {
  ++row_count_;
  Row row;
  row.certainty = certainty;
  for (const query::Datum& cell : cells) {
    row.cells.push_back({printable(query::datum_text(cell), true), query::is_numeric(cell)});
    bytes_ += row.cells.back().text.size() + sizeof(Cell);
  }
  if (is_printing_) return print_row(std::move(row));
  rows_.push_back(std::move(row));
  if (rows_.size() <= kRowsMeasured && bytes_ <= kMeasuredBytesMax) return {};
  return begin_printing(false);
}

Status TablePrinter::begin_printing(bool all_rows_are_known) {
  const bool any_is_possible = std::any_of(rows_.begin(), rows_.end(), [](const Row& row) {
    return row.certainty != Certainty::kCertain;
  });
  shows_certainty_ = is_tagged_ && (any_is_possible || !all_rows_are_known);
  if (shows_certainty_) columns_.push_back({std::string(kCertaintyColumn), 0, false});
  measure();
  fit_to_terminal();
  is_printing_ = true;
  ANNALS_CHECK_OK(print_head());
  for (Row& row : rows_) ANNALS_CHECK_OK(print_row(std::move(row)));
  rows_.clear();
  bytes_ = 0;
  return {};
}

void TablePrinter::measure() {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    Column& column = columns_[i];
    column.width = display_width(column.name);
    bool any_is_numeric = false;
    bool all_are_numeric = true;
    for (const Row& row : rows_) {
      if (i >= row.cells.size()) {
        column.width = std::max(column.width, certainty_text(row.certainty).size());
        continue;
      }
      const Cell& cell = row.cells[i];
      column.width = std::max(column.width, widest_line(cell.text));
      any_is_numeric = any_is_numeric || cell.is_numeric;
      all_are_numeric = all_are_numeric && (cell.is_numeric || cell.text.empty());
    }
    column.is_right_aligned = any_is_numeric && all_are_numeric;
  }
}

void TablePrinter::fit_to_terminal() {
  if (style_.width == 0 || columns_.empty()) return;
  const std::size_t between = 2 * kMarginWidth + kSeparatorWidth * (columns_.size() - 1);
  const auto total = [&](std::size_t cap) {
    std::size_t sum = between;
    for (const Column& column : columns_) sum += std::min(column.width, cap);
    return sum;
  };
  // The widest columns give way first. What they have together is shared by what they would need,
  // so that none gets much higher than the others.
  std::size_t cap = style_.width;
  while (cap > kNarrowestWidth && total(cap) > style_.width) --cap;
  const std::size_t least = std::min(cap, kNarrowestWidth);
  std::size_t shared = 0;
  std::size_t wanted = 0;
  for (const Column& column : columns_) {
    if (column.width <= cap) continue;
    shared += cap - least;
    wanted += column.width - least;
  }
  for (Column& column : columns_) {
    if (column.width > cap) column.width = least + shared * (column.width - least) / wanted;
  }
}

Status TablePrinter::print_head() {
  std::vector<std::vector<std::string>> names;
  for (const Column& column : columns_) {
    names.push_back(lines_of({column.name, column.is_right_aligned}, column));
  }
  ANNALS_CHECK_OK(results_.write(colour(Colour::kBold, style_)));
  ANNALS_CHECK_OK(print_lines(names, false));
  ANNALS_CHECK_OK(results_.write(colour(Colour::kPlain, style_)));
  std::string rule;
  for (const Column& column : columns_) {
    if (!rule.empty()) rule += "┼";
    rule += repeated("─", column.width + 2 * kMarginWidth);
  }
  return results_.write(rule + "\n");
}

std::vector<std::string> TablePrinter::lines_of(const Cell& cell, const Column& column) const {
  if (style_.width == 0) return split_lines(cell.text);
  std::vector<std::string> lines = wrapped(cell.text, std::max<std::size_t>(column.width, 1));
  if (lines.size() <= kCellLinesMax) return lines;
  lines.resize(kCellLinesMax);
  lines.back() = "…";
  return lines;
}

Status TablePrinter::print_row(Row row) {
  std::vector<std::vector<std::string>> cells;
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    cells.push_back(lines_of(row.cells[i], columns_[i]));
  }
  if (shows_certainty_) cells.push_back({std::string(certainty_text(row.certainty))});
  return print_lines(cells, shows_certainty_ && row.certainty != Certainty::kCertain);
}

Status TablePrinter::print_lines(const std::vector<std::vector<std::string>>& cells,
                                 bool is_possible) {
  std::size_t height = 1;
  for (const auto& lines : cells) height = std::max(height, lines.size());
  std::string text;
  for (std::size_t at = 0; at < height; ++at) {
    std::string line(kMarginWidth, ' ');
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) line += kSeparator;
      const std::string_view part = at < cells[i].size() ? cells[i][at] : std::string_view();
      append_padded(line, part, columns_[i].width, columns_[i].is_right_aligned);
    }
    trim_end(line);
    if (is_possible && at == 0 && style_.has_colours) {
      // The certainty is the last cell of the line.
      line.insert(line.size() - certainty_text(Certainty::kPossible).size(),
                  colour(Colour::kYellow, style_));
      line += colour(Colour::kPlain, style_);
    }
    text += line + "\n";
  }
  return results_.write(text);
}

Status TablePrinter::end_table() {
  if (!is_open_) return {};
  if (!is_printing_) ANNALS_CHECK_OK(begin_printing(true));
  is_open_ = false;
  return results_.write(
      fmt::format("({} row{})\n", query::grouped(row_count_), row_count_ == 1 ? "" : "s"));
}

Status TablePrinter::message(std::string_view text) {
  ANNALS_CHECK_OK(end_table());
  return results_.write(printable(text, true) + "\n");
}

Status TablePrinter::finish() {
  ANNALS_CHECK_OK(end_table());
  return results_.flush();
}

void TablePrinter::abandon() {
  is_open_ = false;
  rows_.clear();
  static_cast<void>(results_.flush());
}

}  // namespace annals::shell
