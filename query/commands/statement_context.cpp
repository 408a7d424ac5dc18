#include "query/commands/statement_context.h"

#include <utility>

#include "query/parser/parser.h"

namespace annals::query {

Error StatementContext::placed(Error error, ast::SourceRange range) const {
  if (error.place.line == 0 && error.place.file.empty()) {
    const std::uint64_t seq = error.place.seq;
    error.place = place_in(text, range.begin);
    error.place.seq = seq;
  }
  return error;
}

Status StatementContext::check_stop() const {
  if (stop.requested()) return Error(ErrorCode::kInterrupted, "stopped");
  return {};
}

}  // namespace annals::query
