#pragma once

#include <string_view>

#include "shell/result_printer.h"

namespace annals::shell {

/// Comma-separated values (RFC 4180), with a header line and lines ended by CRLF as it says.
/// Null is an empty field and an empty text is "", so that both can be told apart. Rows of a MATCH
/// have a last field `certainty`. On a terminal control characters are shown as escapes.
class CsvPrinter final : public ResultPrinter {
 public:
  CsvPrinter(Output& results, Output& messages, const Style& style)
      : results_(results), messages_(messages), style_(style) {}

  Status columns(std::span<const query::ResultColumn> columns, query::RowTags tags) override;
  Status row(std::span<const query::Datum> cells, Certainty certainty) override;
  Status message(std::string_view text) override;
  Status finish() override { return results_.flush(); }

 private:
  void add_field(std::string_view text, bool is_null);
  Status end_line();

  Output& results_;
  Output& messages_;
  Style style_;
  bool is_tagged_ = false;
  std::string line_;
  bool line_has_fields_ = false;
};

}  // namespace annals::shell
