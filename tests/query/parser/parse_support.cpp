#include "tests/query/parser/parse_support.h"

#include <fstream>
#include <sstream>

#include "tests/support/paths.h"

namespace annals::query::testing {

ast::Expression parse_expression(std::string_view text) {
  auto query = parse_as<ast::Query>("MATCH (n) RETURN " + std::string(text));
  if (query.returning.items.size() != 1) {
    ADD_FAILURE() << text << " is not one expression";
    return ast::Expression{};
  }
  return std::move(query.returning.items.front().value);
}

std::string leaf(const ast::Expression& expression) {
  const bool is_leaf = std::holds_alternative<ast::Literal>(expression.node) ||
                       std::holds_alternative<ast::Variable>(expression.node) ||
                       std::holds_alternative<ast::Parameter>(expression.node);
  EXPECT_TRUE(is_leaf) << print_expression(expression);
  return print_expression(expression);
}

std::vector<std::string> names_of(const std::vector<ast::Identifier>& identifiers) {
  std::vector<std::string> names;
  for (const ast::Identifier& identifier : identifiers) names.push_back(identifier.name);
  return names;
}

std::string_view covered(std::string_view text, ast::SourceRange range) {
  return text.substr(range.begin, range.end - range.begin);
}

std::string error_of(std::string_view text) {
  const Result<ast::Statement> statement = parse_statement(text);
  if (!statement) return format_error(statement.error());
  ADD_FAILURE() << text << "\nparses: " << print_statement(*statement);
  return "";
}

std::string read_data(const std::string& name) {
  const std::string path = tests::source_dir() + "/tests/query/parser/data/" + name;
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> split_script(std::string_view script) {
  std::vector<std::string> statements;
  while (const auto end = statement_end(script)) {
    statements.emplace_back(script.substr(0, *end));
    script.remove_prefix(*end);
  }
  EXPECT_TRUE(is_blank(script)) << script;
  return statements;
}

}  // namespace annals::query::testing
