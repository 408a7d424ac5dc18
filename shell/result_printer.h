#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "query/result_sink.h"
#include "schema/base/result.h"
#include "shell/output.h"
#include "shell/terminal.h"

namespace annals::shell {

/// How results are printed.
enum class Format : std::uint8_t { kTable, kCsv, kJson, kJsonLines };

/// "table", "csv", "json", "jsonl"; in any case when it is read.
std::string_view format_name(Format format);
std::optional<Format> parse_format(std::string_view name);

/// Prints what one statement gives: made for the statement, ended by finish() or abandon(). Rows
/// are printed as they come, so that memory is bounded. Messages go to the results for people
/// (tables) and to the other output for programs. Not thread-safe; borrows its outputs. Errors are
/// those of the output.
class ResultPrinter : public query::ResultSink {
 public:
  /// The statement is done: prints what is left.
  virtual Status finish() = 0;
  /// The statement failed: leaves what was printed so that whatever follows begins on a new line.
  /// What a program reads stays visibly incomplete.
  virtual void abandon() {}
};

/// `messages` takes messages in the formats for programs. `style` is that of `results`.
std::unique_ptr<ResultPrinter> make_printer(Format format, Output& results, Output& messages,
                                            const Style& style);

}  // namespace annals::shell
