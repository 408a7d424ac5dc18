#include "shell/result_printer.h"

#include "schema/base/ascii.h"
#include "shell/csv_printer.h"
#include "shell/json_printer.h"
#include "shell/table_printer.h"

namespace annals::shell {

namespace {

struct NamedFormat {
  Format format;
  std::string_view name;
};
constexpr NamedFormat kFormats[] = {{Format::kTable, "table"},
                                    {Format::kCsv, "csv"},
                                    {Format::kJson, "json"},
                                    {Format::kJsonLines, "jsonl"}};

}  // namespace

std::string_view format_name(Format format) {
  for (const NamedFormat& named : kFormats) {
    if (named.format == format) return named.name;
  }
  return "";
}

std::optional<Format> parse_format(std::string_view name) {
  for (const NamedFormat& named : kFormats) {
    if (equals_ignoring_case(named.name, name)) return named.format;
  }
  return std::nullopt;
}

std::unique_ptr<ResultPrinter> make_printer(Format format, Output& results, Output& messages,
                                            const Style& style) {
  switch (format) {
    case Format::kTable: return std::make_unique<TablePrinter>(results, style);
    case Format::kCsv: return std::make_unique<CsvPrinter>(results, messages, style);
    case Format::kJson:
      return std::make_unique<JsonPrinter>(JsonPrinter::Shape::kArray, results, messages, style);
    case Format::kJsonLines:
      return std::make_unique<JsonPrinter>(JsonPrinter::Shape::kLines, results, messages, style);
  }
  return nullptr;
}

}  // namespace annals::shell
