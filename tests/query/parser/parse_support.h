#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "query/parser/ast_printer.h"
#include "query/parser/parser.h"

/// What the parser's tests share.
namespace annals::query::testing {

/// The statement's body, which must be of type Body; fails the test and returns an empty one if
/// not.
template <class Body>
Body parse_as(std::string_view text) {
  Result<ast::Statement> statement = parse_statement(text);
  if (!statement) {
    ADD_FAILURE() << text << "\n" << format_error(statement.error());
    return Body{};
  }
  Body* const body = std::get_if<Body>(&statement->body);
  if (body == nullptr) {
    ADD_FAILURE() << text << "\nis another statement: " << print_statement(*statement);
    return Body{};
  }
  return std::move(*body);
}

/// The expression `text`, as the parser sees it in RETURN.
ast::Expression parse_expression(std::string_view text);

/// The node's alternative, which must be Node.
template <class Node>
const Node& as(const ast::Expression& expression) {
  const Node* const node = std::get_if<Node>(&expression.node);
  if (node != nullptr) return *node;
  ADD_FAILURE() << "another kind of expression: " << print_expression(expression);
  static const Node kEmpty{};
  return kEmpty;
}

/// The text of a literal, or of the name of a variable or parameter; for short assertions.
std::string leaf(const ast::Expression& expression);

std::vector<std::string> names_of(const std::vector<ast::Identifier>& identifiers);

/// The part of `text` that `range` covers.
std::string_view covered(std::string_view text, ast::SourceRange range);

/// The error of a text that must not parse, as a person sees it.
std::string error_of(std::string_view text);

/// A file of tests/query/parser/data.
std::string read_data(const std::string& name);

/// The statements of a script, each with its `;`.
std::vector<std::string> split_script(std::string_view script);

}  // namespace annals::query::testing
