#pragma once

#include <optional>
#include <string>
#include <vector>

#include "query/executor/expression.h"
#include "query/planner/bound_expression.h"

/// The forms of expressions, one file each; compile() puts them together.
namespace annals::query::expressions {

/// Makes a cell this value. One that held a value of the same type needs nothing made or destroyed.
template <class Value>
void put(Datum& cell, const Value& value) {
  if (auto* const held = std::get_if<Value>(&cell.data)) {
    *held = value;
  } else {
    cell.data = value;
  }
}
inline void put_null(Datum& cell) { cell.data = std::monostate(); }

/// An operand of a comparison. A text that was written there (or came as a parameter) is read as a
/// date when it meets one; another text is not a date.
struct Operand {
  ExpressionPtr expression;
  bool is_written = false;  ///< A literal or a parameter.
  ast::SourceRange range;
};

/// a < b <= c ...: all neighbours compare so.
ExpressionPtr comparison(std::vector<Operand> operands, std::vector<ast::BinaryOperator> operators,
                         RunContext& context);

/// IN, STARTS WITH, ENDS WITH, CONTAINS.
ExpressionPtr predicate(Operand left, ast::BinaryOperator op, Operand right, RunContext& context);

/// text =~ pattern. InvalidArgument, at the pattern, if it is written there and wrong.
Result<ExpressionPtr> matches(Operand text, Operand pattern, RunContext& context);

/// OR, XOR or AND of any number. An operand is looked at only for rows that those before it leave
/// open.
ExpressionPtr logic(ast::BinaryOperator op, std::vector<Operand> operands, RunContext& context);

/// + - * / % ^ from left to right.
ExpressionPtr arithmetic(std::vector<Operand> operands, std::vector<ast::BinaryOperator> operators,
                         ast::SourceRange range, RunContext& context);

/// NOT, minus, IS NULL, IS NOT NULL.
ExpressionPtr unary(ast::UnaryOperator op, Operand operand, RunContext& context);

/// What `object.name` gives without the index of properties.
ExpressionPtr property(const BoundProperty& bound, ExpressionPtr object, ast::SourceRange range,
                       RunContext& context);

/// CASE: see BoundCase. An expression is looked at only for rows that get there.
ExpressionPtr case_of(std::optional<Operand> operand, std::vector<Operand> whens,
                      std::vector<ExpressionPtr> thens, ExpressionPtr otherwise,
                      RunContext& context);

/// object[index], of lists and maps.
ExpressionPtr subscript(Operand object, Operand index, RunContext& context);
/// object[from..to]; a bound that is missing is null.
ExpressionPtr slice(Operand object, std::optional<Operand> from, std::optional<Operand> to,
                    RunContext& context);

ExpressionPtr map(std::vector<std::string> keys, std::vector<Operand> values,
                  ast::SourceRange range, RunContext& context);

/// The parts of a walk over lists: see BoundListWalk. Those that are missing are null.
struct WalkParts {
  ExpressionPtr initial;
  ExpressionPtr list;
  ExpressionPtr where;
  ExpressionPtr result;
};
ExpressionPtr list_walk(const BoundListWalk& bound, WalkParts parts, RunContext& context);

ExpressionPtr call(const BoundCall& bound, std::vector<Operand> arguments, ast::SourceRange range,
                   RunContext& context);
/// type() or id() of a variable, without its argument; null for any other call.
ExpressionPtr column_call(const BoundCall& bound, const RunContext& context);

}  // namespace annals::query::expressions
