#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "shell/result_printer.h"

namespace annals::shell {

/// A table for people: aligned columns, numbers to the right, null as nothing, "(12 rows)" below.
///
/// Widths are those of the first kRowsMeasured rows; later rows are printed as they come. On a
/// terminal a table that is too wide has its widest columns wrapped; elsewhere no cell is cut, and
/// a wider cell only moves its own line. Control characters in data are always shown as escapes.
///
/// The last column `certainty` appears if any row is only possible. A tagged result of more than
/// kRowsMeasured rows always has it, since what comes later is not known when its head is printed.
class TablePrinter final : public ResultPrinter {
 public:
  static constexpr std::size_t kRowsMeasured = 1'000;

  TablePrinter(Output& results, const Style& style) : results_(results), style_(style) {}

  Status columns(std::span<const query::ResultColumn> columns, query::RowTags tags) override;
  Status row(std::span<const query::Datum> cells, Certainty certainty) override;
  Status message(std::string_view text) override;
  Status finish() override;
  void abandon() override;

 private:
  struct Column {
    std::string name;
    std::size_t width = 0;
    bool is_right_aligned = false;
  };
  struct Cell {
    std::string text;
    bool is_numeric = false;
  };
  struct Row {
    std::vector<Cell> cells;
    Certainty certainty = Certainty::kCertain;
  };

  Status end_table();
  Status begin_printing(bool all_rows_are_known);
  void measure();
  void fit_to_terminal();
  Status print_head();
  Status print_row(Row row);
  Status print_lines(const std::vector<std::vector<std::string>>& cells, bool is_possible);
  std::vector<std::string> lines_of(const Cell& cell, const Column& column) const;

  Output& results_;
  Style style_;
  std::vector<Column> columns_;
  bool is_open_ = false;  // columns() was called and the footer is not printed
  bool is_tagged_ = false;
  bool is_printing_ = false;  // the head is printed and widths are fixed
  bool shows_certainty_ = false;
  std::vector<Row> rows_;  // until is_printing_
  std::size_t bytes_ = 0;  // of rows_
  std::uint64_t row_count_ = 0;
};

}  // namespace annals::shell
