#pragma once

#include <string>
#include <string_view>

#include "schema/value.h"

/// Tokens as text that the parser reads back to the same.
namespace annals::query {

std::string in_backticks(std::string_view name);
/// A name, in backticks if it needs them.
std::string name_text(std::string_view name);
/// The same where a reserved word would be read as itself.
std::string variable_text(std::string_view name);
/// A text in single quotes.
std::string quoted_text(std::string_view text);
/// A literal of the grammar: null, a boolean, a number or a text.
std::string literal_text(const Value& value);

}  // namespace annals::query
