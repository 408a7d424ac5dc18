#include "shell/csv_printer.h"

#include <string>

#include "shell/certainty_text.h"
#include "shell/text_width.h"

namespace annals::shell {

void CsvPrinter::add_field(std::string_view text, bool is_null) {
  if (line_has_fields_) line_ += ',';
  line_has_fields_ = true;
  if (is_null) return;
  const bool needs_quotes = text.empty() || text.find_first_of(",\"\r\n") != std::string_view::npos;
  if (!needs_quotes) {
    line_ += text;
    return;
  }
  line_ += '"';
  for (const char c : text) {
    if (c == '"') line_ += '"';
    line_ += c;
  }
  line_ += '"';
}

Status CsvPrinter::end_line() {
  const std::string line = style_.is_terminal ? printable(line_, true) : line_;
  line_.clear();
  line_has_fields_ = false;
  return results_.write(line + "\r\n");
}

Status CsvPrinter::columns(std::span<const query::ResultColumn> columns, query::RowTags tags) {
  is_tagged_ = tags == query::RowTags::kTagged;
  for (const query::ResultColumn& column : columns) add_field(column.name, false);
  if (is_tagged_) add_field(kCertaintyColumn, false);
  return end_line();
}

Status CsvPrinter::row(std::span<const query::Datum> cells, Certainty certainty) {
  for (const query::Datum& cell : cells) add_field(query::datum_text(cell), cell.is_null());
  if (is_tagged_) add_field(certainty_text(certainty), false);
  return end_line();
}

Status CsvPrinter::message(std::string_view text) {
  ANNALS_CHECK_OK(messages_.write(printable(text, true) + "\n"));
  return messages_.flush();
}

}  // namespace annals::shell
