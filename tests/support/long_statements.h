#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace annals::tests {

/// Each takes minutes on the graph of long_statement_graph(), all of them in another operator or
/// expression.
std::span<const std::string_view> long_statements();

/// The statements that make their graph in an empty database: 102 countries, of which a hundred
/// border on each other, and no more.
std::vector<std::string> long_statement_graph();

}  // namespace annals::tests
