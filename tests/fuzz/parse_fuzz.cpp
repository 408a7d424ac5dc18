#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "query/parser/ast_printer.h"
#include "query/parser/parser.h"

namespace {

void check(bool property) {
  if (!property) std::abort();
}

/// Printing what was read gives a text that reads and prints as itself.
void check_round_trip(std::string_view text) {
  using namespace annals;
  const Result<query::ast::Statement> statement = query::parse_statement(text);
  if (!statement) {
    const Error& error = statement.error();
    check(error.code == ErrorCode::kInvalidArgument || error.code == ErrorCode::kLimitExceeded ||
          error.code == ErrorCode::kUnsupported);
    check(!error.message.empty() && error.place.line > 0 && error.place.column > 0);
    check(!format_error(error).empty());
    return;
  }
  check(statement->range.begin < statement->range.end && statement->range.end <= text.size());
  const std::string printed = query::print_statement(*statement);
  const Result<query::ast::Statement> again = query::parse_statement(printed);
  // A printed text may be longer than a statement is allowed to be; nothing else may differ.
  if (!again) {
    check(again.error().code == ErrorCode::kLimitExceeded);
    return;
  }
  check(query::print_statement(*again) == printed);
  check(again->body.index() == statement->body.index());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_round_trip(text);
  if (const auto end = annals::query::statement_end(text)) {
    check(*end > 0 && *end <= text.size() && text[*end - 1] == ';');
    check(!annals::query::is_blank(text) || annals::query::is_blank(text.substr(0, *end)));
  }
  const annals::Place place = annals::query::place_in(text, size / 2);
  check(place.line > 0 && place.column > 0);
  return 0;
}
