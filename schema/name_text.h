#pragma once

#include <string>
#include <string_view>

namespace annals::inline schema {

/// A name as it stands in a definition: in backticks unless it is plain ASCII.
std::string quoted_name(std::string_view name);

/// Whether a name, in any case, is a word of the language wherever a variable might stand, so that
/// as a variable it needs backticks: words without which an expression could be read in two ways,
/// and those that begin a clause.
bool is_reserved_word(std::string_view name);

}  // namespace annals::inline schema
