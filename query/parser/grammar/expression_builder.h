#pragma once

#include <cstdint>

#include "query/parser/ast.h"

/// Makes expressions out of parts that were read, with their range and height. All throw a Refusal
/// if the tree would be higher than limits::kNestingMax or a chain longer than kChainTermsMax.
namespace annals::query::grammar {

struct State;

/// Sets the height of an expression whose parts are in place; `at` is where to complain.
void measure(ast::Expression& expression, const char* at);

/// `op operand`, or `operand op` if that comes behind; from `begin` to `end` in the text.
ast::Expression make_unary(ast::UnaryOperator op, ast::Expression operand, ast::SourceRange range,
                           const State& state);

/// `object.property`
ast::Expression make_property(ast::Expression object, ast::Identifier property, const State& state);

/// `object[from]`, or if `is_slice` `object[from..to]`; `end` is one past it in the text.
ast::Expression make_subscript(ast::Expression object, ast::Slice brackets, bool is_slice,
                               std::uint32_t end, const State& state);

/// Gathers `first op operand op operand ...` of one precedence level, among which tests like IS
/// NULL may stand: `a IN b IS NULL` is `(a IN b) IS NULL`.
class ChainBuilder {
 public:
  /// Borrows the state.
  ChainBuilder(ast::Expression first, const State& state);

  void add_link(ast::BinaryOperator op, ast::SourceRange op_range, ast::Expression operand);
  void add_test(ast::UnaryOperator test, std::uint32_t end);
  /// What was gathered; call it once, at last.
  ast::Expression take();

 private:
  ast::Expression whole_;  // Without links_.
  std::vector<ast::Chain::Link> links_;
  const State& state_;
};

}  // namespace annals::query::grammar
