#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shell/result_printer.h"

namespace annals::shell {

/// JSON (RFC 8259), one object a row, keyed by column name: an array of them for each statement
/// that has rows, or one object a line (jsonl). Rows of a MATCH have a last member `certainty`.
/// Columns of the same name keep their order and their name.
class JsonPrinter final : public ResultPrinter {
 public:
  enum class Shape : std::uint8_t { kArray, kLines };

  JsonPrinter(Shape shape, Output& results, Output& messages, const Style& style)
      : shape_(shape), results_(results), messages_(messages), style_(style) {}

  Status columns(std::span<const query::ResultColumn> columns, query::RowTags tags) override;
  Status row(std::span<const query::Datum> cells, Certainty certainty) override;
  Status message(std::string_view text) override;
  Status finish() override;
  void abandon() override;

 private:
  Shape shape_;
  Output& results_;
  Output& messages_;
  Style style_;
  bool is_tagged_ = false;
  bool is_open_ = false;  // An array waits for its end.
  bool has_rows_ = false;
  std::vector<std::string> keys_;  // as JSON, with the colon
};

}  // namespace annals::shell
