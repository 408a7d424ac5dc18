#pragma once

#include <string>

#include "query/parser/ast.h"

namespace annals::query {

/// The statement as text, with one canonical spelling for each construct and all parentheses that
/// its structure needs: print(parse(print(s))) == print(s).
std::string print_statement(const ast::Statement& statement);

/// One expression, as a column of RETURN without an alias is called.
std::string print_expression(const ast::Expression& expression);

}  // namespace annals::query
