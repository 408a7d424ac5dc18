#include "query/parser/parser.h"

#include <fmt/format.h>

#include "query/parser/grammar/statement.h"
#include "schema/utf8.h"

namespace annals::query {
namespace {

using grammar::Refusal;

bool opens(char c) { return c == '(' || c == '[' || c == '{'; }
bool closes(char c) { return c == ')' || c == ']' || c == '}'; }

/// Refuses what the grammar must not see: text without a bound, bytes that are no text, and
/// brackets so deep that reading them would overflow the stack. Takes no stack itself.
void check_text(std::string_view text) {
  if (text.size() > limits::kStatementBytesMax) {
    throw Refusal{ErrorCode::kLimitExceeded, text.data(),
                  fmt::format("the statement has {} bytes; the limit is {}, StatementBytesMax",
                              text.size(), limits::kStatementBytesMax)};
  }
  const char* const end = text.data() + text.size();
  if (const std::size_t invalid = first_invalid_utf8(text); invalid != text.size()) {
    throw Refusal{
        ErrorCode::kInvalidArgument, text.data() + invalid,
        fmt::format("byte 0x{:02X} is not UTF-8", static_cast<unsigned char>(text[invalid])),
        "the text must be encoded in UTF-8"};
  }
  std::uint32_t depth = 0;
  // Where something is never closed the grammar will stop: no need to look behind it.
  const char* at = lexical::next_mark(text.data(), end);
  while (at != nullptr && at != end) {
    if (opens(*at) && ++depth > limits::kNestingMax) {
      throw Refusal{ErrorCode::kLimitExceeded, at,
                    fmt::format("brackets nest deeper than {} here; the limit is NestingMax",
                                limits::kNestingMax)};
    }
    if (closes(*at) && depth > 0) --depth;
    at = lexical::next_mark(at + 1, end);
  }
}

/// Whether the text is a statement; throws a Refusal if it is clear why not.
bool read_statement(grammar::State& state, ast::Statement& statement) {
  namespace x3 = boost::spirit::x3;
  const grammar::Blank blank;
  const grammar::SkipContext skip_context(blank, x3::unused);
  const grammar::Context context(state, skip_context);
  grammar::Iterator first = state.text.data();
  const grammar::Iterator last = first + state.text.size();
  try {
    return grammar::statement.parse(first, last, context, x3::unused, statement);
  } catch (const x3::expectation_failure<grammar::Iterator>&) {
    return false;  // The diagnostics know more about it.
  }
}

}  // namespace

Result<ast::Statement> parse_statement(std::string_view text) {
  if (text.empty()) text = "";  // Not a null pointer, which the diagnostics take for no place.
  try {
    check_text(text);
    ast::Statement statement;
    grammar::State state{text, {}, nullptr};
    if (read_statement(state, statement)) return statement;
  } catch (Refusal& refusal) {
    return grammar::describe_refusal(text, std::move(refusal));
  }
  grammar::State state{text, {}, nullptr};
  state.diagnostics.start_recording();
  ast::Statement ignored;
  read_statement(state, ignored);
  return grammar::describe_failure(text, state.diagnostics);
}

}  // namespace annals::query
