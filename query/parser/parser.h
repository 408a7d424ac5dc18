#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "query/parser/ast.h"
#include "schema/base/result.h"

namespace annals::query {

/// Reads one statement, with or without its `;`. Knows the grammar and no names. Errors, all with
/// their place: InvalidArgument with what was expected; Unsupported for constructs of the language
/// that this version does not execute; LimitExceeded for text, nesting, chains, lists or patterns
/// over limits.h. Takes time linear in the text, and up to 2 MiB of stack (4 MiB with sanitizers)
/// for text that nests up to the limit. Thread-safe, never throws. Source of the grammar:
/// docs/language.md.
Result<ast::Statement> parse_statement(std::string_view text);

/// Where the first statement of `text` ends: one past its `;`, seen from outside of quotes,
/// backticks and comments. Nothing if the text ends before. For reading scripts and for a shell
/// that waits for more lines. Thread-safe.
std::optional<std::size_t> statement_end(std::string_view text);

/// Whether `text` holds nothing but blanks, comments and semicolons.
bool is_blank(std::string_view text);

/// The place of a byte offset in `text`, with its line.
Place place_in(std::string_view text, std::size_t offset);

}  // namespace annals::query
