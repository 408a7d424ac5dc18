#include "query/planner/constant.h"

#include <cstdint>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "query/parser/parser.h"
#include "schema/base/closest.h"
#include "schema/base/limits.h"

namespace annals::query {

namespace {

Error at(Error error, std::string_view text, ast::SourceRange range) {
  return std::move(error).at(place_in(text, range.begin));
}

Result<Value> negated(Value value, std::string_view text, ast::SourceRange range) {
  if (value.is_null()) return value;
  if (const auto* real = std::get_if<double>(&value.data)) return Value(-*real);
  if (const auto* whole = std::get_if<std::int64_t>(&value.data)) {
    if (*whole == std::numeric_limits<std::int64_t>::min()) {
      return at(Error(ErrorCode::kInvalidArgument, "integer overflow"), text, range);
    }
    return Value(-*whole);
  }
  return at(Error(ErrorCode::kInvalidArgument,
                  fmt::format("a minus needs a number, not {}", format_value(value))),
            text, range);
}

}  // namespace

Result<Datum> parameter_value(const std::string& name, const Parameters& parameters) {
  const auto found = parameters.find(name);
  if (found != parameters.end()) return found->second;
  Error error(ErrorCode::kInvalidArgument, fmt::format("the parameter ${} was not given", name));
  ClosestWord closest(name);
  for (const auto& [given, value] : parameters) closest.consider(given);
  if (closest.found()) error.hint = fmt::format("did you mean ${}?", *closest.found());
  return error;
}

Result<Value> constant_value(const ast::Expression& expression, const Parameters& parameters,
                             std::string_view text) {
  if (const auto* literal = std::get_if<ast::Literal>(&expression.node)) return literal->value;
  if (const auto* parameter = std::get_if<ast::Parameter>(&expression.node)) {
    const Result<Datum> given = parameter_value(parameter->name, parameters);
    if (!given) return at(given.error(), text, expression.range);
    Result<Value> value = to_value(*given);
    if (!value) return at(std::move(value).error(), text, expression.range);
    return value;
  }
  if (const auto* list = std::get_if<ast::ListLiteral>(&expression.node)) {
    if (list->items.size() > limits::kListElementsMax) {
      return at(Error(ErrorCode::kLimitExceeded,
                      fmt::format("a list of {} elements is over ListElementsMax ({})",
                                  list->items.size(), limits::kListElementsMax)),
                text, expression.range);
    }
    ValueList values;
    values.reserve(list->items.size());
    for (const ast::Expression& item : list->items) {
      ANNALS_TRY(Value value, constant_value(item, parameters, text));
      values.push_back(std::move(value));
    }
    return Value(std::move(values));
  }
  const auto* unary = std::get_if<ast::Unary>(&expression.node);
  if (unary != nullptr && unary->op == ast::UnaryOperator::kNegate) {
    ANNALS_TRY(Value value, constant_value(*unary->operand, parameters, text));
    return negated(std::move(value), text, expression.range);
  }
  return at(Error(ErrorCode::kInvalidArgument, "only a value can stand here",
                  "a literal, a parameter such as $name, or a list of them"),
            text, expression.range);
}

}  // namespace annals::query
