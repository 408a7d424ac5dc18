#include "query/executor/run_context.h"

#include <utility>

#include <fmt/format.h>

#include "query/parser/parser.h"
#include "schema/base/limits.h"

namespace annals::query {

Status MemoryBudget::take(std::size_t bytes) {
  taken_ += bytes;
  if (taken_ <= limits::kStatementMemoryBytesMax) return {};
  return Error(ErrorCode::kLimitExceeded,
               fmt::format("the statement holds more than StatementMemoryBytesMax ({} MiB)",
                           limits::kStatementMemoryBytesMax >> 20),
               "nothing was changed; ask for less at once: fewer groups, or a LIMIT with ORDER BY");
}

Error RunContext::placed(Error error, ast::SourceRange range) const {
  // A date's own error has a column within the date, and no line.
  if (error.place.line == 0) error.place = place_in(text, range.begin);
  return error;
}

Error RunContext::invalid(std::string message, ast::SourceRange range, std::string hint) const {
  return placed(Error(ErrorCode::kInvalidArgument, std::move(message), std::move(hint)), range);
}

}  // namespace annals::query
