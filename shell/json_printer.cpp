#include "shell/json_printer.h"

#include "shell/certainty_text.h"
#include "shell/text_width.h"

namespace annals::shell {

namespace {

std::string json_text(std::string_view text) {
  return query::datum_json(query::Datum(std::string(text)));
}

}  // namespace

Status JsonPrinter::columns(std::span<const query::ResultColumn> columns, query::RowTags tags) {
  is_tagged_ = tags == query::RowTags::kTagged;
  keys_.clear();
  for (const query::ResultColumn& column : columns) keys_.push_back(json_text(column.name) + ":");
  if (shape_ == Shape::kLines) return {};
  is_open_ = true;
  return results_.write("[");
}

Status JsonPrinter::row(std::span<const query::Datum> cells, Certainty certainty) {
  std::string line = "{";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += ',';
    line += keys_[i] + query::datum_json(cells[i]);
  }
  if (is_tagged_) {
    if (!cells.empty()) line += ',';
    line += json_text(kCertaintyColumn) + ":" + json_text(certainty_text(certainty));
  }
  line += '}';
  if (style_.is_terminal) line = printable(line, false);
  if (shape_ == Shape::kLines) return results_.write(line + "\n");
  const std::string_view before = has_rows_ ? ",\n " : "\n ";
  has_rows_ = true;
  return results_.write(std::string(before) + line);
}

Status JsonPrinter::message(std::string_view text) {
  ANNALS_CHECK_OK(messages_.write(printable(text, true) + "\n"));
  return messages_.flush();
}

Status JsonPrinter::finish() {
  if (is_open_) ANNALS_CHECK_OK(results_.write(has_rows_ ? "\n]\n" : "]\n"));
  is_open_ = false;
  return results_.flush();
}

void JsonPrinter::abandon() {
  // An array without its end is no JSON: whoever reads it notices.
  if (is_open_) static_cast<void>(results_.write("\n"));
  static_cast<void>(results_.flush());
}

}  // namespace annals::shell
